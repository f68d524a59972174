// SPDX-License-Identifier: Apache-2.0
// How sessions become active and how they end (signalling 2.12, 2.17, 3.2, 3.5), and the room with them.
#pragma once

#include "room/data_track_publishing.hpp"
#include "room/data_track_subscribing.hpp"
#include "room/publishing.hpp"
#include "room/quality_reports.hpp"
#include "room/room_state.hpp"
#include "room/subscribing.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class Lifecycle {
 public:
  static constexpr Duration kJoinTimeout = std::chrono::seconds(60);
  static constexpr Duration kResumeGrace = std::chrono::seconds(5);
  // livekit-client waits 15 seconds for the connections of a session that it has resumed.
  static constexpr Duration kReturnTimeout = std::chrono::seconds(20);

  Lifecycle(Instant now, RoomState& state, Updates& updates, Publishing& publishing, Subscribing& subscribing,
            DataTrackPublishing& data_publishing, DataTrackSubscribing& data_subscribing, QualityReports& quality)
      : state_(state),
        updates_(updates),
        publishing_(publishing),
        subscribing_(subscribing),
        data_publishing_(data_publishing),
        data_subscribing_(data_subscribing),
        quality_(quality),
        created_(now) {}

  void joined(Instant now, Participant& participant);
  void transport_connected(Instant now, Participant& participant, Transport& transport, Output& out);
  // Its client is told to resume, and given a while to do so.
  void transport_failed(Instant now, Participant& participant, const Transport& transport, Output& out);
  void connection_closed(Instant now, Participant& participant, Output& out);
  void resumed(Instant now, Participant& participant, livekit::ReconnectReason reason);

  // Says Leave, then forgets the session. The object itself lives until the end of the turn.
  void close(Instant now, Participant& participant, livekit::DisconnectReason reason,
             livekit::LeaveRequest::Action action, Output& out);
  // The same without a word, as if this server had died.
  void drop(Instant now, Participant& participant, livekit::DisconnectReason reason, Output& out);
  // The two ends do not agree any more: start afresh.
  void require_full_reconnect(Instant now, Participant& participant, Output& out) {
    close(now, participant, livekit::STATE_MISMATCH, livekit::LeaveRequest::RECONNECT, out);
  }
  // Ends the session here, so that it can go on in another room: the participant keeps its connections and tracks.
  std::unique_ptr<Participant> take_out(Instant now, Participant& participant, Output& out);
  // It has come out of another room.
  void take_in(Instant now, Participant& participant, Output& out);
  // It holds the room open from now on, or does not any more.
  void counts_otherwise(Instant now, const Participant& participant);
  void close_room(Instant now, livekit::DisconnectReason reason, Output& out);

  // What its connections are offered from their next descriptions on. Both move together.
  void prefer(Participant& participant, livekit::CandidateProtocol protocol);

  void count_stage(const Transport& transport, ConnectionStage stage);

  void advance(Instant now, Output& out);
  Instant deadline();

 private:
  void forget(Instant now, Participant& participant, livekit::DisconnectReason reason, ConnectionId connection,
              Output& out);
  void count_end(Instant now, const Participant& participant, bool was_active, livekit::DisconnectReason reason);
  void become_active(Instant now, Participant& participant, Output& out);
  void close_transport(Instant now, Transport& transport, Output& out);
  void count_failure(Instant now, Participant& participant, bool short_lived);
  Instant room_deadline();

  RoomState& state_;
  Updates& updates_;
  Publishing& publishing_;
  Subscribing& subscribing_;
  DataTrackPublishing& data_publishing_;
  DataTrackSubscribing& data_subscribing_;
  QualityReports& quality_;
  Instant created_;
  Instant last_left_{};
  bool anyone_joined_ = false;
};

}  // namespace sfu::room

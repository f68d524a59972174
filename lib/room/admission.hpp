// SPDX-License-Identifier: Apache-2.0
// How sessions begin, and how they go on after their signalling was lost (signalling 2.4, 2.15, 3.5).
#pragma once

#include "base/result.hpp"
#include "room/data_forwarding.hpp"
#include "room/data_track_publishing.hpp"
#include "room/data_track_subscribing.hpp"
#include "room/lifecycle.hpp"
#include "room/negotiation.hpp"
#include "room/room_news.hpp"
#include "room/room_state.hpp"
#include "room/speaking.hpp"
#include "room/stream_allocation.hpp"

namespace sfu::room {

class Admission {
 public:
  Admission(RoomState& state, Updates& updates, Publishing& publishing, Subscribing& subscribing,
            DataTrackPublishing& data_publishing, DataTrackSubscribing& data_subscribing, Negotiation& negotiation,
            Lifecycle& lifecycle, DataForwarding& data, RoomNews& news, Speaking& speaking, StreamAllocation& streams)
      : state_(state),
        updates_(updates),
        publishing_(publishing),
        subscribing_(subscribing),
        data_publishing_(data_publishing),
        data_subscribing_(data_subscribing),
        negotiation_(negotiation),
        lifecycle_(lifecycle),
        data_(data),
        news_(news),
        speaking_(speaking),
        streams_(streams) {}

  Result<ParticipantId> join(Instant now, Room& room, JoinParams params, Output& out);
  Result<ParticipantId> resume(Instant now, ResumeParams params, Output& out);
  // A participant comes out of another room, with its connections and tracks; the client is told (room_moved).
  ParticipantId take_in(Instant now, Room& room, std::unique_ptr<Participant> moved, Output& out);
  // Errors: kAlreadyExists (RoomOptions::duplicate_identity).
  Result<void> may_join(const std::string& identity);
  // Errors as of Room::move_participant().
  Result<void> may_enter(const Participant& participant);
  // What a resumed client believes; if that is not so here, it must start afresh.
  void sync_state(Instant now, Participant& participant, const livekit::SyncState& state, Output& out);

 private:
  bool is_full(const std::string& identity);
  void greet(Instant now, Participant& participant, livekit::JoinResponse begun, Output& out);

  RoomState& state_;
  Updates& updates_;
  Publishing& publishing_;
  Subscribing& subscribing_;
  DataTrackPublishing& data_publishing_;
  DataTrackSubscribing& data_subscribing_;
  Negotiation& negotiation_;
  Lifecycle& lifecycle_;
  DataForwarding& data_;
  RoomNews& news_;
  Speaking& speaking_;
  StreamAllocation& streams_;
};

}  // namespace sfu::room

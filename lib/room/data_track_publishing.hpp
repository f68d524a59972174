// SPDX-License-Identifier: Apache-2.0
// Data tracks that participants publish (signalling 2.18). They need no section of an offer: a track lives from its
// request until it is taken back, its publisher leaves, or may not publish data any more.
#pragma once

#include "room/data_track_subscribing.hpp"
#include "room/room_state.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class DataTrackPublishing {
 public:
  static constexpr std::size_t kMaxTracks = 1024;  // of one participant, all of which stand in its info

  DataTrackPublishing(RoomState& state, Updates& updates, DataTrackSubscribing& subscribing)
      : state_(state), updates_(updates), subscribing_(subscribing) {}

  void publish(Instant now, Participant& publisher, const livekit::PublishDataTrackRequest& request, Output& out);
  // The host's policy has answered what publish() asked.
  void decided(Instant now, Participant& publisher, const livekit::PublishDataTrackRequest& request,
               const Verdict& verdict, Output& out);
  void unpublish(Participant& publisher, const livekit::UnpublishDataTrackRequest& request, Output& out);
  // It leaves, and is told nothing.
  void unpublish_all(Participant& publisher);
  // The publisher moves to another room, and its tracks with it, by the sids and handles that they have: here they end,
  // there they begin; unless that room has no data tracks, which the publisher is told.
  void withdraw_all(Participant& publisher);
  void bring_all(Instant now, Participant& publisher, Output& out);
  // Takes away the tracks of those marked for reconciliation who may not publish data any more, and says so.
  void revoke(Output& out);
  // Whether all that a resumed client believes to publish is published.
  bool agrees(const Participant& publisher, const livekit::SyncState& state) const;

 private:
  using Tracks = std::map<std::uint16_t, DataTrack>;
  struct Refusal {
    livekit::RequestResponse::Reason reason;
    const char* message;
  };
  std::optional<Refusal> refusal(const Participant& publisher, const livekit::PublishDataTrackRequest& request) const;
  void refuse(const Participant& publisher, const livekit::PublishDataTrackRequest& request,
              livekit::RequestResponse::Reason reason, std::string message, Output& out);
  void begin(Instant now, Participant& publisher, const livekit::PublishDataTrackRequest& request, Output& out);
  void revoke_all(Participant& publisher, Output& out);
  Tracks::iterator remove(Participant& publisher, Tracks::iterator track);

  RoomState& state_;
  Updates& updates_;
  DataTrackSubscribing& subscribing_;
};

}  // namespace sfu::room

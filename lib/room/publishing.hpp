// SPDX-License-Identifier: Apache-2.0
// What participants publish (signalling 2.7): tracks are announced, claim a section of an offer, go live with the
// answer, and end when the section stops.
#pragma once

#include "room/room_state.hpp"
#include "room/subscribing.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class Publishing {
 public:
  static constexpr std::size_t kMaxPending = 20;
  static constexpr std::size_t kMaxQueuedPerCid = 3;

  Publishing(RoomState& state, Updates& updates, Subscribing& subscribing)
      : state_(state), updates_(updates), subscribing_(subscribing) {}

  void add_track(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out);
  void mute(Instant now, Participant& publisher, const livekit::MuteTrackRequest& request, Output& out);
  void update_audio(Participant& publisher, const livekit::UpdateLocalAudioTrack& request, Output& out);
  void update_video(Participant& publisher, const livekit::UpdateLocalVideoTrack& request, Output& out);

  // Between an offer and its answer: sections that started or stopped sending find or lose their track.
  void offer_applied(Instant now, Participant& publisher, const peer::OfferChanges& changes, Output& out);
  // After the answer: what has a section goes live.
  void answer_made(Instant now, Participant& publisher, Output& out);

  void unpublish(Instant now, Participant& publisher, Publication& publication, Output& out);
  void unpublish_all(Instant now, Participant& publisher, Output& out);
  // The publisher moves to another room, and its tracks with it: here they end, there they begin.
  void withdraw_all(Instant now, Participant& publisher, Output& out);
  void bring_all(Instant now, Participant& publisher, Output& out);
  // The media layer has news of this track (PublishedTrack::take_changes).
  void media_changed(Instant now, Publication& publication, std::uint8_t changes, Output& out);

 private:
  livekit::RequestResponse::Reason refusal(Participant& publisher, const livekit::AddTrackRequest& request) const;
  void announce(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out);
  Publication* claim(Participant& publisher, const peer::ReceiveSection& section);
  void set_options(Participant& publisher);
  void go_live(Instant now, Participant& publisher, Publication& publication, const peer::ReceiveSection& section,
               Output& out);

  RoomState& state_;
  Updates& updates_;
  Subscribing& subscribing_;
};

}  // namespace sfu::room

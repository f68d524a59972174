// SPDX-License-Identifier: Apache-2.0
// What participants publish (signalling 2.7, 2.8): tracks are announced, claim a section of an offer for each of their
// codecs, go live with the answer, and end when the section stops.
#pragma once

#include "room/room_state.hpp"
#include "room/subscribing.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class Publishing {
 public:
  static constexpr std::size_t kMaxPending = 20;
  static constexpr std::size_t kMaxText = 1024;  // bytes of a track's name, stream or cid
  static constexpr int kMaxItems = 16;           // layers, codecs or features of a track
  static constexpr std::size_t kMaxQueuedPerCid = 3;

  Publishing(RoomState& state, Updates& updates, Subscribing& subscribing)
      : state_(state), updates_(updates), subscribing_(subscribing) {}

  void add_track(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out);
  // The host's policy has answered what add_track() asked.
  void decided(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, const Verdict& verdict,
               Output& out);
  void mute(Instant now, Participant& publisher, const livekit::MuteTrackRequest& request, Output& out);
  void update_audio(Participant& publisher, const livekit::UpdateLocalAudioTrack& request, Output& out);
  void update_video(Participant& publisher, const livekit::UpdateLocalVideoTrack& request, Output& out);
  void set_muted(Instant now, Participant& publisher, Publication& publication, bool muted, Output& out);
  // The publisher may have forgotten what it was told of the qualities that are watched.
  void repeat_reports(Instant now, Participant& publisher);

  // Between an offer and its answer: sections that started or stopped sending find or lose their track.
  void offer_applied(Instant now, Participant& publisher, const peer::OfferChanges& changes, Output& out);
  // After the answer: what has a section goes live.
  void answer_made(Instant now, Participant& publisher, Output& out);

  void unpublish(Instant now, Participant& publisher, Publication& publication, Output& out);
  void unpublish_all(Instant now, Participant& publisher, Output& out);
  // The publisher moves to another room, and its tracks with it: here they end, there they begin.
  void withdraw_all(Instant now, Participant& publisher, Output& out);
  void bring_all(Instant now, Participant& publisher, Output& out);
  // The media layer has news of this codec (PublishedTrack::take_changes).
  void media_changed(Instant now, PublishedCodec& codec, std::uint8_t changes, Output& out);

 private:
  // --- publishing.cpp: what clients ask for
  livekit::RequestResponse::Reason refusal(Participant& publisher, const livekit::AddTrackRequest& request) const;
  void admit(Instant now, Participant& publisher, const livekit::AddTrackRequest& request,
             livekit::RequestResponse::Reason reason, Output& out);
  std::string sid_in_queue(const Participant& publisher, const livekit::AddTrackRequest& request);
  void announce(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, std::string sid,
                Output& out);
  void add_backup(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out);

  // --- publishing_sections.cpp
  PublishedCodec* find_announced(Participant& publisher, const peer::ReceiveSection& section);
  PublishedCodec* claim(Participant& publisher, const peer::ReceiveSection& section);
  void take_waiting_section(Instant now, Participant& publisher, PublishedCodec& codec, Output& out);
  void set_options(Participant& publisher);
  void go_live(Instant now, Participant& publisher, PublishedCodec& codec, const peer::ReceiveSection& section,
               Output& out);
  void start_media(Instant now, Participant& publisher, PublishedCodec& codec,
                   const media::PublishedTrackConfig& config, Output& out);
  void section_stopped(Instant now, Participant& publisher, PublishedCodec& codec, Output& out);
  void codec_differs(Instant now, PublishedCodec& codec, Output& out);
  void consider_regression(Instant now, PublishedCodec& codec, Output& out);

  RoomState& state_;
  Updates& updates_;
  Subscribing& subscribing_;
  bool applying_offer_ = false;
};

}  // namespace sfu::room

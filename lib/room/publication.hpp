// SPDX-License-Identifier: Apache-2.0
// A track that a participant announced: pending until its section is negotiated, then published.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"
#include "media/published_track.hpp"
#include "peer/negotiated.hpp"
#include "room/dynacast.hpp"
#include "room/ids.hpp"
#include "room/timers.hpp"

namespace sfu::room {

struct Publication {
  livekit::TrackInfo info;
  std::string cid;  // as announced
  ParticipantId publisher;

  // From the moment a section was found for it.
  std::string mid;
  // From the first answer on; it is live, and others may know of it.
  // The copies of a forwarded participant share it, and give it up before it ends (ForwardedParticipants).
  std::shared_ptr<media::PublishedTrack> media;
  peer::ReceiveSection section;            // as `media` was configured from it
  std::vector<peer::PayloadCodec> codecs;  // what of it subscribers are offered, the most wanted first
  TimerKey timer = kNoTimer;

  std::vector<ParticipantId> subscribers;  // those with a section for it
  bool told_subscribed = false;            // track_subscribed was sent; once in its life
  Dynacast dynacast;
  std::optional<livekit::VideoQuality> told_watched;  // of a copy's track: what its source knows

  bool live() const { return media != nullptr; }
  const std::string& sid() const { return info.sid(); }
  bool is_video() const { return info.type() == livekit::VIDEO; }
};

}  // namespace sfu::room

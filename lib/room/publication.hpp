// SPDX-License-Identifier: Apache-2.0
// A track that a participant announced: pending until its section is negotiated, then published. It may come in several
// codecs (signalling 2.8), each with a section and media of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"
#include "media/packet_filters.hpp"
#include "media/published_track.hpp"
#include "peer/negotiated.hpp"
#include "room/dynacast.hpp"
#include "room/ids.hpp"
#include "room/timers.hpp"

namespace sfu::room {

// The index of a codec in Publication::codecs, and in TrackInfo.codecs.
using CodecIndex = std::size_t;

// The highest quality that is watched of each codec of a track; OFF for none.
using WatchedQualities = std::vector<livekit::VideoQuality>;

struct Publication;

struct PublishedCodec {
  Publication* publication = nullptr;
  CodecIndex index = 0;

  // From the moment a section was found for it.
  std::string mid;
  // From the first answer on. The copies of a forwarded participant share it, and give it up before it ends
  // (ForwardedParticipants).
  std::shared_ptr<media::PublishedTrack> media;
  peer::ReceiveSection section;             // as `media` was configured from it
  std::vector<peer::PayloadCodec> offered;  // what of it subscribers are offered, the most wanted first
  bool makes_red = false;                   // its Opus goes as RED to those who have that
  TimerKey timer = kNoTimer;

  Dynacast dynacast;

  bool live() const { return media != nullptr; }
};

struct Publication {
  livekit::TrackInfo info;
  std::string cid;  // as announced
  ParticipantId publisher;
  Instant announced_at{};
  Instant unmuted_at{};

  media::PacketFilters filters;  // of the media of all codecs, which end before it

  // One for each of info.codecs. The first is the one that the client announced first; the others are its backups,
  // which it sends once a subscriber needs them.
  std::vector<std::unique_ptr<PublishedCodec>> codecs;
  CodecIndex preferred = 0;  // what subscribers get if they can: a backup, after a regression

  std::vector<ParticipantId> subscribers;  // those with a section for it
  bool told_subscribed = false;            // track_subscribed was sent; once in its life
  WatchedQualities told_watched;           // of a copy's track: what its source knows; empty for nothing
  Instant expected_by = kNever;            // PublishWatchdog: its media

  PublishedCodec& primary() { return *codecs.front(); }
  const PublishedCodec& primary() const { return *codecs.front(); }
  // Others may know of it.
  bool live() const { return primary().live(); }
  // Null while none comes in that codec.
  media::PublishedTrack* media(std::optional<CodecIndex> codec) const {
    return codec && *codec < codecs.size() ? codecs[*codec]->media.get() : nullptr;
  }
  const std::string& sid() const { return info.sid(); }
  bool is_video() const { return info.type() == livekit::VIDEO; }
};

// Announced under a cid that is in use: it comes when the track before it ends.
struct QueuedTrack {
  livekit::AddTrackRequest request;
  std::string sid;
};

}  // namespace sfu::room

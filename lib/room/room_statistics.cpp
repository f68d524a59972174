// SPDX-License-Identifier: Apache-2.0
// What one room's participants, tracks and subscriptions have come to.
#include "room/figures.hpp"
#include "room/room.hpp"
#include "room/room_parts.hpp"
#include "wire/infos.hpp"

namespace sfu::room {

namespace {

TrackInfo describe(const livekit::TrackInfo& info, const std::string& mime_type) {
  TrackInfo track;
  track.sid = info.sid();
  track.name = info.name();
  track.kind = wire::to_kind(info);
  track.source = wire::to_source(info.source());
  track.mime_type = mime_type;
  track.muted = info.muted();
  track.width = info.width();
  track.height = info.height();
  return track;
}

ConnectionQuality quality_of(const Participant& participant) {
  switch (participant.score.quality()) {
    case livekit::POOR: return ConnectionQuality::kPoor;
    case livekit::GOOD: return ConnectionQuality::kGood;
    case livekit::LOST: return ConnectionQuality::kLost;
    default: return ConnectionQuality::kExcellent;
  }
}

void add_streams(const Participant& publisher, const Publication& publication, RoomStatistics& out) {
  for (const auto& codec : publication.codecs) {
    if (!codec->live()) continue;
    const auto& mime_type = publication.info.codecs(static_cast<int>(codec->index)).mime_type();
    for (std::uint8_t layer = 0; layer < media::kMaxLayers; ++layer) {
      const auto stats = codec->media->stream_stats(layer);
      if (!stats) continue;
      auto& stream = out.streams.emplace_back();
      stream.publisher = publisher.profile.identity();
      stream.track = describe(publication.info, mime_type);
      stream.layer = layer;
      stream.bytes = stats->bytes;
      stream.packets = stats->reception.packets;
      stream.lost = stats->reception.most_lost;
      stream.filtered = stats->filtered;
      stream.jitter = stats->reception.jitter;
    }
  }
}

// Media tells it better than signalling does.
std::optional<Duration> round_trip_of(Participant& participant, Roster& roster) {
  for (const auto& [sid, subscription] : participant.subscriptions) {
    const auto track = roster.find_track(sid);
    auto* media = track ? track.publication->media(subscription.codec) : nullptr;
    const auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
    if (forwarder == nullptr) continue;
    if (const auto rtt = forwarder->stats().rtt) return rtt;
  }
  for (const auto& publication : participant.publications) {
    if (publication->live() && publication->primary().media->rtt()) return publication->primary().media->rtt();
  }
  if (participant.signal_rtt > Duration()) return participant.signal_rtt;
  return std::nullopt;
}

void add_subscriptions(const Participant& subscriber, Roster& roster, RoomStatistics& out) {
  for (const auto& [sid, subscription] : subscriber.subscriptions) {
    const auto track = roster.find_track(sid);
    auto* media = track ? track.publication->media(subscription.codec) : nullptr;
    const auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
    if (forwarder == nullptr) continue;
    const auto stats = forwarder->stats();
    auto& entry = out.subscriptions.emplace_back();
    entry.subscriber = subscriber.profile.identity();
    entry.publisher = track.publisher->profile.identity();
    entry.track = sid;
    entry.bytes = stats.bytes;
    entry.packets = stats.packets;
    entry.lost = stats.most_lost;
    entry.paused = forwarder->paused();
    if (!entry.paused && stats.layer != media::kNoLayer) entry.layer = stats.layer;
  }
}

}  // namespace

RoomStatistics Room::statistics(Instant now) const {
  RoomStatistics out;
  out.name = name();
  auto& roster = parts_->state.roster;
  roster.for_each([&](Participant& participant) {
    auto& entry = out.participants.emplace_back();
    entry.identity = participant.profile.identity();
    entry.sid = participant.profile.sid();
    if (!participant.is_copy()) entry.round_trip = round_trip_of(participant, roster);
    entry.estimate = participant.capacity.value(now);
    entry.quality = quality_of(participant);
    entry.score = participant.score.mos();
    for (const auto& publication : participant.publications) add_streams(participant, *publication, out);
    add_subscriptions(participant, roster, out);
  });
  return out;
}

}  // namespace sfu::room

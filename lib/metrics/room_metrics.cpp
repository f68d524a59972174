// SPDX-License-Identifier: Apache-2.0
// The series of one room.
#include "metrics/exposition.hpp"
#include "metrics/metrics.hpp"

namespace sfu::metrics {
namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

void write_participants(Exposition& out, const RoomStatistics& room) {
  const auto labels = [](const ParticipantStatistics& who) { return Labels{{"participant", who.identity}}; };
  out.gauge("sfu_room_participants", "Participants of the room.");
  out.sample({}, room.participants.size());
  out.gauge("sfu_participant_rtt_seconds", "Round trip between the server and the participant's client.");
  for (const auto& who : room.participants) {
    if (who.round_trip) out.sample(labels(who), seconds(*who.round_trip));
  }
  out.gauge("sfu_participant_estimate_bits_per_second", "What the connection carries towards the participant.");
  for (const auto& who : room.participants) {
    if (who.estimate) out.sample(labels(who), who.estimate->bps);
  }
  out.gauge("sfu_participant_connection_quality", "0 poor, 1 good, 2 excellent, 3 lost.");
  for (const auto& who : room.participants) out.sample(labels(who), static_cast<int>(who.quality));
  out.gauge("sfu_participant_connection_score", "1 to 4.5.");
  for (const auto& who : room.participants) out.sample(labels(who), who.score);
}

std::string_view layer_name(int layer) {
  return layer == 0 ? "q" : layer == 1 ? "h" : "f";
}

void write_tracks(Exposition& out, const RoomStatistics& room) {
  const auto labels = [](const StreamStatistics& stream) {
    const TrackInfo& track = stream.track;
    Labels all{{"participant", stream.publisher},
               {"track", track.sid},
               {"name", track.name},
               {"kind", to_string(track.kind)},
               {"source", to_string(track.source)},
               {"mime", track.mime_type}};
    if (track.kind == TrackKind::kVideo) all.emplace_back("layer", layer_name(stream.layer));
    return all;
  };
  out.counter("sfu_track_receive_bytes_total", "RTP received of a published track, headers included.");
  for (const auto& stream : room.streams) out.sample(labels(stream), stream.bytes);
  out.counter("sfu_track_receive_packets_total", "RTP packets received of a published track.");
  for (const auto& stream : room.streams) out.sample(labels(stream), stream.packets);
  out.counter("sfu_track_receive_lost_total", "RTP packets of a published track that the network lost.");
  for (const auto& stream : room.streams) out.sample(labels(stream), stream.lost);
  out.counter("sfu_track_receive_filtered_total", "RTP packets of a published track that the host's filters dropped.");
  for (const auto& stream : room.streams) out.sample(labels(stream), stream.filtered);
  out.gauge("sfu_track_receive_jitter_seconds", "Interarrival jitter of a published track.");
  for (const auto& stream : room.streams) out.sample(labels(stream), seconds(stream.jitter));
}

void write_subscriptions(Exposition& out, const RoomStatistics& room) {
  const auto labels = [](const SubscriptionStatistics& one) {
    return Labels{{"participant", one.subscriber}, {"publisher", one.publisher}, {"track", one.track}};
  };
  out.counter("sfu_subscription_send_bytes_total", "RTP sent to a subscriber of a track, headers included.");
  for (const auto& one : room.subscriptions) out.sample(labels(one), one.bytes);
  out.counter("sfu_subscription_send_packets_total", "RTP packets sent to a subscriber of a track.");
  for (const auto& one : room.subscriptions) out.sample(labels(one), one.packets);
  out.counter("sfu_subscription_lost_total", "Packets that the subscriber reported lost.");
  for (const auto& one : room.subscriptions) out.sample(labels(one), one.lost);
  out.gauge("sfu_subscription_layer", "The layer that is forwarded, from 0; -1: none.");
  for (const auto& one : room.subscriptions) out.sample(labels(one), one.layer.value_or(-1));
  out.gauge("sfu_subscription_paused", "1 while nothing is sent to the subscriber.");
  for (const auto& one : room.subscriptions) out.sample(labels(one), one.paused ? 1 : 0);
}

}  // namespace

std::string to_text(const RoomStatistics& room) {
  Exposition out(Labels{{"room", room.name}});
  write_participants(out, room);
  write_tracks(out, room);
  write_subscriptions(out, room);
  return out.take();
}

}  // namespace sfu::metrics

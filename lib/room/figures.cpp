// SPDX-License-Identifier: Apache-2.0
#include "room/figures.hpp"

#include <string_view>

#include "wire/infos.hpp"

namespace sfu::room {

namespace {

// Of what clients write only what is known becomes a label.
DataStreamContent content_of(std::string mime_type) {
  mime_type = mime_type.substr(0, mime_type.find('/'));
  for (char& c : mime_type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (mime_type == "text") return DataStreamContent::kText;
  if (mime_type == "image") return DataStreamContent::kImage;
  if (mime_type == "application") return DataStreamContent::kApplication;
  if (mime_type == "audio") return DataStreamContent::kAudio;
  if (mime_type == "video") return DataStreamContent::kVideo;
  return DataStreamContent::kUnknown;
}

}  // namespace

std::size_t kind_index(const livekit::TrackInfo& track) {
  return static_cast<std::size_t>(wire::to_kind(track));
}

StreamKey stream_key(StreamDirection direction, const livekit::TrackInfo& track) {
  return {direction, wire::to_source(track.source()), wire::to_kind(track)};
}

void count_track_event(Statistics& statistics, Event::Type type, const livekit::TrackInfo& track) {
  const std::size_t kind = kind_index(track);
  switch (type) {
    case Event::Type::kTrackPublished: ++statistics.tracks_published[kind]; break;
    case Event::Type::kTrackUnpublished: --statistics.tracks_published[kind]; break;
    case Event::Type::kTrackSubscribed: ++statistics.tracks_subscribed[kind]; break;
    case Event::Type::kTrackUnsubscribed: --statistics.tracks_subscribed[kind]; break;
    default: break;
  }
}

void observe_pubsub(Statistics& statistics, bool subscribe, const livekit::TrackInfo& track, Participant& participant,
                    Duration took) {
  PubSubKey key;
  key.subscribe = subscribe;
  key.source = wire::to_source(track.source());
  key.kind = wire::to_kind(track);
  key.sdk = static_cast<std::uint8_t>(participant.profile.client().sdk());
  key.participant_kind = static_cast<std::uint8_t>(participant.profile.read().kind());
  statistics.pubsub_ms[key].observe(to_milliseconds(took));
}

void observe_stream(Statistics& statistics, const livekit::DataPacket& packet) {
  if (!packet.has_stream_header()) return;
  const auto& header = packet.stream_header();
  DataStreamKey key;
  key.type = header.has_text_header()   ? DataStreamType::kText
             : header.has_byte_header() ? DataStreamType::kBytes
                                        : DataStreamType::kUnknown;
  key.content = content_of(header.mime_type());
  statistics.stream_destinations[key].observe(packet.destination_identities_size());
  if (header.has_total_length()) statistics.stream_bytes[key].observe(static_cast<double>(header.total_length()));
}

void observe_window(Statistics& statistics, const StreamKey& key, const StreamWindow& window) {
  if (window.expected > 0) {
    const auto percent = [&](std::uint64_t part) {
      return 100.0 * static_cast<double>(part) / static_cast<double>(window.expected);
    };
    statistics.packets_lost[key] += window.lost;
    statistics.packets_out_of_order[key] += window.out_of_order;
    statistics.loss_percent[key].observe(percent(window.lost));
    statistics.out_of_order_percent[key].observe(percent(window.out_of_order));
  }
  if (window.jitter > Duration()) {
    statistics.jitter_us[key].observe(std::chrono::duration<double, std::micro>(window.jitter).count());
  }
  if (window.round_trip) statistics.rtt_ms[key].observe(to_milliseconds(*window.round_trip));
}

}  // namespace sfu::room

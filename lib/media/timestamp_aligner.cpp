// SPDX-License-Identifier: Apache-2.0
#include "media/timestamp_aligner.hpp"

#include <algorithm>

namespace sfu::media {

std::optional<std::int64_t> TimestampAligner::offset_for(Instant now, const IncomingPacket& packet,
                                                         const Encodings& encodings, bool seamless) {
  if (!started_) return refer_to(packet, 0);
  const ReceiveStream& stream = *encodings.stream(packet.layer);
  const std::uint32_t rate = stream.clock_rate();
  const std::int64_t earliest = last_timestamp_ + 1;
  const std::int64_t expected = std::max(earliest, last_timestamp_ + to_ticks(now - last_sent_, rate));
  const auto mapped = in_reference_clock(packet, encodings);

  if (!mapped) {
    if (seamless && now - stream.started_at() < kWaitForReport) return std::nullopt;
    return refer_to(packet, expected - packet.timestamp);
  }
  if (*mapped > expected + to_ticks(kMaxAhead, rate)) return refer_to(packet, expected - packet.timestamp);
  if (seamless) {
    if (*mapped < last_timestamp_ - to_ticks(kMaxBehind, rate)) return std::nullopt;
  } else if (*mapped < expected - to_ticks(kMaxBehindResuming, rate)) {
    return refer_to(packet, expected - packet.timestamp);
  }
  return std::max(*mapped, earliest) - packet.timestamp;
}

bool TimestampAligner::can_map(Instant now, std::uint8_t layer, const Encodings& encodings) const {
  if (!started_ || layer == reference_layer_) return true;
  const ReceiveStream* stream = encodings.stream(layer);
  const ReceiveStream* reference = encodings.stream(reference_layer_);
  if (stream == nullptr) return false;
  if (stream->started() && now - stream->started_at() >= kWaitForReport) return true;
  return stream->clock().known() && reference != nullptr && reference->clock().known();
}

std::optional<std::int64_t> TimestampAligner::in_reference_clock(const IncomingPacket& packet,
                                                                 const Encodings& encodings) const {
  const ReceiveStream& own = *encodings.stream(packet.layer);
  if (reference_layer_ == kNoLayer && resumed_.known() && own.clock().known()) {
    return resumed_.timestamp_at(own.clock().time_of(packet.timestamp, own.clock_rate()), own.clock_rate());
  }
  const ReceiveStream* reference = encodings.stream(reference_layer_);
  if (reference == nullptr || reference->generation() != reference_generation_) return std::nullopt;
  if (packet.layer == reference_layer_) return packet.timestamp + reference_offset_;
  const ReceiveStream& stream = *encodings.stream(packet.layer);
  if (!stream.clock().known() || !reference->clock().known()) return std::nullopt;
  const WallTime time = stream.clock().time_of(packet.timestamp, stream.clock_rate());
  return reference->clock().timestamp_at(time, reference->clock_rate()) + reference_offset_;
}

void TimestampAligner::resume(Instant at, std::int64_t timestamp, const SenderClock& clock) {
  forget_reference();
  started_ = true;
  last_timestamp_ = timestamp;
  last_sent_ = at;
  resumed_ = clock;
}

std::int64_t TimestampAligner::refer_to(const IncomingPacket& packet, std::int64_t offset) {
  reference_layer_ = packet.layer;
  reference_generation_ = packet.generation;
  reference_offset_ = offset;
  return offset;
}

}  // namespace sfu::media

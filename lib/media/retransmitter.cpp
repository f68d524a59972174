// SPDX-License-Identifier: Apache-2.0
#include "media/retransmitter.hpp"

#include <algorithm>

namespace sfu::media {

Retransmitter::Retransmitter(std::size_t capacity, rtp::Ssrc rtx_ssrc, Random& random)
    : capacity_(capacity),
      rtx_ssrc_(rtx_ssrc),
      rtx_sequence_(static_cast<std::uint16_t>(0x8000 + random.below(0x4000))) {}

void Retransmitter::record(Instant now, const IncomingPacket& packet, const OutgoingNumbers& numbers,
                           const PacketBuilder::Stamp& stamp, std::size_t size) {
  if (capacity_ == 0) return;
  if (entries_.empty()) {
    entries_.resize(capacity_);
    epoch_ = now;
    window_start_ = now;
    newest_ = numbers.sequence;
  }
  Entry& entry = entries_[static_cast<std::uint64_t>(numbers.sequence) % capacity_];
  entry.in_sequence = static_cast<std::uint32_t>(packet.sequence);
  entry.timestamp = static_cast<std::uint32_t>(numbers.timestamp);
  entry.last_sent = milliseconds(now);
  entry.abs_send_time = stamp.abs_send_time & 0xffffff;
  entry.answers = 0;
  entry.layer = packet.layer & 3;
  entry.used = 1;
  entry.vp8 = numbers.vp8 ? 1 : 0;
  entry.mid = stamp.mid ? 1 : 0;
  entry.long_picture_id = numbers.long_picture_id ? 1 : 0;
  entry.out_sequence = static_cast<std::uint16_t>(numbers.sequence);
  entry.picture_id = numbers.picture_id;
  entry.tl0_picture_index = numbers.tl0_picture_index;
  entry.key_index = numbers.key_index;
  entry.generation = packet.generation;

  newest_ = std::max(newest_, numbers.sequence);
  // Each packet of sound is one for itself, and makes none before it useless.
  if (packet.info.is_keyframe && rtp::kind_of(packet.codec) == rtp::MediaKind::kVideo) {
    awaiting_keyframe_until_ = Instant::min();
    // Several packets of a frame can look like its start (parameter sets, then the picture): keep the first.
    if (keyframe_ < 0 || numbers.timestamp != keyframe_timestamp_ || numbers.sequence < keyframe_) {
      keyframe_ = numbers.sequence;
      keyframe_timestamp_ = numbers.timestamp;
    }
  }
  roll_window(now);
  sent_[0] += size;
}

void Retransmitter::wait_for_keyframe(Instant now) {
  awaiting_keyframe_until_ = now + std::chrono::seconds(2);
}

void Retransmitter::forget() {
  for (Entry& entry : entries_) entry.used = 0;
  keyframe_ = -1;
}

void Retransmitter::answer(Instant now, std::span<const std::uint16_t> sequence_numbers, std::optional<Duration> rtt,
                           const Encodings& encodings, const PacketBuilder& builder,
                           std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  for (const std::uint16_t sequence_number : sequence_numbers) {
    ++counters_.asked;
    Entry* entry = nullptr;
    if (!entries_.empty()) {
      const std::int64_t sequence = newest_ + rtp::distance(static_cast<std::uint16_t>(newest_), sequence_number);
      Entry& at = entries_[static_cast<std::uint64_t>(sequence) % capacity_];
      if (at.used != 0 && at.out_sequence == sequence_number) entry = &at;
    }
    if (entry == nullptr) {
      ++counters_.missed;
    } else if (!of_use(now, sequence_number) || !may_repeat(now, *entry, rtt)) {
      ++counters_.refused;
    } else if (!repeat(now, *entry, encodings, builder, mappings, sink, out)) {
      ++counters_.missed;
    }
  }
}

bool Retransmitter::of_use(Instant now, std::uint16_t sequence_number) const {
  if (now < awaiting_keyframe_until_) return false;
  if (keyframe_ < 0 || newest_ - keyframe_ >= kKeyframeGate) return true;
  // The decoder starts over at the key frame (media spec 3.1).
  return rtp::distance(static_cast<std::uint16_t>(keyframe_), sequence_number) >= 0;
}

bool Retransmitter::may_repeat(Instant now, const Entry& entry, std::optional<Duration> rtt) {
  if (entry.answers >= kAnswers) return false;
  const Duration since = std::chrono::milliseconds(milliseconds(now) - entry.last_sent);
  if (entry.answers > 0) {
    if (since < (rtt ? std::min(kMaxPause, *rtt * 2) : kMaxPause)) return false;
  } else if (rtt && since < std::min(kMaxPause, *rtt * 3 / 4)) {
    return false;  // asked before the packet can have been missed: it is late, not lost
  }
  roll_window(now);
  return (repeated_[0] + repeated_[1]) * 100 < (sent_[0] + sent_[1]) * kBudgetPercent ||
         repeated_[0] + repeated_[1] < kBudgetFloor;
}

bool Retransmitter::repeat(Instant now, Entry& entry, const Encodings& encodings, const PacketBuilder& builder,
                           std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  const auto layer = static_cast<std::uint8_t>(entry.layer);
  const ReceiveStream* stream = encodings.stream(layer);
  if (stream == nullptr || stream->generation() != entry.generation) return false;
  const std::int64_t highest = stream->highest_sequence();
  const std::int64_t in = highest + rtp::distance(static_cast<std::uint32_t>(highest), entry.in_sequence);
  IncomingPacket packet;
  if (!encodings.recall(layer, in, packet)) return false;
  const auto mapping = std::find_if(mappings.begin(), mappings.end(),
                                    [&](const PayloadMapping& m) { return m.from == packet.payload_type; });
  if (mapping == mappings.end()) return false;

  OutgoingNumbers numbers;
  numbers.sequence = entry.out_sequence;
  numbers.timestamp = entry.timestamp;
  numbers.vp8 = entry.vp8 != 0;
  numbers.long_picture_id = entry.long_picture_id != 0;
  numbers.picture_id = entry.picture_id;
  numbers.tl0_picture_index = entry.tl0_picture_index;
  numbers.key_index = entry.key_index;

  const bool as_rtx = rtx_ssrc_ != 0 && mapping->rtx != kNoPayloadType;
  PacketBuilder::Stamp stamp{entry.abs_send_time, entry.mid != 0};
  if (as_rtx) stamp = builder.stamp(now);  // another SSRC and number: nothing need be the same
  const PacketBuilder::Rtx rtx{mapping->rtx, rtx_ssrc_, rtx_sequence_};
  SendBatch& batch = sink.batch(out.datagrams);
  const std::size_t size = builder.build(batch.open(), packet, *mapping, numbers, stamp, as_rtx ? &rtx : nullptr);
  if (size == 0) return false;
  sink.send_rtp(batch, size);
  if (as_rtx) ++rtx_sequence_;
  ++entry.answers;
  entry.last_sent = milliseconds(now);
  ++counters_.packets;
  counters_.bytes += size;
  if (out.traffic != nullptr) count(out.traffic->sent_again, size);
  repeated_[0] += size;
  return true;
}

void Retransmitter::roll_window(Instant now) {
  if (now - window_start_ < std::chrono::seconds(1)) return;
  const bool adjacent = now - window_start_ < std::chrono::seconds(2);
  sent_ = {0, adjacent ? sent_[0] : 0};
  repeated_ = {0, adjacent ? repeated_[0] : 0};
  window_start_ = adjacent ? window_start_ + std::chrono::seconds(1) : now;
}

std::uint32_t Retransmitter::milliseconds(Instant now) const {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now - epoch_).count());
}

}  // namespace sfu::media

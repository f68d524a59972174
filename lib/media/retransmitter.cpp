// SPDX-License-Identifier: Apache-2.0
#include "media/retransmitter.hpp"

#include <algorithm>
#include <utility>

#include "media/redundancy.hpp"

namespace sfu::media {
namespace {

constexpr std::size_t kPadding = 255;      // RFC 3550 5.1: what one packet can hold
constexpr std::int64_t kPaddingDepth = 8;  // packets that are sent again as padding, in turn
// What a repeat of sound waits in a queue, after the round trip that it takes, until nobody waits for it any more: it
// would only make the queue longer, which took the sound in the first place.
constexpr Duration kLateForSound = std::chrono::milliseconds(100);
constexpr std::size_t kPrefetched = 8;  // packets, a picture's

std::uint16_t next_number(const RtpSink& sink) {
  return sink.outbound() != nullptr ? sink.outbound()->control().next_number() : std::uint16_t{0};
}

// What went out under `number`, and its copies under those that follow; one that comes is enough.
bool all_lost(std::span<const std::uint16_t> lost, std::uint16_t number, std::uint8_t copies) {
  for (std::uint8_t copy = 1; copy <= copies; ++copy) {
    if (!std::ranges::binary_search(lost, static_cast<std::uint16_t>(number + copy))) return false;
  }
  return true;
}

}  // namespace

Retransmitter::Retransmitter(std::size_t capacity, rtp::Ssrc rtx_ssrc, Random& random)
    : capacity_(capacity),
      rtx_ssrc_(rtx_ssrc),
      rtx_sequence_(static_cast<std::uint16_t>(0x8000 + random.below(0x4000))) {}

void Retransmitter::prefetch() const {
  if (entries_.empty()) return;
  const std::size_t next = static_cast<std::uint64_t>(newest_ + 1) % capacity_;
  sfu::prefetch(entries_.data() + next, entries_.data() + std::min(next + kPrefetched, capacity_));
}

void Retransmitter::record(Instant now, const IncomingPacket& packet, const OutgoingNumbers& numbers,
                           const PacketBuilder::Stamp& stamp, std::size_t size) {
  if (capacity_ != 0) count_sent(now, note(now, packet, numbers), stamp, size);
}

void Retransmitter::hold(Instant now, const IncomingPacket& packet, const OutgoingNumbers& numbers) {
  note(now, packet, numbers);
}

Retransmitter::Entry& Retransmitter::note(Instant now, const IncomingPacket& packet, const OutgoingNumbers& numbers) {
  if (entries_.empty()) {
    entries_.resize(std::min(kFirstEntries, capacity_));
    epoch_ = now;
    newest_ = numbers.sequence;
  }
  while (must_grow(now, numbers.sequence)) grow();
  Entry& entry = at(numbers.sequence);
  entry.in_sequence = static_cast<std::uint32_t>(packet.sequence);
  entry.timestamp = static_cast<std::uint32_t>(numbers.timestamp);
  entry.last_sent = 0;
  entry.answers = 0;
  entry.waits = 0;
  entry.copies = 0;
  entry.layer = packet.layer & 3;
  entry.used = 1;
  entry.vp8 = numbers.vp8 ? 1 : 0;
  entry.long_picture_id = numbers.long_picture_id ? 1 : 0;
  entry.out_sequence = static_cast<std::uint16_t>(numbers.sequence);
  entry.picture_id = numbers.picture_id;
  entry.tl0_picture_index = numbers.tl0_picture_index;
  entry.key_index = numbers.vp8 ? numbers.key_index : packet.redundancy.mask;
  entry.generation = packet.generation;
  entry.marker = numbers.marker ? 1 : 0;
  entry.descriptor = !numbers.vp8 && numbers.descriptor ? 1 : 0;
  entry.target_count = numbers.target_count & 0x1f;
  if (entry.descriptor != 0) {
    entry.picture_id = numbers.frame_number;
    entry.tl0_picture_index = static_cast<std::uint8_t>(numbers.active_targets);
    entry.key_index = static_cast<std::uint8_t>(numbers.active_targets >> 8);
  }

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
  return entry;
}

// What would be written over may still be asked for.
bool Retransmitter::must_grow(Instant now, std::int64_t sequence) {
  const Entry& old = at(sequence);
  if (entries_.size() == capacity_ || old.used == 0) return false;
  const auto age = static_cast<std::int32_t>(milliseconds(now) - old.last_sent);
  return old.last_sent == 0 || std::chrono::milliseconds(age) < asked_within_;
}

void Retransmitter::grow() {
  const std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(std::min(2 * entries_.size(), capacity_)));
  const auto count = static_cast<std::int64_t>(old.size());
  for (std::int64_t sequence = newest_ - count + 1; sequence <= newest_; ++sequence) {
    const Entry& entry = old[static_cast<std::uint64_t>(sequence) % old.size()];
    if (entry.used != 0 && entry.out_sequence == static_cast<std::uint16_t>(sequence)) at(sequence) = entry;
  }
}

void Retransmitter::count_sent(Instant now, Entry& entry, const PacketBuilder::Stamp& stamp, std::size_t size) {
  entry.last_sent = std::max<std::uint32_t>(1, milliseconds(now));
  entry.abs_send_time = stamp.abs_send_time & 0xffffff;
  entry.mid = stamp.mid ? 1 : 0;
  entry.transport_number = stamp.transport_number;
  entry.playout_delay = stamp.playout_delay;
  budget_.sent(now, size);
  ++sent_packets_;
}

void Retransmitter::wait_for_keyframe(Instant now) {
  awaiting_keyframe_until_ = now + std::chrono::seconds(2);
}

void Retransmitter::forget() {
  for (Entry& entry : entries_) entry.used = 0;
  keyframe_ = -1;
}

Retransmitter::Entry* Retransmitter::find(std::uint16_t sequence_number) {
  if (entries_.empty()) return nullptr;
  const std::int64_t sequence = newest_ + rtp::distance(static_cast<std::uint16_t>(newest_), sequence_number);
  Entry& entry = at(sequence);
  return entry.used != 0 && entry.out_sequence == sequence_number ? &entry : nullptr;
}

void Retransmitter::answer(Instant now, std::span<const std::uint16_t> sequence_numbers, std::optional<Duration> rtt,
                           const Encodings& encodings, const PacketBuilder& builder,
                           std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  loss_.add(now, sent_packets_, sequence_numbers.size());
  if (rtt) asked_within_ = std::max(kAskedWithin, 4 * *rtt);
  const bool too_late = encodings.kind() == rtp::MediaKind::kAudio && sink.outbound() != nullptr &&
                        sink.outbound()->control().estimator().queueing_delay() >= kLateForSound;
  for (const std::uint16_t sequence_number : sequence_numbers) {
    ++counters_.asked;
    Entry* entry = find(sequence_number);
    if (entry != nullptr && entry->answers > 0) ++counters_.asked_again;
    if (entry != nullptr &&
        (entry->waits != 0 || !of_use(now, sequence_number) || too_late || !may_repeat(now, *entry, rtt))) {
      ++counters_.refused;
      // The last answer had its time.
      const Duration since = std::chrono::milliseconds(milliseconds(now) - entry->last_sent);
      const bool in_vain = entry->answers == kAnswers && since >= std::min(kMaxPause, rtt.value_or(kMaxPause));
      if (in_vain && of_use(now, sequence_number)) ++counters_.given_up;
    } else if (entry == nullptr || !repeat_or_hold(now, *entry, encodings, builder, mappings, sink, out)) {
      ++counters_.missed;
    }
  }
}

void Retransmitter::repeat_lost(Instant now, std::span<const std::uint16_t> transport_numbers,
                                const Encodings& encodings, const PacketBuilder& builder,
                                std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  if (!may_spend(sink)) return;
  for (std::int64_t sequence = newest_ - kLostDepth + 1; sequence <= newest_; ++sequence) {
    Entry* entry = find(static_cast<std::uint16_t>(sequence));
    if (entry == nullptr || entry->last_sent == 0) continue;
    const std::uint16_t number = entry->transport_number;
    if (!std::ranges::binary_search(transport_numbers, number) || !all_lost(transport_numbers, number, entry->copies)) {
      continue;
    }
    if (entry->answers >= kAnswers || entry->waits != 0 || !of_use(now, entry->out_sequence)) continue;
    if (!may_spend(sink)) return;
    repeat_or_hold(now, *entry, encodings, builder, mappings, sink, out);
  }
}

void Retransmitter::repeat_recovered(Instant now, std::uint16_t sequence_number, const Encodings& encodings,
                                     const PacketBuilder& builder, std::span<const PayloadMapping> mappings,
                                     RtpSink& sink, Output& out) {
  Entry* entry = find(sequence_number);
  if (entry == nullptr || !of_use(now, sequence_number)) return;
  for (int copy = 0; copy < kRecoveredCopies; ++copy) {
    if (!send_copy(now, *entry, encodings, builder, mappings, sink, out)) break;
  }
  if (entry->copies == 0) return;
  // They answer what was asked for while it was not there.
  ++entry->answers;
  entry->last_sent = milliseconds(now);
}

bool Retransmitter::repeat_from_keyframe(Instant now, const Encodings& encodings, const PacketBuilder& builder,
                                         std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  if (keyframe_ < 0) return false;
  bool any = false;
  for (std::int64_t sequence = keyframe_; sequence <= newest_; ++sequence) {
    Entry* entry = find(static_cast<std::uint16_t>(sequence));
    if (entry == nullptr || entry->waits != 0 || entry->last_sent == 0) continue;
    any = repeat_or_hold(now, *entry, encodings, builder, mappings, sink, out) || any;
  }
  return any;
}

bool Retransmitter::keyframe_on_its_way(Instant now, Duration takes) {
  if (keyframe_ < 0) return false;
  for (std::int64_t sequence = keyframe_; sequence <= newest_; ++sequence) {
    const Entry* entry = find(static_cast<std::uint16_t>(sequence));
    if (entry == nullptr || entry->timestamp != static_cast<std::uint32_t>(keyframe_timestamp_)) break;
    if (entry->last_sent == 0 || std::chrono::milliseconds(milliseconds(now) - entry->last_sent) < takes) return true;
  }
  return false;
}

// False: it is not kept any more.
bool Retransmitter::repeat_or_hold(Instant now, Entry& entry, const Encodings& encodings, const PacketBuilder& builder,
                                   std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  if (sink.outbound() == nullptr || !sink.outbound()->repeat_must_wait(now)) {
    if (repeat(now, entry, encodings, builder, mappings, sink, out) == 0) return false;
    send_copy(now, entry, encodings, builder, mappings, sink, out);
    return true;
  }
  entry.waits = 1;
  sink.outbound()->hold_repeat(now, builder.ssrc(), entry.out_sequence, out);
  return true;
}

bool Retransmitter::of_use(Instant now, std::uint16_t sequence_number) const {
  if (now < awaiting_keyframe_until_) return false;
  if (keyframe_ < 0 || newest_ - keyframe_ >= kKeyframeGate) return true;
  // The decoder starts over at the key frame (media spec 3.1).
  return rtp::distance(static_cast<std::uint16_t>(keyframe_), sequence_number) >= 0;
}

bool Retransmitter::may_repeat(Instant now, const Entry& entry, std::optional<Duration> rtt) {
  if (entry.answers >= kAnswers || entry.last_sent == 0) return false;
  const Duration since = std::chrono::milliseconds(milliseconds(now) - entry.last_sent);
  if (entry.answers > 0) {
    if (since < (rtt ? std::min(kMaxPause, *rtt * 2) : kMaxPause)) return false;
  } else if (rtt && since < std::min(kMaxPause, *rtt * 3 / 4)) {
    return false;  // asked before the packet can have been missed: it is late, not lost
  }
  return budget_.has_any();
}

// More than is asked for: where much is lost, though there is room for more than is wanted.
bool Retransmitter::may_spend(RtpSink& sink) {
  if (!loss_.is_high() || rtx_ssrc_ == 0 || !budget_.is_ample()) return false;
  return sink.outbound() == nullptr || sink.outbound()->control().is_ample();
}

std::size_t Retransmitter::repeat(Instant now, Entry& entry, const Encodings& encodings, const PacketBuilder& builder,
                                  std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  const PacketBuilder::Stamp as_before{entry.abs_send_time, entry.mid != 0, entry.transport_number,
                                       entry.playout_delay};
  const std::uint16_t number = next_number(sink);
  const std::size_t size = send(now, entry, as_before, true, encodings, builder, mappings, sink, out);
  if (size == 0) return 0;
  if (next_number(sink) != number) entry.transport_number = number;
  entry.copies = 0;
  ++entry.answers;
  entry.last_sent = milliseconds(now);
  count_repeat(size, out);
  return size;
}

// Of every repeat as many are lost as of what was sent first, and Chrome asks for it again after 100 ms, whatever the
// round trip, if it sends no video itself: too late for the picture. Where there is no stream of repeats the second is
// the same packet, which SRTP's replay protection drops.
bool Retransmitter::send_copy(Instant now, Entry& entry, const Encodings& encodings, const PacketBuilder& builder,
                              std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  if (!may_spend(sink)) return false;
  const std::size_t size = send(now, entry, {}, true, encodings, builder, mappings, sink, out);
  if (size == 0) return false;
  ++entry.copies;
  ++counters_.doubled;
  count_repeat(size, out);
  return true;
}

void Retransmitter::count_repeat(std::size_t size, Output& out) {
  ++counters_.packets;
  counters_.bytes += size;
  if (out.traffic != nullptr) count(out.traffic->sent_again, size);
  budget_.repeated(size);
}

std::size_t Retransmitter::repeat_held(Instant now, const Outbound::Held& held, const Encodings& encodings,
                                       const PacketBuilder& builder, std::span<const PayloadMapping> mappings,
                                       RtpSink& sink, Output& out) {
  Entry* entry = find(held.sequence_number);
  if (entry == nullptr || entry->waits == 0) return 0;
  entry->waits = 0;
  if (now - held.since > kLongestWait || !of_use(now, held.sequence_number)) {
    ++counters_.refused;
    return 0;
  }
  return repeat(now, *entry, encodings, builder, mappings, sink, out);
}

std::size_t Retransmitter::send_held(Instant now, std::uint16_t sequence_number, const Encodings& encodings,
                                     const PacketBuilder& builder, std::span<const PayloadMapping> mappings,
                                     RtpSink& sink, Output& out) {
  Entry* entry = find(sequence_number);
  if (entry == nullptr) return 0;
  const PacketBuilder::Stamp stamp = builder.stamp(now, next_number(sink));
  const std::size_t size = send(now, *entry, stamp, false, encodings, builder, mappings, sink, out);
  if (size != 0) count_sent(now, *entry, stamp, size);
  return size;
}

std::size_t Retransmitter::pad(Instant now, std::size_t wanted, const Encodings& encodings,
                               const PacketBuilder& builder, std::span<const PayloadMapping> mappings, RtpSink& sink,
                               Output& out) {
  if (rtx_ssrc_ == 0) return 0;
  // Little is wanted, or nothing was sent yet: padding.
  if (wanted > kPadding && !entries_.empty()) {
    if (padded_ > newest_ || padded_ <= newest_ - kPaddingDepth) padded_ = newest_ + 1;
    --padded_;
    const Entry* entry = find(static_cast<std::uint16_t>(padded_));
    // Only what was sent: its like waits still.
    if (entry != nullptr && entry->last_sent != 0) {
      const PacketBuilder::Stamp stamp = builder.stamp(now, next_number(sink));
      if (const auto size = send(now, *entry, stamp, true, encodings, builder, mappings, sink, out)) return size;
    }
  }
  const auto mapping = std::ranges::find_if(mappings, [](const PayloadMapping& m) { return m.rtx != kNoPayloadType; });
  if (mapping == mappings.end()) return 0;
  const PacketBuilder::Rtx rtx{mapping->rtx, rtx_ssrc_, rtx_sequence_};
  SendBatch& batch = sink.batch(out.datagrams);
  const std::uint32_t timestamp = entries_.empty() ? 0 : at(newest_).timestamp;
  const std::size_t size = builder.build_padding(batch.open(), builder.stamp(now, next_number(sink)), rtx, timestamp);
  if (size == 0) return 0;
  ++rtx_sequence_;
  transmit(now, sink, batch, size, builder.numbered(), out);
  return size;
}

// On the stream of repeats if `as_rtx` and the subscriber has one; else, under its own number, exactly as `stamp` says.
std::size_t Retransmitter::send(Instant now, const Entry& entry, const PacketBuilder::Stamp& stamp, bool as_rtx,
                                const Encodings& encodings, const PacketBuilder& builder,
                                std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out) {
  const auto layer = static_cast<std::uint8_t>(entry.layer);
  const ReceiveStream* stream = encodings.stream(layer);
  if (stream == nullptr || stream->generation() != entry.generation) return 0;
  const std::int64_t highest = stream->highest_sequence();
  const std::int64_t in = highest + rtp::distance(static_cast<std::uint32_t>(highest), entry.in_sequence);
  IncomingPacket packet;
  if (!encodings.recall(layer, in, packet)) return 0;
  const auto mapping = std::find_if(mappings.begin(), mappings.end(),
                                    [&](const PayloadMapping& m) { return m.from == packet.payload_type; });
  if (mapping == mappings.end()) return 0;
  if (mapping->makes_red()) {
    add_redundancy(encodings, packet, entry.key_index);
    if (packet.redundancy.mask != entry.key_index) return 0;  // it could not be the same
  }

  OutgoingNumbers numbers;
  numbers.sequence = entry.out_sequence;
  numbers.timestamp = entry.timestamp;
  numbers.vp8 = entry.vp8 != 0;
  numbers.long_picture_id = entry.long_picture_id != 0;
  numbers.picture_id = entry.picture_id;
  numbers.tl0_picture_index = entry.tl0_picture_index;
  numbers.key_index = entry.key_index;
  numbers.marker = entry.marker != 0;
  if (entry.descriptor != 0) {
    numbers.descriptor = true;
    numbers.frame_number = entry.picture_id;
    numbers.target_count = entry.target_count;
    numbers.active_targets = static_cast<std::uint32_t>(entry.key_index) << 8 | entry.tl0_picture_index;
  }

  as_rtx = as_rtx && rtx_ssrc_ != 0 && mapping->rtx != kNoPayloadType;
  const PacketBuilder::Rtx rtx{mapping->rtx, rtx_ssrc_, rtx_sequence_};
  SendBatch& batch = sink.batch(out.datagrams);
  // Another SSRC and number: nothing need be the same.
  const std::size_t size =
      builder.build(batch.open(), packet, *mapping, numbers, as_rtx ? builder.stamp(now, next_number(sink)) : stamp,
                    as_rtx ? &rtx : nullptr);
  if (size == 0) return 0;
  if (as_rtx) ++rtx_sequence_;
  // Sent again as it was, it has the number of before.
  transmit(now, sink, batch, size, builder.numbered() && (as_rtx || entry.last_sent == 0), out);
  return size;
}

std::uint32_t Retransmitter::milliseconds(Instant now) const {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now - epoch_).count());
}

}  // namespace sfu::media

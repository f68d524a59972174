// SPDX-License-Identifier: Apache-2.0
#include "congestion/feedback_generator.hpp"

#include <algorithm>

namespace sfu::congestion {

FeedbackGenerator::FeedbackGenerator(Config config) : config_(config) {}

void FeedbackGenerator::on_packet(Instant now, Instant arrived, std::uint16_t transport_sequence_number,
                                  std::uint32_t ssrc) {
  if (slots_.empty()) {
    slots_.resize(kWindow);
    arrivals_.reserve(kWindow);
  }
  if (highest_ < 0) reset(transport_sequence_number + 0x10000);
  const auto ahead = static_cast<std::int16_t>(transport_sequence_number - static_cast<std::uint16_t>(highest_));
  const std::int64_t sequence = highest_ + ahead;
  // So large a jump is a sender that began afresh: what lies between was never sent.
  if (ahead >= static_cast<int>(kWindow) / 2 || ahead <= -static_cast<int>(kWindow)) reset(sequence);

  Slot& slot = slots_[static_cast<std::uint64_t>(sequence) % kWindow];
  if (slot.sequence == sequence) return;  // the first arrival counts
  if (sequence < next_base_) {
    // Late: told already as lost. Begin the next report there, unless it comes too late to matter.
    const Slot& newest = slots_[static_cast<std::uint64_t>(highest_) % kWindow];
    const Slot& after = slots_[static_cast<std::uint64_t>(sequence + 1) % kWindow];
    const Instant since = after.sequence == sequence + 1 ? after.arrival : newest.arrival;
    if (arrived - since > config_.late_limit) return;
    next_base_ = sequence;
  }
  slot = {sequence, arrived};
  highest_ = std::max(highest_, sequence);
  if (ssrc != 0) media_ssrc_ = ssrc;
  if (deadline_ == kNever) deadline_ = now + config_.interval;
}

std::size_t FeedbackGenerator::write(std::uint32_t sender_ssrc, ByteSpan buffer) {
  if (highest_ < 0) return 0;
  const std::int64_t first = std::max(next_base_, highest_ - static_cast<std::int64_t>(kWindow) + 1);
  arrivals_.clear();
  for (std::int64_t sequence = first; sequence <= highest_; ++sequence) {
    const Slot& slot = slots_[static_cast<std::uint64_t>(sequence) % kWindow];
    if (slot.sequence == sequence) arrivals_.push_back({sequence, slot.arrival});
  }
  if (arrivals_.empty()) return 0;
  ByteWriter writer(buffer);
  std::size_t told =
      rtcp::write_transport_feedback(writer, sender_ssrc, media_ssrc_, feedback_count_, first, arrivals_);
  // A gap that no report can hold: leave out what is lost in it.
  if (told == 0) told = rtcp::write_transport_feedback(writer, sender_ssrc, media_ssrc_, feedback_count_, arrivals_);
  if (told == 0) {
    next_base_ = highest_ + 1;
    return 0;
  }
  ++feedback_count_;
  next_base_ = arrivals_[told - 1].sequence + 1;
  return writer.size();
}

void FeedbackGenerator::reset(std::int64_t sequence) {
  std::ranges::fill(slots_, Slot{});
  highest_ = sequence;
  next_base_ = sequence;
}

}  // namespace sfu::congestion

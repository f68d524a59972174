// SPDX-License-Identifier: Apache-2.0
#include "congestion/sent_packets.hpp"

#include <algorithm>

namespace sfu::congestion {

void SentPackets::add(Instant now, std::size_t size, ProbeId probe) {
  if (next_ - oldest_ == static_cast<std::int64_t>(entries_.size())) make_room();
  at(next_) = {now, static_cast<std::uint32_t>(size), probe, Fate::kUnknown};
  ++next_;
}

// Forgets what has been told to have come, or was sent too long ago; else doubles.
void SentPackets::make_room() {
  while (oldest_ < told_ && at(oldest_).fate == Fate::kReceived) ++oldest_;
  if (next_ - oldest_ < static_cast<std::int64_t>(entries_.size())) return;
  const Instant newest = next_ > oldest_ ? at(next_ - 1).sent : Instant{};
  const bool forget = entries_.size() >= kMost || (next_ > oldest_ && newest - at(oldest_).sent > kHorizon);
  if (forget) {
    ++oldest_;
    return;
  }
  std::vector<Entry> larger(std::max(kFirst, entries_.size() * 2));
  for (std::int64_t sequence = oldest_; sequence < next_; ++sequence) {
    larger[static_cast<std::uint64_t>(sequence) & (larger.size() - 1)] = at(sequence);
  }
  entries_ = std::move(larger);
}

// Arrival times wrap every 2^24 * 64 ms; taken nearest to the last one.
Instant SentPackets::on_line(Duration arrival) {
  constexpr Duration kCycle = std::chrono::milliseconds(64) * (std::int64_t{1} << 24);
  if (!has_arrival_) {
    has_arrival_ = true;
    last_on_line_ = Instant{kCycle + arrival};
  } else {
    Duration ahead = (arrival - last_arrival_) % kCycle;
    if (ahead > kCycle / 2) ahead -= kCycle;
    if (ahead < -kCycle / 2) ahead += kCycle;
    last_on_line_ += ahead;
  }
  last_arrival_ = arrival;
  return last_on_line_;
}

std::span<const PacketResult> SentPackets::take_feedback(Instant now, const rtcp::TransportFeedback& feedback) {
  results_.clear();
  lost_.clear();
  if (next_ == oldest_) return results_;
  // Nearest to what was sent last.
  const std::int64_t newest = next_ - 1;
  const auto back = static_cast<std::int16_t>(feedback.base_sequence() - static_cast<std::uint16_t>(newest));
  std::int64_t sequence = newest + back;
  if (sequence + feedback.status_count() <= oldest_ || sequence >= next_) return results_;
  feedback.for_each([&](const rtcp::TransportFeedback::Status& status) {
    const std::int64_t number = sequence++;
    if (number < oldest_ || number >= next_) return;
    Entry& entry = at(number);
    if (entry.fate == Fate::kReceived || (!status.received && entry.fate == Fate::kLost)) return;
    PacketResult result{.sent = entry.sent,
                        .size = entry.size,
                        .probe = entry.probe,
                        .received = status.received,
                        .was_lost = entry.fate == Fate::kLost};
    entry.fate = status.received ? Fate::kReceived : Fate::kLost;
    if (!status.received && lost_.size() < kMostLost) lost_.push_back(static_cast<std::uint16_t>(number));
    if (status.received) {
      feedback_delay_ = now - entry.sent;
      // Without its time nothing can be made of it but that it came.
      result.arrival = status.has_time ? on_line(status.arrival) : Instant::min();
    }
    results_.push_back(result);
  });
  told_ = std::max(told_, std::min(sequence, next_));
  return results_;
}

std::span<const std::uint16_t> SentPackets::lost_of_late(Instant overdue) {
  for (std::int64_t number = std::max(told_, oldest_);
       number < next_ && lost_.size() < kMostLost && at(number).sent < overdue; ++number) {
    lost_.push_back(static_cast<std::uint16_t>(number));
  }
  return lost_;
}

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
#include "media/reception_stats.hpp"

#include <algorithm>
#include <cstdlib>

#include "media/sender_clock.hpp"

namespace sfu::media {

bool ReceptionStats::mark(std::int64_t sequence) {
  if (!started_) {
    started_ = true;
    first_ = highest_ = sequence;
    return test_and_set(sequence);
  }
  if (sequence > highest_) {
    clear_range(highest_ + 1, sequence);
    highest_ = sequence;
    return test_and_set(sequence);
  }
  if (sequence <= highest_ - static_cast<std::int64_t>(kHistory)) return false;
  if (!test_and_set(sequence)) return false;
  first_ = std::min(first_, sequence);
  return true;
}

void ReceptionStats::received(Instant now, std::int64_t sequence, std::int64_t timestamp, bool recovered) {
  if (recovered) {
    ++recovered_;
    return;
  }
  ++packets_;
  if (sequence < highest_) {
    ++out_of_order_;
    return;
  }
  // Once a frame: its other packets wait for their turn at the sender, which is not the network's jitter.
  if (has_transit_ && timestamp == last_timestamp_) return;
  const std::int64_t transit = to_ticks(now.time_since_epoch(), clock_rate_) - timestamp;
  if (has_transit_) {
    const auto difference = static_cast<std::uint64_t>(std::llabs(transit - last_transit_));
    // A jump of seconds is a pause or a new clock, not jitter.
    if (difference < std::uint64_t{clock_rate_} * 5) jitter_x16_ += difference - ((jitter_x16_ + 8) >> 4);
  }
  has_transit_ = true;
  last_transit_ = transit;
  last_timestamp_ = timestamp;
}

void ReceptionStats::on_sender_report(Instant now, std::uint64_t ntp) {
  last_sr_ = compact_ntp(ntp);
  last_sr_arrival_ = now;
}

rtcp::ReportBlock ReceptionStats::report(Instant now, std::uint32_t ssrc) {
  const Totals all = totals();
  const auto expected = static_cast<std::int64_t>(all.expected - reported_expected_);
  const std::int64_t lost = expected - static_cast<std::int64_t>(packets_ - reported_packets_);
  reported_expected_ = all.expected;
  reported_packets_ = packets_;
  most_lost_ = std::max(most_lost_, static_cast<std::uint64_t>(std::max<std::int64_t>(0, all.lost)));

  rtcp::ReportBlock block;
  block.ssrc = ssrc;
  // A.3: late packets of the interval before can make it negative, which counts as none.
  if (expected > 0 && lost > 0)
    block.fraction_lost = static_cast<std::uint8_t>(std::min<std::int64_t>(255, lost * 256 / expected));
  block.total_lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(all.lost, -0x800000, 0x7fffff));
  block.highest_sequence = static_cast<std::uint32_t>(highest_);
  block.jitter = static_cast<std::uint32_t>(jitter_x16_ >> 4);
  block.last_sr = last_sr_;
  if (last_sr_ != 0) block.delay_since_last_sr = to_compact_ntp(now - last_sr_arrival_);
  return block;
}

ReceptionStats::Totals ReceptionStats::totals() const {
  Totals all;
  all.packets = packets_;
  all.expected = started_ ? static_cast<std::uint64_t>(highest_ - first_ + 1) : 0;
  all.lost = static_cast<std::int64_t>(all.expected) - static_cast<std::int64_t>(packets_);
  all.most_lost = most_lost_;
  all.recovered = recovered_;
  all.out_of_order = out_of_order_;
  all.jitter = from_ticks(static_cast<std::int64_t>(jitter_x16_ >> 4), clock_rate_);
  return all;
}

void ReceptionStats::reset() {
  *this = ReceptionStats(clock_rate_);
}

bool ReceptionStats::test_and_set(std::int64_t sequence) {
  const std::size_t bit = static_cast<std::uint64_t>(sequence) % kHistory;
  Word& word = history_[bit / 64];
  const Word mask = Word{1} << bit % 64;
  if ((word & mask) != 0) return false;
  word |= mask;
  return true;
}

void ReceptionStats::clear_range(std::int64_t first, std::int64_t last) {
  if (last - first + 1 >= static_cast<std::int64_t>(kHistory)) {
    history_.fill(0);
    return;
  }
  for (std::int64_t sequence = first; sequence <= last; ++sequence) {
    const std::size_t bit = static_cast<std::uint64_t>(sequence) % kHistory;
    history_[bit / 64] &= ~(Word{1} << bit % 64);
  }
}

}  // namespace sfu::media

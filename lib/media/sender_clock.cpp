// SPDX-License-Identifier: Apache-2.0
#include "media/sender_clock.hpp"

#include <cmath>

namespace sfu::media {

bool SenderClock::update(Instant now, std::uint64_t ntp, std::int64_t timestamp) {
  // Reordered reports, and clocks that were set back, would bend the line.
  if (known_ && (ntp <= ntp_ || timestamp < timestamp_)) return false;
  known_ = true;
  ntp_ = ntp;
  timestamp_ = timestamp;
  arrival_ = now;
  return true;
}

WallTime SenderClock::time_of(std::int64_t timestamp, std::uint32_t clock_rate) const {
  return from_ntp(ntp_) + from_ticks(timestamp - timestamp_, clock_rate);
}

std::int64_t SenderClock::timestamp_at(WallTime time, std::uint32_t clock_rate) const {
  return timestamp_ + to_ticks(time - from_ntp(ntp_), clock_rate);
}

std::int64_t to_ticks(Duration duration, std::uint32_t clock_rate) {
  // Whole seconds apart, so that hours keep their precision.
  const std::int64_t seconds = duration.count() / 1'000'000'000;
  const std::int64_t rest = duration.count() % 1'000'000'000;
  return seconds * clock_rate + std::llround(static_cast<double>(rest) * clock_rate / 1e9);
}

Duration from_ticks(std::int64_t ticks, std::uint32_t clock_rate) {
  const std::int64_t seconds = ticks / clock_rate;
  const std::int64_t rest = ticks % clock_rate;
  return std::chrono::seconds(seconds) +
         Duration(std::llround(static_cast<double>(rest) * 1e9 / static_cast<double>(clock_rate)));
}

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
// What a stream's sender reports tell about its clock (RFC 3550 6.4.1): which RTP timestamp goes with which NTP time.
// It ties together the encodings of one track, and a track's line to the subscriber's.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace sfu::media {

class SenderClock {
 public:
  bool known() const { return known_; }
  // False: older than the one before, and ignored. `timestamp` is on the stream's unwrapped line.
  bool update(Instant now, std::uint64_t ntp, std::int64_t timestamp);
  void reset() { *this = SenderClock(); }

  WallTime time_of(std::int64_t timestamp, std::uint32_t clock_rate) const;
  std::int64_t timestamp_at(WallTime time, std::uint32_t clock_rate) const;

  std::uint64_t ntp() const { return ntp_; }
  std::int64_t timestamp() const { return timestamp_; }
  Instant arrival() const { return arrival_; }

 private:
  bool known_ = false;
  std::uint64_t ntp_ = 0;
  std::int64_t timestamp_ = 0;
  Instant arrival_{};
};

// Durations in units of an RTP clock, and back; rounded to the nearest.
std::int64_t to_ticks(Duration duration, std::uint32_t clock_rate);
Duration from_ticks(std::int64_t ticks, std::uint32_t clock_rate);

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
// Helpers over the public time types.
#pragma once

#include "sfu/time.hpp"

namespace sfu {

// Ties the monotonic line to wall time; the worker renews it each loop turn, so that layers which are given only an
// Instant can write NTP times without reading a clock.
struct WallAnchor {
  Instant at{};
  WallTime wall{};

  WallTime wall_time(Instant instant) const { return wall + (instant - at); }
};

// 64-bit NTP timestamp (RFC 5905 6): seconds since 1900 in the upper half, fraction in the lower.
std::uint64_t to_ntp(WallTime time);
WallTime from_ntp(std::uint64_t ntp);
// The middle 32 bits, as RTCP's LSR and DLSR use them (RFC 3550 6.4.1): units of 1/65536 s.
constexpr std::uint32_t compact_ntp(std::uint64_t ntp) {
  return static_cast<std::uint32_t>(ntp >> 16);
}
std::uint32_t to_compact_ntp(Duration duration);
Duration from_compact_ntp(std::uint32_t units);

// The system's clocks.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  WallTime wall_now() const override;
};

// A clock that stands still until it is told to move; for tests and the simulated network.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime wall = WallTime(std::chrono::seconds(1'700'000'000))) : wall_(wall) {}
  Instant now() const override { return now_; }
  WallTime wall_now() const override { return wall_; }
  Instant advance(Duration by) {
    wall_ += by;
    return now_ += by;
  }

 private:
  Instant now_{std::chrono::seconds(1000)};
  WallTime wall_;
};

}  // namespace sfu

// SPDX-License-Identifier: Apache-2.0
// Time as the library counts it: a monotonic Instant for everything that is timed, WallTime for what people and
// other machines see (tokens, sender reports, webhooks). Both come from a Clock, which a host or a test may replace.
#pragma once

#include <chrono>
#include <cstdint>

namespace sfu {

using Duration = std::chrono::nanoseconds;

// The library's monotonic time line. It has no now(): the time is read once a loop turn, from a Clock, and passed on.
struct Monotonic {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<Monotonic, Duration>;
  static constexpr bool is_steady = true;
};
using Instant = Monotonic::time_point;

// Later than any deadline.
inline constexpr Instant kNever = Instant::max();

// Time since 1970-01-01 00:00 UTC.
using WallTime = std::chrono::sys_time<Duration>;

// Where time comes from. Called from every worker thread; must be safe for that and must not block.
class Clock {
 public:
  virtual ~Clock() = default;
  // Never goes backwards.
  virtual Instant now() const = 0;
  virtual WallTime wall_now() const = 0;
};

// Bits a second.
struct Bitrate {
  std::int64_t bps = 0;

  static constexpr Bitrate kilobits(std::int64_t value) { return {value * 1000}; }
  // The rate at which `bytes` pass in `time`; zero if no time passes.
  static constexpr Bitrate of(std::int64_t bytes, Duration time) {
    return {time.count() > 0
                ? static_cast<std::int64_t>(static_cast<double>(bytes) * 8e9 / static_cast<double>(time.count()))
                : 0};
  }
  friend constexpr auto operator<=>(Bitrate, Bitrate) = default;
};

}  // namespace sfu

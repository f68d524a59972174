// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

namespace sfu {
namespace {

constexpr std::uint64_t kNtpUnixOffset = 2'208'988'800;  // seconds from 1900 to 1970
constexpr std::uint64_t kNanos = 1'000'000'000;

}  // namespace

std::uint64_t to_ntp(WallTime time) {
  const auto nanos = static_cast<std::uint64_t>(time.time_since_epoch().count());
  const std::uint64_t seconds = nanos / kNanos + kNtpUnixOffset;
  return (seconds << 32) | (((nanos % kNanos) << 32) / kNanos);
}

WallTime from_ntp(std::uint64_t ntp) {
  const std::uint64_t seconds = (ntp >> 32) - kNtpUnixOffset;
  // Rounded up, so that from_ntp(to_ntp(t)) is t again.
  const std::uint64_t nanos = ((ntp & 0xffffffff) * kNanos + 0xffffffff) >> 32;
  return WallTime(Duration(static_cast<Duration::rep>(seconds * kNanos + nanos)));
}

std::uint32_t to_compact_ntp(Duration duration) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(duration.count()) << 16) / kNanos);
}

Duration from_compact_ntp(std::uint32_t units) {
  return Duration(static_cast<Duration::rep>((static_cast<std::uint64_t>(units) * kNanos) >> 16));
}

Instant SystemClock::now() const {
  return Instant(std::chrono::steady_clock::now().time_since_epoch());
}

WallTime SystemClock::wall_now() const {
  return std::chrono::system_clock::now();
}

}  // namespace sfu

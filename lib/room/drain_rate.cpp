// SPDX-License-Identifier: Apache-2.0
#include "room/drain_rate.hpp"

#include <algorithm>
#include <utility>

namespace sfu::room {

void DrainRate::observe(Instant now, std::size_t waiting) {
  const Duration since = now - std::exchange(last_, now);
  const std::size_t before = std::exchange(waiting_, waiting);
  if (before == 0 || waiting == 0) return;  // it ran dry, nobody knows when
  const std::int64_t number = now.time_since_epoch() / kSlice;
  Slice& slice = slices_[static_cast<std::size_t>(number) % kSlices];
  if (slice.number != number) slice = {number};
  slice.bytes += static_cast<std::uint32_t>(before - std::min(before, waiting));
  slice.busy_us += static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::min<Duration>(since, kSlice * kSlices)).count());
}

std::optional<double> DrainRate::rate(Instant now) const {
  const std::int64_t oldest = now.time_since_epoch() / kSlice - static_cast<std::int64_t>(kSlices);
  std::int64_t bytes = 0;
  Duration busy{};
  for (const Slice& slice : slices_) {
    if (slice.number <= oldest) continue;
    bytes += slice.bytes;
    busy += std::chrono::microseconds(slice.busy_us);
  }
  if (busy < kSlice) return std::nullopt;
  return static_cast<double>(bytes) / std::chrono::duration<double>(busy).count();
}

}  // namespace sfu::room

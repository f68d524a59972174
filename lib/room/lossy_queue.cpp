// SPDX-License-Identifier: Apache-2.0
#include "room/lossy_queue.hpp"

#include <algorithm>
#include <utility>

namespace sfu::room {

bool LossyQueue::admits(Instant now, std::size_t waiting) {
  observe(now, waiting);
  if (waiting <= kAlwaysAllowed) return true;
  const std::int64_t oldest = now.time_since_epoch() / kSlice - static_cast<std::int64_t>(kSlices);
  std::int64_t bytes = 0;
  Duration busy{};
  for (const Slice& slice : slices_) {
    if (slice.number <= oldest) continue;
    bytes += slice.bytes;
    busy += std::chrono::microseconds(slice.busy_us);
  }
  if (busy < kSlice) return true;
  // waiting / (bytes / busy) <= target
  return static_cast<double>(waiting) * static_cast<double>(busy.count()) <=
         static_cast<double>(bytes) * static_cast<double>(kTargetLatency.count());
}

void LossyQueue::observe(Instant now, std::size_t waiting) {
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

}  // namespace sfu::room

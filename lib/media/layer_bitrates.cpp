// SPDX-License-Identifier: Apache-2.0
#include "media/layer_bitrates.hpp"

#include <algorithm>
#include <numeric>

namespace sfu::media {

void LayerBitrates::advance(Instant now) {
  if (start_ == Instant::min()) {
    start_ = now;
    bytes_ = {};
  }
  const Duration passed = now - start_;
  if (passed < interval_) return;
  add_up();
  for (std::size_t spatial = 0; spatial < kMaxLayers; ++spatial) {
    for (std::size_t temporal = 0; temporal < kMaxTemporalLayers; ++temporal) {
      bitrates_[spatial][temporal] = Bitrate::of(static_cast<std::int64_t>(bytes_[spatial][temporal]), passed);
    }
  }
  bytes_ = {};
  by_target_ = false;
  start_ = now;
}

// Upper temporal layers need the lower ones, and upper spatial layers the same temporal layers of the lower ones. Of a
// layer that is not sent nothing is told, whatever it would need.
void LayerBitrates::add_up() {
  std::array<std::uint64_t, kMaxTemporalLayers> below{};
  for (auto& row : bytes_) {
    if (std::ranges::all_of(row, [](std::uint64_t bytes) { return bytes == 0; })) continue;
    if (by_target_) {
      // A target includes all that a lower one has.
      std::inclusive_scan(row.begin(), row.end(), row.begin(), [](auto a, auto b) { return std::max(a, b); });
      continue;
    }
    std::inclusive_scan(row.begin(), row.end(), row.begin());
    for (std::size_t temporal = 0; temporal < kMaxTemporalLayers; ++temporal) {
      row[temporal] += below[temporal];
    }
    below = row;
  }
}

}  // namespace sfu::media

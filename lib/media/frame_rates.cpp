// SPDX-License-Identifier: Apache-2.0
#include "media/frame_rates.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::media {

bool FrameRates::advance(Instant now, std::uint32_t clock_rate) {
  bool changed = false;
  for (std::size_t spatial = 0; spatial < kMaxLayers; ++spatial) {
    Row& row = rows_[spatial];
    if (starts_[spatial] == Instant{}) starts_[spatial] = now;
    const Duration passed = now - starts_[spatial];
    if (passed < kInterval || (row[0].frames < kFrames && passed < kLongest)) continue;
    for (std::size_t temporal = 0; temporal < kMaxTemporalLayers; ++temporal) {
      const Cell& cell = row[temporal];
      const double seconds = static_cast<double>(cell.last - cell.first) / clock_rate;
      // The frames between the first and the last, each with the time to the next one.
      double& rate = rates_[spatial][temporal];
      rate = seconds > 0 ? (cell.frames - 1) / seconds : 0;
      changed |= std::abs(rate - told_[spatial][temporal]) > rate / 10;
    }
    row = {};
    starts_[spatial] = now;
  }
  if (changed) told_ = rates_;
  return changed;
}

}  // namespace sfu::media

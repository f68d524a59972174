// SPDX-License-Identifier: Apache-2.0
#include "timeline.hpp"

#include <algorithm>
#include <cmath>

std::int64_t Timeline::place(std::uint32_t timestamp, Clock::time_point arrival) {
  if (!timestamp_) {
    timestamp_ = timestamp;
    arrival_ = arrival;
    return 0;
  }
  constexpr double kSmoothing = 500;                                     // frames
  const auto step = static_cast<std::int32_t>(timestamp - *timestamp_);  // RFC 3550 5.1: timestamps wrap
  const double passed = std::chrono::duration<double>(arrival - arrival_).count();
  double ahead = ahead_ + step / rate_ - passed;
  std::int64_t position = position_ + step;
  if (std::abs(ahead - smooth_) > tolerance_) {
    position = position_ + std::llround(passed * rate_);
    ahead = ahead_;
  }
  ahead_ = ahead;
  smooth_ += (ahead_ - smooth_) / kSmoothing;
  tolerance_ = kLoose;
  timestamp_ = timestamp;
  arrival_ = arrival;
  position_ = std::max(position, position_ + 1);
  return position_;
}

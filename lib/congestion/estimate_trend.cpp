// SPDX-License-Identifier: Apache-2.0
#include "congestion/estimate_trend.hpp"

#include <algorithm>

namespace sfu::congestion {

void EstimateTrend::add(Instant now, Bitrate estimate) {
  if (count_ > 0) {
    const Sample& last = samples_[count_ - 1];
    if (last.estimate == estimate && now - last.at < kRepeat) return;
  }
  if (count_ == kSamples) drop_first(1);
  samples_[count_++] = {now, estimate};
  std::size_t old = 0;
  while (samples_[old].at < now - kValidity) ++old;
  // Of equal ones before the first change the last is enough.
  while (old + 1 < count_ && samples_[old].estimate == samples_[old + 1].estimate) ++old;
  drop_first(old);
}

void EstimateTrend::drop_first(std::size_t count) {
  std::shift_left(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(count_),
                  static_cast<std::ptrdiff_t>(count));
  count_ -= count;
}

bool EstimateTrend::falls() const {
  if (count_ < kFewest) return false;
  const bool enough = count_ == kSamples || samples_[count_ - 1].at - samples_[0].at > kLongestWait;
  return enough && tau() < kFalling;
}

double EstimateTrend::tau() const {
  int rising = 0;
  int falling = 0;
  for (std::size_t later = 1; later < count_; ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      rising += samples_[later].estimate > samples_[earlier].estimate ? 1 : 0;
      falling += samples_[later].estimate < samples_[earlier].estimate ? 1 : 0;
    }
  }
  const int pairs = rising + falling;
  return pairs == 0 ? 0 : static_cast<double>(rising - falling) / pairs;
}

}  // namespace sfu::congestion

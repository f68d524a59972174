// SPDX-License-Identifier: Apache-2.0
#include "congestion/subscriber_capacity.hpp"

namespace sfu::congestion {

void SubscriberCapacity::on_estimate(Instant now, Bitrate estimate, Bitrate sent) {
  estimate_ = estimate;
  if (now < congested_until_) return;
  if (estimate.bps * 20 >= sent.bps * 19) {
    below_ = 0;
    peak_ = {};
    return;
  }
  // After a step up of what is sent the estimate follows slowly, by some 8 % a second: that is no congestion.
  const bool rises = estimate.bps * 50 > peak_.bps * 51;
  peak_ = std::max(peak_, estimate);
  below_ = rises ? 0 : below_ + 1;
  if (below_ < kEstimates) return;
  below_ = 0;
  peak_ = {};
  // Congested again soon after more was tried: be slower to try it next time.
  const bool again = congested_until_ != Instant::min() && now - congested_until_ < hold_;
  hold_ = again ? std::min(hold_ * 2, kLongestHold) : kHold;
  congested_until_ = now + hold_;
}

std::optional<Bitrate> SubscriberCapacity::value(Instant now) const {
  if (now >= congested_until_) return cap_;
  return cap_ ? std::min(*cap_, estimate_) : estimate_;
}

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
#include "congestion/subscriber_capacity.hpp"

namespace sfu::congestion {

void SubscriberCapacity::on_estimate(Instant now, Bitrate estimate, Bitrate sent) {
  estimate_ = estimate;
  if (now < congested_until_) return;
  if (estimate.bps * 20 >= sent.bps * 19) {
    risen_to_.reset();
    return;
  }
  // After a step up of what is sent the estimate follows slowly, by some 8 % a second in up to five steps (libwebrtc):
  // that is no congestion.
  if (!risen_to_ || estimate.bps * 50 > risen_to_->bps * 51) {
    risen_to_ = estimate;
    risen_at_ = now;
    return;
  }
  if (now - risen_at_ < kPatience) return;
  risen_to_.reset();
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

// SPDX-License-Identifier: Apache-2.0
#include "congestion/subscriber_capacity.hpp"

#include <utility>

#include "congestion/scaled.hpp"

namespace sfu::congestion {

void SubscriberCapacity::on_estimate(Instant now, Bitrate estimate, Bitrate sent) {
  estimate_ = estimate;
  trend_.add(now, estimate);
  const bool too_low = estimate.bps * 20 < sent.bps * 19;
  if (too_low && trend_.falls()) return congested(now);
  if (now < congested_until_) return;
  if (!too_low) {
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
  if (now - risen_at_ >= kPatience) congested(now);
}

void SubscriberCapacity::on_nacks(Instant now, std::uint64_t packets, std::uint64_t asked_again, Bitrate sent) {
  // What tracks that have ended had of them is gone.
  const std::uint64_t packets_before = std::min(packets, std::exchange(packets_, packets));
  const std::uint64_t asked_before = std::min(asked_again, std::exchange(asked_again_, asked_again));
  nacks_.add(now, packets - packets_before, asked_again - asked_before);
  if (!nacks_.is_too_much(now)) return;
  const double kept = 1 - kLossWeight * std::min(1.0, nacks_.share());
  congested(now);
  limit_ = scaled(sent, kept);
}

void SubscriberCapacity::congested(Instant now) {
  risen_to_.reset();
  limit_.reset();
  // Of what is sent from now on they are to be learned anew.
  trend_.reset();
  nacks_.reset();
  if (now >= congested_until_) {
    // Congested again soon after more was tried: be slower to try it next time.
    const bool again = congested_until_ != Instant::min() && now - congested_until_ < hold_;
    hold_ = again ? std::min(hold_ * 2, kLongestHold) : kHold;
  }
  congested_until_ = now + hold_;
}

std::optional<Bitrate> SubscriberCapacity::value(Instant now) const {
  if (now >= congested_until_) return cap_;
  const Bitrate known = limit_.value_or(estimate_);
  return cap_ ? std::min(*cap_, known) : known;
}

}  // namespace sfu::congestion

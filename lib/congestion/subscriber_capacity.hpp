// SPDX-License-Identifier: Apache-2.0
// How much a subscriber's connection can carry, as far as that is known: a cap set from outside, and the receiver's
// estimates (draft-alvestrand-rmcat-remb-03). A receiver's estimate hardly exceeds what it is sent, so it says nothing
// while it is higher; when it stays below what is sent and does not rise, the connection is congested, and the estimate
// is the capacity for a while. Then more is tried again, each time later if that was wrong. There is no probing yet.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.hpp"

namespace sfu::congestion {

class SubscriberCapacity {
 public:
  // Too low for so long without a rise, however often estimates come, is congestion.
  static constexpr Duration kPatience = std::chrono::seconds(3);
  static constexpr Duration kHold = std::chrono::seconds(10);
  static constexpr Duration kLongestHold = std::chrono::seconds(120);

  void set_cap(std::optional<Bitrate> cap) { cap_ = cap; }
  // The receiver's newest estimate, and what it was sent at that time.
  void on_estimate(Instant now, Bitrate estimate, Bitrate sent);

  // nullopt: not known, everything may be sent.
  std::optional<Bitrate> value(Instant now) const;

 private:
  std::optional<Bitrate> cap_;
  Bitrate estimate_;
  std::optional<Bitrate> risen_to_;  // of the estimates that are too low; nullopt while they are not
  Instant risen_at_;
  Instant congested_until_ = Instant::min();
  Duration hold_ = kHold;
};

}  // namespace sfu::congestion

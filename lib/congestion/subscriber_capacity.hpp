// SPDX-License-Identifier: Apache-2.0
// How much a subscriber's connection can carry where it gives no feedback on each packet (SendControl), as far as that
// is known: a cap set from outside, and the receiver's estimates (draft-alvestrand-rmcat-remb-03). A receiver's
// estimate hardly exceeds what it is sent, so it says nothing while it is higher; when it is below what is sent and
// falls, or stays there without a rise, the connection is congested, and the estimate is the capacity for a while. So
// it is when repairs get lost in numbers: then the capacity is somewhat less than what was sent. After that more is
// tried again, each time later if that was wrong.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.hpp"
#include "congestion/estimate_trend.hpp"
#include "congestion/nack_share.hpp"

namespace sfu::congestion {

class SubscriberCapacity {
 public:
  // Too low for so long without a rise, however often estimates come, is congestion.
  static constexpr Duration kPatience = std::chrono::seconds(3);
  static constexpr double kLossWeight = 0.4;  // of a NackShare
  static constexpr Duration kHold = std::chrono::seconds(10);
  static constexpr Duration kLongestHold = std::chrono::seconds(120);
  static constexpr Duration kPausedHold = std::chrono::seconds(5);

  void set_cap(std::optional<Bitrate> cap) { cap_ = cap; }
  // The receiver's newest estimate, and what it was sent at that time.
  void on_estimate(Instant now, Bitrate estimate, Bitrate sent);
  // How many packets it was sent so far, and how many it asked for though they had been repeated.
  void on_nacks(Instant now, std::uint64_t packets, std::uint64_t asked_again, Bitrate sent);

  // Nothing at all is sent, so that no estimate can rise: more is tried sooner.
  void all_paused(Instant now) { congested_until_ = std::min(congested_until_, now + kPausedHold); }

  // nullopt: not known, everything may be sent.
  std::optional<Bitrate> value(Instant now) const;

 private:
  void congested(Instant now);

  std::optional<Bitrate> cap_;
  Bitrate estimate_;
  EstimateTrend trend_;
  NackShare nacks_;
  std::uint64_t packets_ = 0;
  std::uint64_t asked_again_ = 0;
  std::optional<Bitrate> limit_;     // of a congestion that losses told of
  std::optional<Bitrate> risen_to_;  // of the estimates that are too low; nullopt while they are not
  Instant risen_at_;
  Instant congested_until_ = Instant::min();
  Duration hold_ = kHold;
};

}  // namespace sfu::congestion

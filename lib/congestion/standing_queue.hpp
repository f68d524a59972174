// SPDX-License-Identifier: Apache-2.0
// Whether a queue is somebody else's: one of our own drains when we send less, one that TCP connections keep full does
// not. Who yields to that for ever is left with nothing (RFC 8836 2, requirements 1.E and 3).
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace sfu::congestion {

class StandingQueue {
 public:
  // kLossy: not to be measured, but packets are lost.
  enum class Sign : std::uint8_t { kStands, kLossy, kUnclear, kGone };
  // With each feedback.
  void update(Instant now, Sign sign);
  // It drained when less was sent: so it was our own after all.
  void disprove();
  bool stands() const { return stands_since_ != kNever; }
  bool is_others() const { return others_; }

 private:
  Instant stands_since_ = kNever;
  Instant lossy_at_{};
  Instant gone_since_ = kNever;
  Instant left_at_{};
  bool others_ = false;
};

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
// When the next packet may leave, so that a frame's packets, or a key frame's, do not all stand in the queue of the
// path's narrowest link: a bucket that drains at the pacing rate. Who does not wait (repeats) makes the others wait.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace sfu::congestion {

class Pacer {
 public:
  static constexpr Duration kMostDebt = std::chrono::milliseconds(500);

  // `burst`: bytes that may leave at once after a pause.
  void set_rate(Instant now, Bitrate rate, std::int64_t burst) {
    drain(now);
    rate_ = std::max<std::int64_t>(rate.bps, 1);
    burst_ = burst * 8;
  }
  bool may_send(Instant now) {
    drain(now);
    return debt_ <= burst_;
  }
  void sent(Instant now, std::size_t size) {
    drain(now);
    debt_ = std::min(debt_ + static_cast<std::int64_t>(size) * 8, at_rate(kMostDebt) + burst_);
  }
  // When may_send() holds, if nothing is sent before.
  Instant next(Instant now) {
    drain(now);
    const std::int64_t over = debt_ - burst_;
    return over <= 0 ? now : now + Duration(over * 1'000'000'000 / rate_ + 1);
  }

 private:
  // In bits.
  std::int64_t at_rate(Duration time) const { return rate_ * (time.count() / 1000) / 1'000'000; }
  void drain(Instant now) {
    if (now <= drained_at_) return;
    const Duration elapsed = std::min<Duration>(now - drained_at_, std::chrono::seconds(1));
    debt_ = std::max<std::int64_t>(0, debt_ - at_rate(elapsed));
    drained_at_ = now;
  }

  std::int64_t rate_ = 1;   // bits a second
  std::int64_t burst_ = 0;  // bits
  std::int64_t debt_ = 0;   // bits
  Instant drained_at_{};
};

}  // namespace sfu::congestion

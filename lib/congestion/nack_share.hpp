// SPDX-License-Identifier: Apache-2.0
// Which share of what a receiver is sent it asks for again and again (media spec 3.7). Single losses happen on any
// path, and are repaired; the time that is looked at begins with one whose repair was lost, too.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace sfu::congestion {

class NackShare {
 public:
  static constexpr Duration kShortest = std::chrono::seconds(2);
  static constexpr Duration kLongest = std::chrono::seconds(3);
  static constexpr double kTooMuch = 0.08;

  // Since last told: packets that were sent, and those that were asked for once more after they had been repeated.
  void add(Instant now, std::uint64_t packets, std::uint64_t asked_again) {
    if (begun_ != kNever && now - begun_ > kLongest) reset();
    if (begun_ == kNever && asked_again == 0) return;
    if (begun_ == kNever) begun_ = now;
    packets_ += packets;
    asked_again_ += asked_again;
  }
  bool is_too_much(Instant now) const { return begun_ != kNever && now - begun_ >= kShortest && share() > kTooMuch; }
  double share() const { return packets_ == 0 ? 0 : static_cast<double>(asked_again_) / static_cast<double>(packets_); }
  void reset() { *this = {}; }

 private:
  Instant begun_ = kNever;
  std::uint64_t packets_ = 0;
  std::uint64_t asked_again_ = 0;
};

}  // namespace sfu::congestion

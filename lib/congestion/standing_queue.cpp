// SPDX-License-Identifier: Apache-2.0
#include "congestion/standing_queue.hpp"

#include <algorithm>

namespace sfu::congestion {
namespace {

constexpr Duration kPatience = std::chrono::seconds(4);               // two or three cuts that did not help
constexpr Duration kShortPatience = std::chrono::milliseconds(1500);  // soon after others were there
constexpr Duration kMemory = std::chrono::seconds(30);
constexpr Duration kPause = std::chrono::seconds(1);  // between losses, in which it still stands
constexpr Duration kLeave = std::chrono::seconds(2);

}  // namespace

void StandingQueue::disprove() {
  others_ = false;
  stands_since_ = gone_since_ = kNever;
  left_at_ = {};
}

void StandingQueue::update(Instant now, Sign sign) {
  if (sign == Sign::kStands || sign == Sign::kLossy) stands_since_ = std::min(stands_since_, now);
  if (sign == Sign::kLossy) lossy_at_ = now;
  if (sign != Sign::kGone) {
    gone_since_ = kNever;
    const Duration patience = now - left_at_ < kMemory ? kShortPatience : kPatience;
    if (stands() && now - stands_since_ >= patience) others_ = true;
    return;
  }
  if (now - lossy_at_ >= kPause) stands_since_ = kNever;
  gone_since_ = std::min(gone_since_, now);
  if (others_ && now - gone_since_ >= kLeave) {
    others_ = false;
    left_at_ = now;
  }
}

}  // namespace sfu::congestion

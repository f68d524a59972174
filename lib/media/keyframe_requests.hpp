// SPDX-License-Identifier: Apache-2.0
// When a sender is asked for a key frame (media spec 2.3): the wishes of all subscribers become one request, the next
// waits for the throttle, and a stream that never had a key frame is asked once a second for half a minute.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "media/media.hpp"

namespace sfu::media {

class KeyframeRequests {
 public:
  static constexpr std::array<Duration, kMaxLayers> kThrottle = {  // by layer
      std::chrono::milliseconds(500), std::chrono::seconds(1), std::chrono::seconds(1)};
  static constexpr Duration kSeedFirst = std::chrono::milliseconds(200);
  static constexpr Duration kSeedInterval = std::chrono::seconds(1);
  static constexpr int kSeeds = 30;

  explicit KeyframeRequests(Duration throttle = kThrottle[0]) : throttle_(throttle) {}

  // True: send one now. False: one was sent lately; this wish is served when the throttle allows, unless a key frame
  // comes first. `forced` does not wait.
  bool ask(Instant now, bool forced = false) {
    if (!forced && now < allowed_) {
      pending_ = true;
      return false;
    }
    sent(now);
    return true;
  }
  // A stream begins, or begins afresh: ask until its first key frame.
  void seed(Instant now) {
    seeds_left_ = kSeeds;
    next_seed_ = now + kSeedFirst;
  }
  void on_keyframe() {
    pending_ = false;
    seeds_left_ = 0;
  }
  void stop() { on_keyframe(); }
  // True: send one now.
  bool advance(Instant now) {
    if (now < deadline()) return false;
    if (seeds_left_ > 0 && next_seed_ <= now) {
      --seeds_left_;
      next_seed_ = now + kSeedInterval;
    }
    sent(now);
    return true;
  }
  Instant deadline() const {
    return std::min(pending_ ? allowed_ : kNever, seeds_left_ > 0 ? std::max(next_seed_, allowed_) : kNever);
  }

 private:
  void sent(Instant now) {
    pending_ = false;
    allowed_ = now + throttle_;
  }

  Duration throttle_;
  Instant allowed_ = Instant::min();
  Instant next_seed_{};
  int seeds_left_ = 0;
  bool pending_ = false;
};

}  // namespace sfu::media

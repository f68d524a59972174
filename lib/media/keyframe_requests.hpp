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
  // libwebrtc ignores a request within 300 ms of one before, of whatever encoding of the same source.
  static constexpr Duration kSenderPause = std::chrono::milliseconds(320);
  static constexpr Duration kSeedFirst = std::chrono::milliseconds(200);
  static constexpr Duration kSeedInterval = std::chrono::seconds(1);
  static constexpr int kSeeds = 30;

  explicit KeyframeRequests(Duration throttle = kThrottle[0]) : throttle_(throttle) {}

  // True: send one now. False: one was sent lately; this wish is served when the throttle allows, unless a key frame
  // comes first. `urgent`, of one who sees nothing, waits only until the sender heeds a request.
  bool ask(Instant now, bool urgent = false) {
    const Instant from = urgent ? heeded_ : allowed_;
    if (now < from) {
      pending_ = std::min(pending_, from);
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
  // Another encoding of the same source was asked for one.
  void sibling_asked(Instant now) {
    heeded_ = std::max(heeded_, now + kSenderPause);
    allowed_ = std::max(allowed_, heeded_);
  }
  void on_keyframe() {
    pending_ = kNever;
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
  Instant deadline() const { return std::min(pending_, seeds_left_ > 0 ? std::max(next_seed_, allowed_) : kNever); }

 private:
  void sent(Instant now) {
    pending_ = kNever;
    allowed_ = now + throttle_;
    heeded_ = now + std::min(throttle_, kSenderPause);
  }

  Duration throttle_;
  Instant allowed_ = Instant::min();
  Instant heeded_ = Instant::min();
  Instant pending_ = kNever;
  Instant next_seed_{};
  int seeds_left_ = 0;
};

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
// Whether an encoding is being sent (media spec 2.6): its first packet says yes at once, one interval with too few says
// no, and then it takes a row of good intervals, so that forwarders do not chase a layer that flickers.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace sfu::media {

class LayerTracker {
 public:
  struct Config {
    int samples = 1;  // packets that make an interval good
    int cycles = 4;   // good intervals in a row that bring it back
    Duration interval = std::chrono::milliseconds(500);
  };
  static Config config_for(std::uint8_t layer, bool screenshare) {
    if (screenshare) return {1, 1, std::chrono::seconds(2)};
    return layer == 0 ? Config{1, 4, std::chrono::milliseconds(500)} : Config{5, 20, std::chrono::milliseconds(500)};
  }

  explicit LayerTracker(Config config) : config_(config) {}

  // True: it became live with this packet.
  bool observe(Instant now) {
    ++packets_;
    if (started_) return false;
    started_ = live_ = true;
    interval_start_ = now;
    return true;
  }
  // True: live() changed.
  bool advance(Instant now) {
    if (!started_ || now - interval_start_ < config_.interval) return false;
    const bool good = packets_ >= config_.samples;
    packets_ = 0;
    // Not from now: who comes by on a grid of his own, and late by a bit more or less each time, would miss every
    // second.
    interval_start_ += config_.interval;
    if (now - interval_start_ >= config_.interval) interval_start_ = now;
    good_cycles_ = good ? good_cycles_ + 1 : 0;
    const bool was = live_;
    if (!good) live_ = false;
    if (!live_ && good_cycles_ >= config_.cycles) live_ = true;
    return live_ != was;
  }
  // The next packet makes it live at once again: after mute, restart, rebind.
  void reset() { *this = LayerTracker(config_); }
  // The same if it is not live: its sender was asked for it.
  void expect() {
    if (!live_) reset();
  }
  bool live() const { return live_; }

 private:
  Config config_;
  int packets_ = 0;
  int good_cycles_ = 0;
  Instant interval_start_{};
  bool started_ = false;
  bool live_ = false;
};

}  // namespace sfu::media

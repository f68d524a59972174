// SPDX-License-Identifier: Apache-2.0
// How loud one audio track is, from the level that clients write into each packet (RFC 6464): windows of 400 ms, loud
// for at least 40 % of a window, smoothed over two windows (media spec 2.5).
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace sfu::media {

struct AudioLevelConfig {
  std::uint8_t active_level = 35;  // -dBov; packets this loud or louder (numerically lower) count as active
  int min_percentile = 40;         // of a window must be active
  Duration interval = std::chrono::milliseconds(400);
  int smooth_intervals = 2;  // exponential average with alpha = 2/(n+1)
};

class AudioLevel {
 public:
  explicit AudioLevel(AudioLevelConfig config = {});

  // One packet: its level in -dBov (0 loudest, 127 silence) and how long it plays.
  void observe(Instant now, std::uint8_t level, Duration plays);
  // Linear 0..1; 0 while not active, and when nothing came for two windows.
  double level(Instant now) const;
  void reset();

 private:
  AudioLevelConfig config_;
  double active_threshold_;  // linear
  double smoothed_ = 0;
  Duration observed_{};
  Duration active_{};
  std::uint8_t loudest_ = 127;
  Instant last_{};
};

}  // namespace sfu::media

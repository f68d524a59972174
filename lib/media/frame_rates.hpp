// SPDX-License-Identifier: Apache-2.0
// Frames per second of each layer inside one stream (media spec 2.6), by the sender's own clock, so that the network's
// jitter is no part of it.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "media/media.hpp"

namespace sfu::media {

class FrameRates {
 public:
  static constexpr std::uint32_t kFrames = 8;  // of the lowest temporal layer make an estimate
  static constexpr Duration kInterval = std::chrono::seconds(1);
  static constexpr Duration kLongest = std::chrono::seconds(10);  // with fewer of them

  // Hot path. A frame of this layer begins.
  void count(std::uint8_t spatial, std::uint8_t temporal, std::int64_t timestamp) {
    Row& row = rows_[spatial < kMaxLayers ? spatial : kMaxLayers - 1];
    for (std::size_t at = temporal < kMaxTemporalLayers ? temporal : kMaxTemporalLayers - 1; at < row.size(); ++at) {
      Cell& cell = row[at];
      if (cell.frames++ == 0 || timestamp < cell.first) cell.first = timestamp;
      if (cell.frames == 1 || timestamp > cell.last) cell.last = timestamp;
    }
  }
  // True: a rate is another by a tenth or more than when this was last true.
  bool advance(Instant now, std::uint32_t clock_rate);
  const FrameRateMatrix& rates() const { return rates_; }
  void reset() { *this = {}; }

 private:
  struct Cell {
    std::uint32_t frames = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
  };
  using Row = std::array<Cell, kMaxTemporalLayers>;

  std::array<Row, kMaxLayers> rows_{};
  std::array<Instant, kMaxLayers> starts_{};
  FrameRateMatrix rates_{};
  FrameRateMatrix told_{};
};

}  // namespace sfu::media

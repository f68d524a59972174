// SPDX-License-Identifier: Apache-2.0
// How much each layer inside one stream takes (media spec 2.6), measured over whole intervals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "media/media.hpp"

namespace sfu::media {

class LayerBitrates {
 public:
  explicit LayerBitrates(Duration interval) : interval_(interval) {}

  // Hot path. Bytes of a frame of this layer.
  void count(std::uint8_t spatial, std::uint8_t temporal, std::size_t bytes) { cell(spatial, temporal) += bytes; }
  // Bytes that the decode target of this layer needs, lower layers included: those cells are not added up again.
  void count_target(std::uint8_t spatial, std::uint8_t temporal, std::size_t bytes) {
    by_target_ = true;
    cell(spatial, temporal) += bytes;
  }
  // Ends an interval when it is time.
  void advance(Instant now);
  // Of the last whole interval.
  const BitrateMatrix& bitrates() const { return bitrates_; }

 private:
  std::uint64_t& cell(std::uint8_t spatial, std::uint8_t temporal) {
    return bytes_[spatial < kMaxLayers ? spatial : kMaxLayers - 1]
                 [temporal < kMaxTemporalLayers ? temporal : kMaxTemporalLayers - 1];
  }
  void add_up();

  Duration interval_;
  bool by_target_ = false;
  Instant start_ = Instant::min();
  std::array<std::array<std::uint64_t, kMaxTemporalLayers>, kMaxLayers> bytes_{};
  BitrateMatrix bitrates_{};
};

}  // namespace sfu::media

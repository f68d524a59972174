// SPDX-License-Identifier: Apache-2.0
// Frames for clients that are to send some, whatever is in them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

namespace sfu::sim {

// VP8 to everyone but a decoder (RFC 7741 4.3).
inline std::vector<std::uint8_t> vp8_frame(bool keyframe, std::size_t size, std::uint8_t fill) {
  std::vector<std::uint8_t> frame(size, fill);
  frame[0] = keyframe ? 0x10 : 0x11;
  if (keyframe) {
    const std::uint8_t header[] = {0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00};
    std::copy(std::begin(header), std::end(header), frame.begin() + 3);
  }
  return frame;
}

}  // namespace sfu::sim

// SPDX-License-Identifier: Apache-2.0
// A camera that films nothing: VP8 packets with valid descriptors (RFC 7741) whose last bytes say which packet of which
// frame they are, so that whoever receives them can tell what is missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace sfu::sim {

// What a packet says about itself.
struct Label {
  std::uint32_t ordinal = 0;  // of the packet, over the whole track
  std::uint32_t frame = 0;
  std::uint8_t index = 0;  // within the frame
  std::uint8_t count = 0;  // packets of the frame
  bool keyframe = false;

  static constexpr std::size_t kSize = 11;
  static Label read(ByteView payload);
};

class Camera {
 public:
  static constexpr std::uint32_t kTicksPerFrame = 4500;  // 20 frames a second on the 90 kHz clock
  static constexpr Duration kInterval = std::chrono::milliseconds(50);

  void want_keyframe() { keyframe_wanted_ = true; }
  // The packets of the next frame; payload type and SSRC are the sender's to set.
  std::vector<std::vector<std::uint8_t>> next_frame();

 private:
  std::uint32_t frame_ = 0;
  std::uint32_t ordinal_ = 0;
  bool keyframe_wanted_ = true;
};

}  // namespace sfu::sim

// SPDX-License-Identifier: Apache-2.0
// What a synthetic packet says about itself in its last bytes: enough to tell whether a decoder could use it, and how
// long it was on its way.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace sfu::sim {

struct MediaTag {
  static constexpr std::size_t kSize = 20;

  std::uint32_t frame = 0;   // the picture, the same in all encodings and layers
  std::uint16_t index = 0;   // of the packet within its frame
  std::uint16_t count = 0;   // packets of the frame
  std::uint8_t spatial = 0;  // the encoding, of simulcast
  std::uint8_t temporal = 0;
  std::uint8_t reference = 0;  // refers to the frame so many pictures before, of the same spatial layer; 0: to none
  bool needs_lower = false;    // refers to the layer below, of the same picture
  bool is_audio = false;
  Instant sent{};  // captured

  bool is_keyframe() const { return reference == 0 && !needs_lower; }

  void write(ByteWriter& out) const;
  // Nothing if there is no room for one, as in padding.
  static std::optional<MediaTag> read(ByteView payload);
};

}  // namespace sfu::sim

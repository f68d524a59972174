// SPDX-License-Identifier: Apache-2.0
// The VP8 payload descriptor (RFC 7741 4.2), read, and written anew with other picture numbers: a forwarder that drops
// frames or changes layers must hide the gaps from the decoder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sfu::codec {

struct Vp8Descriptor {
  bool non_reference = false;     // N
  bool starts_partition = false;  // S
  std::uint8_t partition_id = 0;  // PID
  bool has_picture_id = false;    // I
  bool long_picture_id = false;   // M: 15 bits instead of 7
  std::uint16_t picture_id = 0;
  bool has_tl0_picture_index = false;  // L
  std::uint8_t tl0_picture_index = 0;
  bool has_temporal_layer = false;  // T
  std::uint8_t temporal_layer = 0;
  bool layer_sync = false;     // Y
  bool has_key_index = false;  // K
  std::uint8_t key_index = 0;  // 5 bits
  std::uint8_t size = 0;       // of the descriptor; the VP8 data follows

  // From the frame header (RFC 7741 4.3), if this packet starts a frame.
  bool is_keyframe = false;
  std::uint16_t width = 0;
  std::uint16_t height = 0;

  bool starts_frame() const { return starts_partition && partition_id == 0; }
};

inline constexpr std::size_t kMaxVp8DescriptorSize = 6;

Result<Vp8Descriptor> parse_vp8(ByteView payload);

// Writes the descriptor with the values in `descriptor` (change picture_id and the like first) and returns its size,
// which differs from descriptor.size if long_picture_id was changed. A picture id above 127 needs the long form and
// makes it long. What follows is payload.subspan(old size).
std::size_t write_vp8_descriptor(const Vp8Descriptor& descriptor, std::array<std::uint8_t, kMaxVp8DescriptorSize>& out);

}  // namespace sfu::codec

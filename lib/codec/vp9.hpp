// SPDX-License-Identifier: Apache-2.0
// The VP9 payload descriptor (RFC 9628 4.2), flexible mode and not, and the start of the uncompressed frame header.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sfu::codec {

struct Vp9Descriptor {
  static constexpr std::size_t kMaxSpatialLayers = 8;
  struct Resolution {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
  };

  bool has_picture_id = false;   // I
  bool long_picture_id = false;  // M
  std::uint16_t picture_id = 0;
  bool inter_picture_predicted = false;  // P
  bool has_layers = false;               // L
  bool flexible = false;                 // F
  bool starts_frame = false;             // B
  bool ends_frame = false;               // E
  bool has_scalability = false;          // V
  bool not_reference_for_upper = false;  // Z
  std::uint8_t temporal_layer = 0;
  bool switching_up_point = false;  // U
  std::uint8_t spatial_layer = 0;
  bool inter_layer_predicted = false;  // D
  std::uint8_t tl0_picture_index = 0;  // non-flexible mode only
  std::uint8_t reference_count = 0;
  std::array<std::uint8_t, 3> references{};  // P_DIFF
  // Scalability structure (4.2.1).
  std::uint8_t spatial_layer_count = 0;
  bool has_resolutions = false;
  std::array<Resolution, kMaxSpatialLayers> resolutions{};
  std::size_t size = 0;  // of the descriptor; the VP9 data follows

  bool is_keyframe = false;
  // Of the frame, from the scalability structure or a key frame's own header; 0: unknown.
  Resolution resolution;
};

Result<Vp9Descriptor> parse_vp9(ByteView payload);

}  // namespace sfu::codec

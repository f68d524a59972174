// SPDX-License-Identifier: Apache-2.0
// H264 payloads (RFC 6184 5): single units, aggregates (STAP, MTAP) and fragments (FU), looked through for the units
// that make a key frame.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace sfu::codec {

struct H264Payload {
  bool valid = false;
  bool has_sps = false;
  bool has_pps = false;
  bool has_idr = false;       // also the first fragment of one
  bool starts_frame = false;  // begins an access unit as far as can be told: parameter sets, delimiter, or first slice
  std::uint16_t width = 0;    // from the SPS
  std::uint16_t height = 0;

  // Senders put parameter sets in front of each IDR; one without them counts too, for those that sent them in SDP.
  bool is_keyframe() const { return has_sps || has_idr; }
};

H264Payload parse_h264(ByteView payload);

}  // namespace sfu::codec

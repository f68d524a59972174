// SPDX-License-Identifier: Apache-2.0
// H265 payloads (RFC 7798 4.4): single units, aggregation packets and fragmentation units.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace sfu::codec {

struct H265Payload {
  bool valid = false;
  bool has_parameter_sets = false;  // VPS, SPS or PPS
  bool has_irap = false;            // BLA, IDR or CRA; also the first fragment of one
  bool starts_frame = false;
  std::uint8_t temporal_layer = 0;  // TID - 1
  bool enters_layer = false;        // a sub-layer access picture (TSA, STSA): its temporal layer may be taken from here
  std::uint16_t width = 0;          // from the SPS
  std::uint16_t height = 0;

  bool is_keyframe() const { return has_parameter_sets || has_irap; }
};

H265Payload parse_h265(ByteView payload);

}  // namespace sfu::codec

// SPDX-License-Identifier: Apache-2.0
// AV1 payloads (RTP Payload Format For AV1, 4.4): the aggregation header and the OBU headers of a packet.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace sfu::codec {

struct Av1Payload {
  bool valid = false;
  bool continues_obu = false;          // Z
  bool last_obu_continues = false;     // Y
  std::uint8_t obu_count = 0;          // W; 0: each has its length
  bool starts_coded_sequence = false;  // N
  bool has_sequence_header = false;
  bool starts_frame = false;  // begins with a header OBU, so of the first frame in it
  bool is_keyframe = false;
  std::uint8_t temporal_layer = 0;  // from the first OBU's extension header, if it has one
  std::uint8_t spatial_layer = 0;
  std::uint16_t width = 0;  // the largest frame, from the sequence header
  std::uint16_t height = 0;
};

Av1Payload parse_av1(ByteView payload);

}  // namespace sfu::codec

// SPDX-License-Identifier: Apache-2.0
// AV1's open bitstream units (AV1 5.3) in the low-overhead format, where each tells its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::payload {

enum ObuType : std::uint8_t {
  kObuSequenceHeader = 1,
  kObuTemporalDelimiter = 2,
  kObuTileList = 8,
  kObuPadding = 15,
};

struct Obu {
  std::uint8_t type = 0;
  std::uint8_t header_size = 1;  // 2 with the extension header
  bool has_size = false;
  ByteView header;   // without the size
  ByteView content;  // without header and size
};

// Reads the OBU at the front. One without a size reaches to the end. False: malformed.
bool read_obu(ByteView bytes, Obu& out, std::size_t& total);

// AV1 4.10.5.
std::size_t leb128_size(std::size_t value);
void append_leb128(std::vector<std::uint8_t>& out, std::size_t value);
// False if it is longer than the four bytes that RTP can need.
bool read_leb128(ByteReader& reader, std::size_t& value);

// Visits each OBU of a temporal unit; stops and returns false at a malformed one.
template <typename Visit>
bool for_each_obu(ByteView unit, Visit&& visit) {
  while (!unit.empty()) {
    Obu obu;
    std::size_t total = 0;
    if (!read_obu(unit, obu, total)) return false;
    visit(obu);
    unit = unit.subspan(total);
  }
  return true;
}

}  // namespace sfu::payload

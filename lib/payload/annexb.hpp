// SPDX-License-Identifier: Apache-2.0
// Byte streams of H264 and H265 (annex B of either): NAL units between start codes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::payload {

inline constexpr std::array<std::uint8_t, 4> kStartCode = {0, 0, 0, 1};

// The unit that begins at or after `position`, which is moved behind it; empty when there are no more. What stands
// before the first start code, and zeros behind a unit (B.1: trailing_zero_8bits), belong to none.
ByteView next_nal_unit(ByteView stream, std::size_t& position);

// Visits each unit; none is empty.
template <typename Visit>
void for_each_nal_unit(ByteView stream, Visit&& visit) {
  std::size_t position = 0;
  for (ByteView unit = next_nal_unit(stream, position); !unit.empty(); unit = next_nal_unit(stream, position)) {
    visit(unit);
  }
}

// Adds a unit behind a start code.
inline void append_nal_unit(ByteView unit, std::vector<std::uint8_t>& stream) {
  stream.insert(stream.end(), kStartCode.begin(), kStartCode.end());
  stream.insert(stream.end(), unit.begin(), unit.end());
}

}  // namespace sfu::payload

// SPDX-License-Identifier: Apache-2.0
// For tests: descriptors written bit by bit, as their specifications say them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sfu::codec::testing {

class BitWriter {
 public:
  BitWriter& bits(unsigned count, std::uint32_t value) {
    while (count-- > 0) {
      if (used_ % 8 == 0) bytes_.push_back(0);
      if ((value >> count & 1) != 0) bytes_.back() |= static_cast<std::uint8_t>(0x80 >> used_ % 8);
      ++used_;
    }
    return *this;
  }
  // "-DSR", as the tables of the dependency descriptor write indications.
  BitWriter& indications(std::string_view text) {
    for (const char c : text) bits(2, static_cast<std::uint32_t>(std::string_view("-DSR").find(c)));
    return *this;
  }
  // "ns(n)" of AV1 4.10.7.
  BitWriter& below(std::uint32_t bound, std::uint32_t value) {
    unsigned width = 0;
    for (std::uint32_t rest = bound; rest != 0; rest >>= 1) ++width;
    const std::uint32_t shorter = (1u << width) - bound;
    return value < shorter ? bits(width - 1, value) : bits(width, value + shorter);
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  unsigned used_ = 0;
};

}  // namespace sfu::codec::testing

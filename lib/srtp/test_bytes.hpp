// SPDX-License-Identifier: Apache-2.0
// For this folder's tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sfu::srtp {

using Bytes = std::vector<std::uint8_t>;

inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

}  // namespace sfu::srtp

// SPDX-License-Identifier: Apache-2.0
#include "auth/base62.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace sfu::auth {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::uint8_t kForeign = 0xff;
constexpr unsigned kShort = 0b011110;  // a group with all of these bits has only five

constexpr bool is_short(unsigned group) {
  return (group & kShort) == kShort;
}

constexpr auto kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kForeign);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

}  // namespace

std::string encode_base62(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  auto next = bytes.rbegin();
  while (held > 0 || next != bytes.rend()) {
    if (held < 6 && next != bytes.rend()) {
      bits |= std::uint32_t{static_cast<std::uint8_t>(*next++)} << held;
      held += 8;
    }
    unsigned group = bits & 63;
    int taken = std::min(held, 6);
    const bool is_last = held <= 6 && next == bytes.rend();
    if (is_short(group) && (!is_last || group > 31)) taken = 5;
    if (is_short(group)) group &= 31;
    text.push_back(kAlphabet[group]);
    bits >>= taken;
    held -= taken;
  }
  return text;
}

std::optional<std::string> decode_base62(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned group = kValues[static_cast<std::uint8_t>(text[i])];
    if (group == kForeign) return std::nullopt;
    bits |= group << held;
    held += i + 1 == text.size() ? std::bit_width(group) : is_short(group) ? 5 : 6;
    if (held < 8) continue;
    bytes.push_back(static_cast<char>(bits & 0xff));
    bits >>= 8;
    held -= 8;
  }
  if (held > 0) bytes.push_back(static_cast<char>(bits));
  std::ranges::reverse(bytes);
  return bytes;
}

}  // namespace sfu::auth

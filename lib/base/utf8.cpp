// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.hpp"

#include <cstdint>

namespace sfu {
namespace {

// Length of a sequence by its first byte, and the range of its second (RFC 3629 4); 0: not a first byte.
struct SequenceRule {
  int length;
  std::uint8_t second_low;
  std::uint8_t second_high;
};

SequenceRule rule_for(std::uint8_t first) {
  if (first < 0x80) return {1, 0, 0};
  if (first >= 0xc2 && first <= 0xdf) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto byte = [&](std::size_t offset) { return static_cast<std::uint8_t>(bytes[at + offset]); };
    const SequenceRule rule = rule_for(byte(0));
    const auto length = static_cast<std::size_t>(rule.length);
    if (length == 0 || bytes.size() - at < length) return false;
    if (length > 1 && (byte(1) < rule.second_low || byte(1) > rule.second_high)) return false;
    for (std::size_t i = 2; i < length; ++i) {
      if (byte(i) >> 6 != 2) return false;
    }
    at += length;
  }
  return true;
}

std::string utf8_or_empty(std::string_view bytes) {
  return is_utf8(bytes) ? std::string(bytes) : std::string();
}

Result<void> check_utf8(std::string_view what, std::string_view text) {
  if (is_utf8(text)) return {};
  return fail(Errc::kInvalidArgument, std::string(what) + " is not UTF-8");
}

Result<void> check_utf8(std::string_view what, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) SFU_CHECK_OK(check_utf8(what, text));
  return {};
}

Result<void> check_utf8(std::string_view what, const std::map<std::string, std::string>& texts) {
  for (const auto& [key, text] : texts) {
    SFU_CHECK_OK(check_utf8(what, key));
    SFU_CHECK_OK(check_utf8(what, text));
  }
  return {};
}

}  // namespace sfu

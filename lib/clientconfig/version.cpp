// SPDX-License-Identifier: Apache-2.0
#include "clientconfig/version.hpp"

#include <algorithm>
#include <charconv>

namespace sfu::clientconfig {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end || (text.size() > 1 && text.front() == '0')) return {};
  return number;
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

// Numbers by their value and below all words (Semantic Versioning 11.4).
std::strong_ordering compare_identifiers(const std::string& a, const std::string& b) {
  const auto x = number_of(a);
  const auto y = number_of(b);
  if (x && y) return *x <=> *y;
  if (x || y) return x ? std::strong_ordering::less : std::strong_ordering::greater;
  return a <=> b;
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (!std::ranges::all_of(split(text.substr(plus + 1)), is_identifier)) return std::nullopt;
    text = text.substr(0, plus);
  }
  Version version;
  const auto hyphen = text.find('-');
  const auto numbers = split(text.substr(0, hyphen));
  if (numbers.size() > version.numbers_.size()) return std::nullopt;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = number_of(numbers[i]);
    if (!number) return std::nullopt;
    version.numbers_[i] = *number;
  }
  if (hyphen == std::string_view::npos) return version;
  for (const std::string_view identifier : split(text.substr(hyphen + 1))) {
    if (!is_identifier(identifier)) return std::nullopt;
    version.pre_release_.emplace_back(identifier);
  }
  return version;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  if (const auto order = numbers_ <=> other.numbers_; order != 0) return order;
  if (pre_release_.empty() || other.pre_release_.empty()) return other.pre_release_.size() <=> pre_release_.size();
  return std::lexicographical_compare_three_way(pre_release_.begin(), pre_release_.end(), other.pre_release_.begin(),
                                                other.pre_release_.end(), compare_identifiers);
}

}  // namespace sfu::clientconfig

// SPDX-License-Identifier: Apache-2.0
#include "clientconfig/clientconfig.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sfu::clientconfig {
namespace {

constexpr std::string_view kAv1 = "video/AV1";
constexpr std::string_view kVp9 = "video/VP9";
constexpr std::string_view kH264 = "video/H264";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

// "18.3.1" to {18, 3}; what is no number counts as 0.
std::pair<int, int> major_minor(std::string_view version) {
  std::array<int, 2> parts{};
  for (int& part : parts) {
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), part);
    if (error != std::errc() || end == version.data() + version.size() || *end != '.') break;
    version.remove_prefix(static_cast<std::size_t>(end - version.data()) + 1);
  }
  return {parts[0], parts[1]};
}

}  // namespace

Rules rules_for(const Client& client) {
  Rules rules;
  const bool safari = is(client.browser, "safari");
  const bool android = is(client.os, "android");
  // Safari announces AV1 also on devices that cannot decode it in time.
  if (safari) rules.disabled_codecs.push_back(kAv1);
  if (safari && major_minor(client.browser_version) > std::pair(18, 3)) rules.disabled_publish_codecs.push_back(kVp9);
  // Firefox takes OpenH264 there, which falls behind; one phone's hardware encoder makes a broken stream.
  const bool weak_h264 = (is(client.browser, "firefox") && (is(client.os, "linux") || android)) ||
                         (android && is(client.device_model, "xiaomi 2201117ti"));
  if (weak_h264) rules.disabled_publish_codecs.push_back(kH264);
  return rules;
}

}  // namespace sfu::clientconfig

// SPDX-License-Identifier: Apache-2.0
#include "sdp/sdp.hpp"

#include <algorithm>

#include "sdp/text.hpp"

namespace sfu::sdp {

const RtpMap* MediaDescription::rtpmap(std::uint8_t payload_type) const {
  const auto found = std::ranges::find(rtpmaps, payload_type, &RtpMap::payload_type);
  return found == rtpmaps.end() ? nullptr : &*found;
}

std::string_view MediaDescription::fmtp(std::uint8_t payload_type) const {
  const auto found = std::ranges::find(fmtps, payload_type, &Fmtp::payload_type);
  return found == fmtps.end() ? std::string_view() : std::string_view(found->parameters);
}

const MediaDescription* SessionDescription::find(std::string_view mid) const {
  const auto found = std::ranges::find(media, mid, &MediaDescription::mid);
  return found == media.end() ? nullptr : &*found;
}

std::optional<std::string_view> fmtp_parameter(std::string_view fmtp, std::string_view name) {
  while (!fmtp.empty()) {
    std::string_view value = next_until(fmtp, ';');
    const std::string_view key = trim(next_until(value, '='));
    if (equal_ignoring_case(key, name)) return trim(value);
  }
  return std::nullopt;
}

}  // namespace sfu::sdp

// SPDX-License-Identifier: Apache-2.0
#include "rtp/extension.hpp"

#include <algorithm>

namespace sfu::rtp {
namespace {

// In the order of Extension.
constexpr std::array<std::string_view, kExtensionCount> kUris = {
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "urn:3gpp:video-orientation",
    "urn:ietf:params:rtp-hdrext:toffset",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
    "urn:ietf:params:rtp-hdrext:framemarking",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00",
    "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-timing",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type",
};

}  // namespace

std::string_view uri(Extension extension) {
  return kUris[static_cast<std::size_t>(extension)];
}

std::optional<Extension> extension_from_uri(std::string_view uri) {
  for (std::size_t i = 0; i < kUris.size(); ++i) {
    if (kUris[i] == uri) return static_cast<Extension>(i);
  }
  return std::nullopt;
}

bool ExtensionMap::set(std::uint8_t id, Extension extension) {
  if (id == 0 || id == 15) return false;
  if (const auto old = kind(id)) erase(*old);
  ids_[static_cast<std::size_t>(extension)] = id;
  return true;
}

std::optional<Extension> ExtensionMap::kind(std::uint8_t id) const {
  const auto found = std::ranges::find(ids_, id);
  return id == 0 || found == ids_.end() ? std::nullopt : std::optional(static_cast<Extension>(found - ids_.begin()));
}

}  // namespace sfu::rtp

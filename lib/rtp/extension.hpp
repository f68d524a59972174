// SPDX-License-Identifier: Apache-2.0
// The header extensions that libsfu knows, by URI, and the ids that one peer negotiated for them (RFC 8285 5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sfu::rtp {

enum class Extension : std::uint8_t {
  kMid,
  kRid,
  kRepairedRid,
  kAbsSendTime,
  kTransportCc,
  kAudioLevel,
  kVideoOrientation,
  kTransmissionOffset,
  kAbsCaptureTime,
  kPlayoutDelay,
  kDependencyDescriptor,
  kFrameMarking,
  kVideoLayersAllocation,
  kColorSpace,
  kVideoTiming,
  kVideoContentType,
};
inline constexpr std::size_t kExtensionCount = 16;

std::string_view uri(Extension extension);
std::optional<Extension> extension_from_uri(std::string_view uri);

// Which id stands for which extension in one direction of one section.
class ExtensionMap {
 public:
  // Ids are 1..255 except 15, which RFC 8285 4.2 reserves in the one-byte form. Others are refused with false. The
  // later call counts where two give one extension two ids, or one id to two extensions.
  bool set(std::uint8_t id, Extension extension);
  void erase(Extension extension) { ids_[static_cast<std::size_t>(extension)] = 0; }

  // 0: not negotiated.
  std::uint8_t id(Extension extension) const { return ids_[static_cast<std::size_t>(extension)]; }
  bool has(Extension extension) const { return id(extension) != 0; }
  std::optional<Extension> kind(std::uint8_t id) const;

  friend bool operator==(const ExtensionMap&, const ExtensionMap&) = default;

 private:
  std::array<std::uint8_t, kExtensionCount> ids_{};
};

}  // namespace sfu::rtp

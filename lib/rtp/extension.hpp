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

// Which id stands for which extension in one direction of one section. Two ids may mean one extension on receipt (the
// later set() is the one that id() tells); an id means one extension.
class ExtensionMap {
 public:
  // Ids are 1..255 except 15, which RFC 8285 4.2 reserves in the one-byte form. Others are refused with false.
  bool set(std::uint8_t id, Extension extension);
  void erase(Extension extension);

  // 0: not negotiated.
  std::uint8_t id(Extension extension) const { return ids_[static_cast<std::size_t>(extension)]; }
  bool has(Extension extension) const { return id(extension) != 0; }
  std::optional<Extension> kind(std::uint8_t id) const {
    const std::uint8_t slot = kinds_[id];
    return slot == 0 ? std::nullopt : std::optional(static_cast<Extension>(slot - 1));
  }

  friend bool operator==(const ExtensionMap&, const ExtensionMap&) = default;

 private:
  std::array<std::uint8_t, kExtensionCount> ids_{};
  std::array<std::uint8_t, 256> kinds_{};  // extension + 1
};

}  // namespace sfu::rtp

// SPDX-License-Identifier: Apache-2.0
#include "room/data_track_packet.hpp"

namespace sfu::room {

namespace {

constexpr std::size_t kHeader = 12;
constexpr int kVersionShift = 5;
constexpr std::uint8_t kExtensionFlag = 0x04;
constexpr std::size_t kHandleAt = 2;
constexpr std::size_t kWord = 4;

// {id, length, data} each; id 0 is padding to the end of the block.
bool are_extensions(ByteView block) {
  while (!block.empty() && block[0] != 0) {
    if (block.size() < 2 || block.size() - 2 < block[1]) return false;
    block = block.subspan(std::size_t{2} + block[1]);
  }
  return true;
}

}  // namespace

std::optional<std::uint16_t> data_track_handle(ByteView packet) {
  if (packet.size() < kHeader || packet[0] >> kVersionShift != 0) return std::nullopt;
  if ((packet[0] & kExtensionFlag) != 0) {
    const ByteView rest = packet.subspan(kHeader);
    if (rest.size() < 2) return std::nullopt;
    // In words, less one; the length itself counts.
    const std::size_t size = (std::size_t{load_be16(rest.data())} + 1) * kWord;
    if (rest.size() < size || !are_extensions(rest.first(size).subspan(2))) return std::nullopt;
  }
  return load_be16(packet.data() + kHandleAt);
}

void set_data_track_handle(ByteSpan packet, std::uint16_t handle) {
  store_be16(packet.data() + kHandleAt, handle);
}

}  // namespace sfu::room

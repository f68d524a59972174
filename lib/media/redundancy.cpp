// SPDX-License-Identifier: Apache-2.0
#include "media/redundancy.hpp"

namespace sfu::media {
namespace {

constexpr std::int64_t kMaxOffset = 1 << 14;  // in the block's header; exclusive
constexpr std::size_t kBlockHeader = 4;
constexpr std::size_t kMaxPayload = 1100;  // so that header and extensions fit into 1200 bytes

}  // namespace

void add_redundancy(const Encodings& encodings, IncomingPacket& packet, std::uint8_t wanted) {
  IncomingPacket::Redundancy& red = packet.redundancy;
  red.mask = 0;
  std::size_t size = 1 + packet.payload.size();
  for (std::size_t i = 0; i < red.blocks.size(); ++i) {
    IncomingPacket before;
    if ((wanted >> i & 1) == 0) continue;
    if (!encodings.recall(packet.layer, packet.sequence - 1 - static_cast<std::int64_t>(i), before)) continue;
    const std::int64_t offset = packet.timestamp - before.timestamp;
    if (before.payload_type != packet.payload_type || offset <= 0 || offset >= kMaxOffset) continue;
    if (before.payload.empty() || before.payload.size() > codec::kMaxOlderRedBlock) continue;
    if (size + kBlockHeader + before.payload.size() > kMaxPayload) continue;
    size += kBlockHeader + before.payload.size();
    red.blocks[i] = {0, static_cast<std::uint16_t>(offset), before.payload};
    red.mask |= static_cast<std::uint8_t>(1U << i);
  }
}

}  // namespace sfu::media

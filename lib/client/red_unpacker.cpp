// SPDX-License-Identifier: Apache-2.0
#include "client/red_unpacker.hpp"

#include <algorithm>
#include <array>

#include "base/send_batch.hpp"
#include "rtp/packet_writer.hpp"

namespace sfu::client {
namespace {

using Slot = std::array<std::uint8_t, SendBatch::kSlotSize>;

// The packet with its newest block alone; header extensions stay.
Result<rtp::PacketView> unpack(const rtp::PacketView& packet, Slot& slot) {
  std::array<codec::RedBlock, codec::kMaxRedBlocks> blocks;
  SFU_TRY(const std::size_t count, codec::split_red(packet.payload(), blocks));
  const codec::RedBlock& newest = blocks[count - 1];
  const ByteView header = packet.header();
  const std::size_t size = header.size() + newest.payload.size();
  if (size > slot.size()) return fail(Errc::kLimitExceeded, "");
  const auto payload = std::ranges::copy(header, slot.begin()).out;
  std::ranges::copy(newest.payload, payload);
  slot[0] &= 0xdf;  // no padding
  slot[1] = static_cast<std::uint8_t>((slot[1] & 0x80) | newest.payload_type);
  return rtp::PacketView::parse(ByteView(slot).first(size));
}

}  // namespace

void RedUnpacker::receive(const rtp::PacketView& packet, bool is_red, const Show& show) {
  media::IncomingPacket incoming;
  incoming.codec = is_red ? rtp::Codec::kRed : rtp::Codec::kOpus;
  incoming.sequence = sequences_.unwrap(packet.sequence_number());
  incoming.timestamp = timestamps_.unwrap(packet.timestamp());
  incoming.payload = packet.payload();
  if (recovery_.note(incoming)) return;
  Slot slot;
  media::RedRecovery::Room room;
  for (const media::RedRecovery::Lost& lost : recovery_.find(incoming, room)) {
    rtp::PacketWriter writer(slot, {.payload_type = lost.payload_type,
                                    .sequence_number = static_cast<std::uint16_t>(lost.sequence),
                                    .timestamp = static_cast<std::uint32_t>(lost.timestamp),
                                    .ssrc = packet.ssrc()});
    writer.payload(lost.block);
    if (const auto made_up = rtp::PacketView::parse(writer.packet()); writer.ok() && made_up) show(*made_up, true);
  }
  if (!is_red) return show(packet, false);
  if (const auto plain = unpack(packet, slot)) show(*plain, false);
}

}  // namespace sfu::client

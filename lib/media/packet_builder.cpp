// SPDX-License-Identifier: Apache-2.0
#include "media/packet_builder.hpp"

#include <utility>

#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "rtp/extension_values.hpp"

namespace sfu::media {
namespace {

constexpr std::size_t kTagRoom = 32;  // for SRTP's tag, in the slot

constexpr std::size_t index_of(rtp::Extension kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

PacketBuilder::PacketBuilder(rtp::Ssrc ssrc, const rtp::ExtensionMap& extensions, std::string mid, std::string rid)
    : ssrc_(ssrc), mid_(std::move(mid)), sent_mid_(mid_), rid_(std::move(rid)) {
  for (std::size_t i = 0; i < ids_.size(); ++i) ids_[i] = extensions.id(static_cast<rtp::Extension>(i));
}

PacketBuilder::Stamp PacketBuilder::stamp(Instant now) const {
  Stamp stamp;
  if (ids_[index_of(rtp::Extension::kAbsSendTime)] != 0) stamp.abs_send_time = rtp::AbsSendTime::at(now).units;
  stamp.mid = !mid_.empty() && ids_[index_of(rtp::Extension::kMid)] != 0;
  return stamp;
}

void PacketBuilder::write_names(rtp::PacketWriter& writer, bool repaired) const {
  writer.extension(ids_[index_of(rtp::Extension::kMid)], as_bytes(sent_mid_));
  if (rid_.empty()) return;
  const auto kind = repaired ? rtp::Extension::kRepairedRid : rtp::Extension::kRid;
  writer.extension(ids_[index_of(kind)], as_bytes(rid_));
}

std::size_t PacketBuilder::build(ByteSpan slot, const IncomingPacket& packet, const PayloadMapping& mapping,
                                 const OutgoingNumbers& numbers, const Stamp& stamp, const Rtx* rtx) const {
  if (slot.size() <= kTagRoom) return 0;
  const auto sequence_number = static_cast<std::uint16_t>(numbers.sequence);
  rtp::PacketWriter writer(slot.first(slot.size() - kTagRoom),
                           {.marker = packet.marker,
                            .payload_type = rtx != nullptr ? rtx->payload_type : mapping.to,
                            .sequence_number = rtx != nullptr ? rtx->sequence_number : sequence_number,
                            .timestamp = static_cast<std::uint32_t>(numbers.timestamp),
                            .ssrc = rtx != nullptr ? rtx->ssrc : ssrc_});

  if (const std::uint8_t id = ids_[index_of(rtp::Extension::kAbsSendTime)]; id != 0) {
    writer.extension(id, rtp::AbsSendTime{stamp.abs_send_time}.bytes());
  }
  // The stream of repeats is known by its rid alone, and nothing tells that the other side has learnt it.
  const bool repaired = rtx != nullptr && !rid_.empty();
  if (stamp.mid || repaired) write_names(writer, repaired);
  if (const std::uint8_t id = ids_[index_of(rtp::Extension::kPlayoutDelay)]; id != 0 && playout_delay_) {
    writer.extension(id, *playout_delay_);
  }
  for (std::size_t i = 0; i < packet.extension_count; ++i) {
    writer.extension(ids_[index_of(packet.extensions[i].kind)], packet.extensions[i].bytes);
  }

  if (rtx != nullptr) {
    std::uint8_t original[2];  // RFC 4588 4
    store_be16(original, sequence_number);
    writer.payload(original);
  }
  ByteView payload = packet.payload;
  if (payload.empty()) return writer.size();  // it holds a number, no more
  if (mapping.red_to_primary) {
    std::array<codec::RedBlock, codec::kMaxRedBlocks> blocks;
    const auto count = codec::split_red(payload, blocks);
    if (!count || *count == 0) return 0;
    payload = blocks[*count - 1].payload;
  } else if (numbers.vp8) {
    codec::Vp8Descriptor descriptor = packet.vp8;
    descriptor.long_picture_id = numbers.long_picture_id;
    descriptor.picture_id = numbers.picture_id;
    descriptor.tl0_picture_index = numbers.tl0_picture_index;
    descriptor.key_index = numbers.key_index;
    std::array<std::uint8_t, codec::kMaxVp8DescriptorSize> bytes;
    writer.payload(ByteView(bytes).first(codec::write_vp8_descriptor(descriptor, bytes)));
    payload = payload.subspan(packet.vp8.size);
  }
  writer.payload(payload);
  return writer.size();
}

}  // namespace sfu::media

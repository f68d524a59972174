// SPDX-License-Identifier: Apache-2.0
#include "media/packet_builder.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "codec/dependency_descriptor.hpp"
#include "codec/packet_trailer.hpp"
#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "rtp/extension_values.hpp"

namespace sfu::media {
namespace {

constexpr std::size_t kTagRoom = 32;                            // for SRTP's tag, in the slot
constexpr Duration kDelayUnit = std::chrono::milliseconds(10);  // of playout-delay

constexpr std::size_t index_of(rtp::Extension kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

PacketBuilder::PacketBuilder(rtp::Ssrc ssrc, const rtp::ExtensionMap& extensions, std::string mid, std::string rid)
    : ssrc_(ssrc), mid_(std::move(mid)), sent_mid_(mid_), rid_(std::move(rid)) {
  for (std::size_t i = 0; i < ids_.size(); ++i) ids_[i] = extensions.id(static_cast<rtp::Extension>(i));
}

void PacketBuilder::set_numbered(bool numbered) {
  numbered_ = numbered && ids_[index_of(rtp::Extension::kTransportCc)] != 0;
}

PacketBuilder::Stamp PacketBuilder::stamp(Instant now, std::uint16_t transport_number) const {
  Stamp stamp;
  stamp.transport_number = transport_number;
  if (ids_[index_of(rtp::Extension::kAbsSendTime)] != 0) stamp.abs_send_time = rtp::AbsSendTime::at(now).units;
  if (ids_[index_of(rtp::Extension::kPlayoutDelay)] != 0) stamp.playout_delay = playout_delay_;
  stamp.mid = !mid_.empty() && ids_[index_of(rtp::Extension::kMid)] != 0;
  return stamp;
}

void PacketBuilder::set_playout_delay(const rtp::PlayoutDelay* delay) {
  playout_delay_ = 0;
  if (delay == nullptr) return;
  max_playout_delay_ = delay->max;
  playout_delay_ = static_cast<std::uint16_t>(std::clamp<std::int64_t>(delay->min / kDelayUnit, 0, 0xfff) + 1);
}

void PacketBuilder::write_names(rtp::PacketWriter& writer, bool repaired) const {
  writer.extension(ids_[index_of(rtp::Extension::kMid)], as_bytes(sent_mid_));
  if (rid_.empty()) return;
  const auto kind = repaired ? rtp::Extension::kRepairedRid : rtp::Extension::kRid;
  writer.extension(ids_[index_of(kind)], as_bytes(rid_));
}

void PacketBuilder::write_stamp(rtp::PacketWriter& writer, const Stamp& stamp) const {
  if (const std::uint8_t id = ids_[index_of(rtp::Extension::kAbsSendTime)]; id != 0) {
    writer.extension(id, rtp::AbsSendTime{stamp.abs_send_time}.bytes());
  }
  if (!numbered_) return;
  const auto number = rtp::TransportSequence{stamp.transport_number}.bytes();
  writer.extension(ids_[index_of(rtp::Extension::kTransportCc)], number);
}

std::size_t PacketBuilder::build_padding(ByteSpan slot, const Stamp& stamp, const Rtx& rtx,
                                         std::uint32_t timestamp) const {
  if (slot.size() <= kTagRoom) return 0;
  rtp::PacketWriter writer(slot.first(slot.size() - kTagRoom), {.payload_type = rtx.payload_type,
                                                                .sequence_number = rtx.sequence_number,
                                                                .timestamp = timestamp,
                                                                .ssrc = rtx.ssrc});
  write_stamp(writer, stamp);
  if (!rid_.empty()) write_names(writer, true);
  writer.padding(255);
  return writer.size();
}

void PacketBuilder::write_descriptor(rtp::PacketWriter& writer, ByteView bytes, const OutgoingNumbers& numbers) const {
  std::array<std::uint8_t, 255> value;  // as long as an extension can be
  if (bytes.size() > value.size()) return;
  std::size_t size = 0;
  if (numbers.target_count != 0) {
    size = codec::write_with_active_targets(bytes, numbers.target_count, numbers.active_targets, value);
  }
  if (size == 0) size = static_cast<std::size_t>(std::ranges::copy(bytes, value.begin()).out - value.begin());
  codec::rewrite_frame_number(ByteSpan(value).first(size), numbers.frame_number);
  writer.extension(ids_[index_of(rtp::Extension::kDependencyDescriptor)], ByteView(value).first(size));
}

void PacketBuilder::write_red(rtp::PacketWriter& writer, const IncomingPacket& packet,
                              std::uint8_t payload_type) const {
  std::array<codec::RedBlock, 3> blocks;
  std::size_t count = 0;
  for (std::size_t i = packet.redundancy.blocks.size(); i-- > 0;) {  // the oldest first
    if ((packet.redundancy.mask >> i & 1) == 0) continue;
    blocks[count] = packet.redundancy.blocks[i];
    blocks[count++].payload_type = payload_type;
  }
  blocks[count++] = {payload_type, 0, packet.payload};
  const auto size = codec::build_red(std::span(blocks).first(count), writer.payload_space());
  if (size) writer.commit_payload(*size);
}

std::size_t PacketBuilder::build(ByteSpan slot, const IncomingPacket& packet, const PayloadMapping& mapping,
                                 const OutgoingNumbers& numbers, const Stamp& stamp, const Rtx* rtx) const {
  if (slot.size() <= kTagRoom) return 0;
  const auto sequence_number = static_cast<std::uint16_t>(numbers.sequence);
  const bool fits_red = !mapping.makes_red() || packet.payload.size() <= codec::kMaxOlderRedBlock;
  rtp::PacketWriter writer(
      slot.first(slot.size() - kTagRoom),
      {.marker = packet.marker || numbers.marker,
       .payload_type = rtx != nullptr ? rtx->payload_type : (fits_red ? mapping.to : mapping.primary),
       .sequence_number = rtx != nullptr ? rtx->sequence_number : sequence_number,
       .timestamp = static_cast<std::uint32_t>(numbers.timestamp),
       .ssrc = rtx != nullptr ? rtx->ssrc : ssrc_});

  write_stamp(writer, stamp);
  // The stream of repeats is known by its rid alone, and nothing tells that the other side has learnt it.
  const bool repaired = rtx != nullptr && !rid_.empty();
  if (stamp.mid || repaired) write_names(writer, repaired);
  if (stamp.playout_delay != 0 && rtx == nullptr) {
    const rtp::PlayoutDelay delay{(stamp.playout_delay - 1) * kDelayUnit, max_playout_delay_};
    writer.extension(ids_[index_of(rtp::Extension::kPlayoutDelay)], delay.bytes());
  }
  for (std::size_t i = 0; i < packet.extension_count; ++i) {
    const auto& [kind, bytes] = packet.extensions[i];
    if (kind == rtp::Extension::kDependencyDescriptor && numbers.descriptor) {
      write_descriptor(writer, bytes, numbers);
    } else {
      writer.extension(ids_[index_of(kind)], bytes);
    }
  }

  if (rtx != nullptr) {
    std::uint8_t original[2];  // RFC 4588 4
    store_be16(original, sequence_number);
    writer.payload(original);
  }
  ByteView payload = packet.payload;
  if (payload.empty()) return writer.size();  // it holds a number, no more
  if (strip_trailer_ && packet.marker) {
    // What would leave nothing of a descriptor is malformed.
    const ByteView without = codec::without_packet_trailer(payload);
    if (!packet.has_vp8 || without.size() >= packet.vp8.size) payload = without;
  }
  if (mapping.makes_red() && fits_red) {
    write_red(writer, packet, mapping.primary);
    return writer.size();
  }
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
  if (equal_sizes_ && rtx == nullptr && writer.size() >= kLarge) {
    writer.padding(static_cast<std::uint8_t>((kSizeStep - writer.size() % kSizeStep) % kSizeStep));
  }
  return writer.size();
}

}  // namespace sfu::media

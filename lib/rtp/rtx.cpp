// SPDX-License-Identifier: Apache-2.0
#include "rtp/rtx.hpp"

#include <cstring>

namespace sfu::rtp {
namespace {

constexpr std::size_t kOsnSize = 2;

void retarget(std::uint8_t* header, std::uint8_t payload_type, std::uint16_t sequence_number, Ssrc ssrc) {
  header[0] &= 0xdf;  // padding is not carried over
  header[1] = static_cast<std::uint8_t>((header[1] & 0x80) | (payload_type & 0x7f));
  store_be16(header + 2, sequence_number);
  store_be32(header + 8, ssrc);
}

}  // namespace

std::optional<ByteSpan> restore_from_rtx(ByteSpan packet, const PacketView& rtx, std::uint8_t media_payload_type,
                                         Ssrc media_ssrc) {
  const ByteView payload = rtx.payload();
  if (packet.size() != rtx.bytes().size() || payload.size() <= kOsnSize) return std::nullopt;
  const std::uint16_t original = load_be16(payload.data());
  std::memmove(packet.data() + kOsnSize, packet.data(), rtx.header_size());
  const ByteSpan media = packet.subspan(kOsnSize, rtx.header_size() + payload.size() - kOsnSize);
  retarget(media.data(), media_payload_type, original, media_ssrc);
  return media;
}

std::size_t encapsulate_rtx(const PacketView& media, std::uint8_t rtx_payload_type, Ssrc rtx_ssrc,
                            std::uint16_t rtx_sequence_number, ByteSpan slot) {
  ByteWriter writer(slot);
  writer.bytes(media.header());
  writer.u16(media.sequence_number());
  writer.bytes(media.payload());
  if (!writer.ok()) return 0;
  retarget(slot.data(), rtx_payload_type, rtx_sequence_number, rtx_ssrc);
  return writer.size();
}

}  // namespace sfu::rtp

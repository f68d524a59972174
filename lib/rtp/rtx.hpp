// SPDX-License-Identifier: Apache-2.0
// Retransmission payloads (RFC 4588 4): the original sequence number, then the original payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/packet_writer.hpp"

namespace sfu::rtp {

// Turns a received RTX packet back into the media packet, in place (its header moves up by two bytes): `packet` are
// the bytes of `rtx`. Padding is dropped. nullopt if it carries no media: padding only, as probes do, or too short.
std::optional<ByteSpan> restore_from_rtx(ByteSpan packet, const PacketView& rtx, std::uint8_t media_payload_type,
                                         Ssrc media_ssrc);

// Writes an RTX payload. The header of `writer` carries the RTX stream's payload type, SSRC and sequence number, and
// the media packet's timestamp and marker (RFC 4588 4).
inline void write_rtx_payload(PacketWriter& writer, std::uint16_t original_sequence_number, ByteView media_payload) {
  std::uint8_t osn[2];
  store_be16(osn, original_sequence_number);
  writer.payload(osn);
  writer.payload(media_payload);
}

// A whole media packet as RTX into `slot`, its extensions as they are. Returns the size, 0 if it does not fit.
std::size_t encapsulate_rtx(const PacketView& media, std::uint8_t rtx_payload_type, Ssrc rtx_ssrc,
                            std::uint16_t rtx_sequence_number, ByteSpan slot);

}  // namespace sfu::rtp

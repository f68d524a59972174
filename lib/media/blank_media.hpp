// SPDX-License-Identifier: Apache-2.0
// Media made here, in place of a publisher's that has ended: silence, so that no noise rings on, and black pictures, so
// that the last one does not stay (media spec 3.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "media/encodings.hpp"
#include "media/incoming_packet.hpp"

namespace sfu::media {

inline constexpr Duration kSilencePacket = std::chrono::milliseconds(20);
inline constexpr int kSilencePackets = 50;
inline constexpr int kBlankFrames = 6;  // 0.2 s
inline constexpr int kBlankFrameRate = 30;

// The payload of one packet, as the publisher would send it.
class BlankMedia {
 public:
  // False: there is none of that codec. `payloads` are the publisher's, with `codec` among them. `trailer` tells
  // decoders of end-to-end encrypted tracks that this is not encrypted; empty for others.
  bool make(rtp::Codec codec, std::span<const ReceivePayload> payloads, ByteView trailer);
  // As if it had been received; numbers are the forwarder's. Borrows this.
  const IncomingPacket& packet() const { return packet_; }
  std::uint32_t clock_rate() const { return clock_rate_; }

 private:
  std::array<std::uint8_t, 400> bytes_;
  IncomingPacket packet_;
  std::uint32_t clock_rate_ = 0;
};

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
// Writes one packet as one subscriber gets it: new header, the extensions that carry over under the subscriber's ids,
// payload copied once. No CSRCs, no padding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "media/encodings.hpp"
#include "media/incoming_packet.hpp"
#include "media/outgoing_line.hpp"
#include "rtp/extension.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/packet_writer.hpp"
#include "rtp/sequence.hpp"

namespace sfu::media {

// How one of the publisher's payload types leaves towards a subscriber.
struct PayloadMapping {
  static constexpr std::uint8_t kNone = kNoPayloadType;

  std::uint8_t from = kNoPayloadType;
  std::uint8_t to = kNoPayloadType;
  std::uint8_t rtx = kNoPayloadType;  // none: repeats go out unchanged on the media SSRC
  bool red_to_primary = false;        // take the newest block out of RED (RFC 2198): this subscriber has Opus only
};

class PacketBuilder {
 public:
  // What is decided when a packet is sent, and must be the same if it is repeated under the same SSRC and number: the
  // encryption's nonce is made of those, so that other bytes under them would give the key away.
  struct Stamp {
    std::uint32_t abs_send_time = 0;  // 24 bits
    bool mid = false;                 // and rid
  };
  struct Rtx {
    std::uint8_t payload_type = 0;
    rtp::Ssrc ssrc = 0;
    std::uint16_t sequence_number = 0;
  };

  // `rid`: empty unless the stream is one of a simulcast (RFC 8852).
  PacketBuilder(rtp::Ssrc ssrc, const rtp::ExtensionMap& extensions, std::string mid, std::string rid = {});

  // Returns the size; 0 if it does not fit or the payload cannot be converted.
  std::size_t build(ByteSpan slot, const IncomingPacket& packet, const PayloadMapping& mapping,
                    const OutgoingNumbers& numbers, const Stamp& stamp, const Rtx* rtx) const;
  Stamp stamp(Instant now) const;
  // Told in each packet, if the extension is negotiated.
  void set_playout_delay(const rtp::PlayoutDelay& delay) { playout_delay_ = delay.bytes(); }
  // The other side knows the SSRC now: mid and rid are no longer sent.
  void acknowledged() { mid_.clear(); }

  rtp::Ssrc ssrc() const { return ssrc_; }

 private:
  void write_names(rtp::PacketWriter& writer, bool repaired) const;

  rtp::Ssrc ssrc_;
  std::array<std::uint8_t, rtp::kExtensionCount> ids_{};
  std::optional<std::array<std::uint8_t, 3>> playout_delay_;
  std::string mid_;
  std::string sent_mid_;
  std::string rid_;
};

}  // namespace sfu::media

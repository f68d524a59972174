// SPDX-License-Identifier: Apache-2.0
// Writes one packet as one subscriber gets it: new header, the extensions that carry over under the subscriber's ids,
// payload copied once. No CSRCs, and no padding but that of set_equal_sizes().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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
  // Opus goes as RED of this payload type inside, or under it alone where it is too large for RED.
  std::uint8_t primary = kNoPayloadType;

  bool makes_red() const { return primary != kNoPayloadType; }
};

class PacketBuilder {
 public:
  // What is decided when a packet is sent, and must be the same if it is repeated under the same SSRC and number: the
  // encryption's nonce is made of those, so that other bytes under them would give the key away.
  struct Stamp {
    std::uint32_t abs_send_time = 0;  // 24 bits
    bool mid = false;                 // and rid
    std::uint16_t transport_number = 0;
    std::uint16_t playout_delay = 0;  // its least, in units of 10 ms, and one; 0: not told
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
  // A packet of nothing but padding, on the stream of repeats. Returns the size.
  std::size_t build_padding(ByteSpan slot, const Stamp& stamp, const Rtx& rtx, std::uint32_t timestamp) const;
  // `transport_number`: of the connection's congestion control, for a packet that is numbered().
  Stamp stamp(Instant now, std::uint16_t transport_number) const;
  // Whether packets carry transport-wide numbers, if that is negotiated; they do not before this.
  void set_numbered(bool numbered);
  bool numbered() const { return numbered_; }
  // From now on it is told, if the extension is negotiated; null: it is told no more.
  void set_playout_delay(const rtp::PlayoutDelay* delay);
  // Of the last packet of a frame LiveKit's packet trailer is left out.
  void set_strip_trailer(bool strip) { strip_trailer_ = strip; }
  // Large packets are padded (RFC 3550 5.1) to a multiple of kSizeStep: an encoder cuts a frame into parts that differ
  // by few bytes, and the kernel sends datagrams of one size with one call (UDP_SEGMENT). By the size alone, so that a
  // repeat is what it repeats.
  void set_equal_sizes(bool equal) { equal_sizes_ = equal; }
  static constexpr std::size_t kSizeStep = 16;  // 1200 is a multiple of it
  static constexpr std::size_t kLarge = 512;    // so that padding is one per cent of what is sent
  // The other side knows the SSRC now: mid and rid are no longer sent.
  void acknowledged() { mid_.clear(); }

  rtp::Ssrc ssrc() const { return ssrc_; }
  const std::string& mid() const { return sent_mid_; }

 private:
  void write_stamp(rtp::PacketWriter& writer, const Stamp& stamp) const;
  void write_red(rtp::PacketWriter& writer, const IncomingPacket& packet, std::uint8_t payload_type) const;
  void write_descriptor(rtp::PacketWriter& writer, ByteView bytes, const OutgoingNumbers& numbers) const;
  void write_names(rtp::PacketWriter& writer, bool repaired) const;

  rtp::Ssrc ssrc_;
  std::array<std::uint8_t, rtp::kExtensionCount> ids_{};
  std::uint16_t playout_delay_ = 0;  // of stamps
  Duration max_playout_delay_{};
  bool strip_trailer_ = false;
  bool equal_sizes_ = false;
  bool numbered_ = false;
  std::string mid_;
  std::string sent_mid_;
  std::string rid_;
};

}  // namespace sfu::media

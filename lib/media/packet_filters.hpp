// SPDX-License-Identifier: Apache-2.0
// The host's filters of one published track, in all its encodings and codecs (sfu/packet_filter.hpp). What publishes
// the track owns them, and gives them to its PublishedTracks, which put each packet through them before it is kept and
// forwarded. A track without filters has none of this.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/send_batch.hpp"
#include "media/encodings.hpp"
#include "media/incoming_packet.hpp"
#include "rtp/packet_view.hpp"
#include "sfu/packet_filter.hpp"

namespace sfu::media {

// A filter's place. Whoever attached it shares it, and detaches it by taking it out; both on the worker's thread.
struct FilterPlace {
  PacketFilter* filter = nullptr;  // null: detached, or the track has ended
};

class PacketFilters {
 public:
  // Of RTP with its header. Subscribers' headers may be somewhat larger, by names and the mark of a repetition; with
  // SRTP's tag, UDP and IPv6 that makes the 1500 bytes of Ethernet.
  static constexpr std::size_t kMaxPacket = 1400;

  // Behind the others. From within a filter: from the next packet on.
  std::shared_ptr<FilterPlace> attach(PacketFilter& filter);
  // Whether none is left. Not from within a filter.
  bool empty();
  // The track has ended.
  void end();

  // Puts a packet of `view`, which `encodings` described, through all filters; its payload may then be another. False:
  // it is to be dropped. `kept`: what is to be stored of it, valid until the next call.
  bool apply(const Encodings& encodings, const rtp::PacketView& view, IncomingPacket& packet, ByteView& kept);

 private:
  using Buffer = std::array<std::uint8_t, SendBatch::kSlotSize>;

  bool ask(TrackPacket& shown, std::size_t head, Buffer*& changed);
  bool repeats_altered(const IncomingPacket& packet) const;

  std::vector<std::shared_ptr<FilterPlace>> places_;
  // One is read while the other is written. Taken with the first filter.
  std::unique_ptr<std::array<Buffer, 2>> buffers_;
  // Of redundant audio: the newest packet that was dropped or replaced.
  bool altered_ = false;
  std::int64_t altered_timestamp_ = 0;
};

// A packet of this header without a payload, 12 bytes: what is kept in place of one that was dropped.
std::array<std::uint8_t, rtp::kFixedHeaderSize> empty_packet(const rtp::PacketView& view);

}  // namespace sfu::media

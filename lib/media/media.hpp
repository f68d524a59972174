// SPDX-License-Identifier: Apache-2.0
// The media layer: RTP in from one publisher, RTP out to many subscribers (RFC 7667 3.7, a selective forwarding
// middlebox). An Endpoint is what media knows of one Peer: it finds the stream of each packet (SsrcRouter), answers
// with transport feedback, and hands RTCP to whom it concerns. A PublishedTrack owns one ReceiveStream per encoding
// and one Forwarder per subscription; it passes each packet to its forwarders in one pass. A Forwarder chooses the
// layer, rewrites the header into the subscriber's own sequence and time line, and answers that subscriber's NACKs.
// Encryption and addresses are the Peer's (behind RtpSink); who may subscribe to what is the room's; how much bitrate
// a subscriber can take is congestion's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/sequence.hpp"
#include "sfu/statistics.hpp"

namespace sfu::media {

// Where RTP and RTCP of one participant go: a Peer (PeerSink), or a participant inside this process.
class RtpSink {
 public:
  virtual ~RtpSink() = default;
  // The packet is in the first `size` bytes of the slot that `batch.open()` gives; the sink protects it there and
  // commits it, or leaves the slot uncommitted.
  virtual void send_rtp(SendBatch& batch, std::size_t size) = 0;
  // A compound packet (RFC 3550 6.1) or one of reduced size (RFC 5506); copied.
  virtual void send_rtcp(ByteView compound, SendBatch& batch) = 0;

  // The batch in whose slots its packets are built.
  SendBatch& batch(SendBatch& shared) { return own_ == nullptr ? shared : *own_; }

 protected:
  // Its packets are not datagrams among others: they are collected here. Borrowed.
  void set_batch(SendBatch& own) { own_ = &own; }

 private:
  SendBatch* own_ = nullptr;
};

// What a call may write to, and the wall time for NTP fields; renewed by the worker each loop turn.
struct Output {
  SendBatch& datagrams;
  WallAnchor wall;
  Traffic* traffic = nullptr;  // counts what passes, if anybody wants to know
};

inline void count(Traffic::Volume& volume, std::size_t bytes) {
  ++volume.packets;
  volume.bytes += bytes;
}

inline constexpr std::uint8_t kMaxLayers = 3;  // simulcast encodings: low, medium, high
inline constexpr std::uint8_t kNoLayer = 0xff;

// "q","h","f" and "2","1","0" name low, medium and high (media spec 2.1); kNoLayer for any other.
std::uint8_t layer_of_rid(std::string_view rid);

}  // namespace sfu::media

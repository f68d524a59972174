// SPDX-License-Identifier: Apache-2.0
// The media layer: RTP in from one publisher, RTP out to many subscribers (RFC 7667 3.7, a selective forwarding
// middlebox). An Endpoint is what media knows of one Peer: it finds the stream of each packet (SsrcRouter), answers
// with transport feedback, and hands RTCP to whom it concerns. A PublishedTrack owns one ReceiveStream per encoding
// and one Forwarder per subscription; it passes each packet to its forwarders in one pass. A Forwarder chooses the
// layer, rewrites the header into the subscriber's own sequence and time line, and answers that subscriber's NACKs.
// Encryption and addresses are the Peer's (behind RtpSink); who may subscribe to what is the room's; how much bitrate
// a subscriber can take is congestion's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/footprint.hpp"
#include "base/outlet.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/sequence.hpp"
#include "sfu/statistics.hpp"

namespace sfu::media {

class Gathering;
class Outbound;

// Where RTP and RTCP of one participant go: a Peer (PeerSink), or a participant inside this process.
class RtpSink {
 public:
  virtual ~RtpSink() = default;
  // The packet is in the first `size` bytes of the slot that `batch.open()` gives; the sink has it protected there and
  // commits it, or leaves the slot uncommitted.
  virtual void send_rtp(SendBatch& batch, std::size_t size) = 0;
  // A compound packet (RFC 3550 6.1) or one of reduced size (RFC 5506); copied.
  virtual void send_rtcp(ByteView compound, SendBatch& batch) = 0;

  // Congestion control of the way there; null: none, everything goes at once.
  Outbound* outbound() const { return outbound_; }
  void set_outbound(Outbound* outbound) { outbound_ = outbound; }

  // Packets will be sent: what that touches is fetched from memory. First this, then what it leads to.
  void prefetch() const { sfu::prefetch(this, this + 1); }
  void prefetch_way() const;

  // The batch in whose slot its next packet is built.
  SendBatch& batch(SendBatch& shared) {
    if (outlet_ == nullptr) return shared;
    ++outlet_->packets;
    return outlet_->batch == nullptr ? shared : *outlet_->batch;
  }

 protected:
  // Whose batch that is; null: the shared one always. Borrowed.
  void set_outlet(Outlet* outlet) { outlet_ = outlet; }
  // What send_rtp() touches, for the sink to note.
  Footprint& footprint() { return footprint_; }

 private:
  Outlet* outlet_ = nullptr;
  Outbound* outbound_ = nullptr;
  Footprint footprint_;
};

// What a call may write to, and the wall time for NTP fields; renewed by the worker each loop turn.
struct Output {
  SendBatch& datagrams;
  WallAnchor wall;
  Traffic* traffic = nullptr;  // counts what passes, if anybody wants to know
  // Sinks whose Endpoint has something to do earlier than its deadline() said before, if anybody wants to know.
  std::vector<RtpSink*>* woken = nullptr;
  // More packets will be read in this turn: video may wait for them here. Null: everything goes at once.
  Gathering* gathering = nullptr;
};

inline void count(Traffic::Volume& volume, std::size_t bytes) {
  ++volume.packets;
  volume.bytes += bytes;
}

inline constexpr std::uint8_t kMaxLayers = 3;  // simulcast encodings: low, medium, high
inline constexpr std::uint8_t kMaxTemporalLayers = 4;
inline constexpr std::uint8_t kNoLayer = 0xff;

// [layer][temporal layer]: what it takes to get that layer with the temporal layers up to that one, and with what it
// needs of lower layers. Columns above the highest temporal layer that is sent repeat it, so that [layer][3] is all of
// the layer; a layer that is not sent has zeros.
using BitrateMatrix = std::array<std::array<Bitrate, kMaxTemporalLayers>, kMaxLayers>;
// The same of frames per second; 0: not known.
using FrameRateMatrix = std::array<std::array<double, kMaxTemporalLayers>, kMaxLayers>;

// "q","h","f" and "2","1","0" name low, medium and high (media spec 2.1); kNoLayer for any other.
std::uint8_t layer_of_rid(std::string_view rid);

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
// Encoded frames as RTP payloads and back: VP8 (RFC 7741), VP9 (RFC 9628), H264 (RFC 6184), H265
// (RFC 7798), AV1 (its RTP specification), Opus (RFC 7587) and G.711 (RFC 3551). For the headless client, whose host
// has an encoder, a decoder or a file; the SFU itself never looks this deep. A Packetizer and a Depacketizer are one
// track's each; headers, numbers and encryption are made elsewhere. FrameAssembler puts packets in order before a
// Depacketizer sees them.
//
// A frame is what decoders take: VP8 and VP9 as in IVF, H264 and H265 an access unit with Annex B start codes, AV1 a
// temporal unit of OBUs with their sizes and without the temporal delimiter, audio one packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "rtp/codec_name.hpp"

namespace sfu::payload {

// Leaves room for the RTP header with extensions, RTX and SRTP within 1200 bytes.
inline constexpr std::size_t kMaxPayload = 1130;

// The payloads of one frame, in order. Keeps its memory when cleared.
class Payloads {
 public:
  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  // Valid until the next change.
  ByteView operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return ByteView(bytes_).subspan(begin, ends_[index] - begin);
  }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }

  // Writing: bytes go to the payload that end() will close.
  void put(std::uint8_t byte) { bytes_.push_back(byte); }
  void put(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void end() { ends_.push_back(bytes_.size()); }
  // Of the payload being written.
  std::size_t open_size() const { return bytes_.size() - (ends_.empty() ? 0 : ends_.back()); }

 private:
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
};

class Packetizer {
 public:
  virtual ~Packetizer() = default;
  // Replaces `out` by the payloads of `frame`, each of `limit` bytes at most; the last one's packet has the marker.
  // None if the frame is empty or not of the codec.
  virtual void packetize(ByteView frame, bool is_keyframe, std::size_t limit, Payloads& out) = 0;
};

class Depacketizer {
 public:
  virtual ~Depacketizer() = default;
  // The payloads of one frame: start(), then each add()ed in order without a gap, then finish(). False: not of the
  // codec, or it does not fit what came before; the frame is lost.
  virtual void start() {}
  virtual bool add(ByteView payload, std::vector<std::uint8_t>& frame) = 0;
  virtual bool finish(std::vector<std::uint8_t>&) { return true; }
  // Bytes of the frame that are held, and not in it yet.
  virtual std::size_t held() const { return 0; }
};

// Null for codecs that are not listed above. `random` is used at once only, for first picture ids.
std::unique_ptr<Packetizer> make_packetizer(rtp::Codec codec, Random& random);
std::unique_ptr<Depacketizer> make_depacketizer(rtp::Codec codec);

// Whether decoding can begin with this frame (VP8, VP9, H264, H265, AV1; audio always).
bool is_keyframe(rtp::Codec codec, ByteView frame);

}  // namespace sfu::payload

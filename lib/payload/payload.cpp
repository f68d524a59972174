// SPDX-License-Identifier: Apache-2.0
#include "payload/payload.hpp"

#include "payload/annexb.hpp"
#include "payload/codecs.hpp"
#include "payload/obu.hpp"

namespace sfu::payload {
namespace {

// RFC 7587 4.2, RFC 3551 4.5.14: the packet is the payload.
class AudioPacketizer final : public Packetizer {
 public:
  void packetize(ByteView frame, bool, std::size_t limit, Payloads& out) override {
    out.clear();
    if (frame.empty() || frame.size() > limit) return;
    out.put(frame);
    out.end();
  }
};

class AudioDepacketizer final : public Depacketizer {
 public:
  bool add(ByteView payload, std::vector<std::uint8_t>& frame) override {
    frame.insert(frame.end(), payload.begin(), payload.end());
    return true;
  }
};

// RFC 6386 9.1, and VP9's uncompressed header (bitstream specification 6.2).
bool is_vp9_keyframe(std::uint8_t first) {
  const bool profile_3 = (first & 0x30) == 0x30;
  const unsigned shift = profile_3 ? 1 : 0;  // a reserved bit follows the profile
  const bool shows_existing = ((first >> (3 - shift)) & 1) != 0;
  const bool inter = ((first >> (2 - shift)) & 1) != 0;
  return !shows_existing && !inter;
}

bool is_h264_keyframe(ByteView frame) {
  bool found = false;
  for_each_nal_unit(frame, [&](ByteView unit) { found |= (unit[0] & 0x1f) == 5; });
  return found;
}

bool is_av1_keyframe(ByteView frame) {
  bool found = false;
  // Encoders put a sequence header before each key frame (AV1 7.5), and RTP demands it.
  for_each_obu(frame, [&](const Obu& obu) { found |= obu.type == kObuSequenceHeader; });
  return found;
}

}  // namespace

std::size_t even_share(std::size_t size, std::size_t room) {
  const std::size_t packets = (size + room - 1) / room;
  return (size + packets - 1) / packets;
}

std::unique_ptr<Packetizer> make_packetizer(rtp::Codec codec, Random& random) {
  switch (codec) {
    case rtp::Codec::kVp8: return make_vp8_packetizer(random.u16());
    case rtp::Codec::kVp9: return make_vp9_packetizer(random.u16());
    case rtp::Codec::kH264: return make_h264_packetizer();
    case rtp::Codec::kH265: return make_h265_packetizer();
    case rtp::Codec::kAv1: return make_av1_packetizer();
    case rtp::Codec::kOpus:
    case rtp::Codec::kPcmu:
    case rtp::Codec::kPcma: return std::make_unique<AudioPacketizer>();
    case rtp::Codec::kRed:
    case rtp::Codec::kRtx:
    case rtp::Codec::kUnknown: break;
  }
  return nullptr;
}

std::unique_ptr<Depacketizer> make_depacketizer(rtp::Codec codec) {
  switch (codec) {
    case rtp::Codec::kVp8: return make_vp8_depacketizer();
    case rtp::Codec::kVp9: return make_vp9_depacketizer();
    case rtp::Codec::kH264: return make_h264_depacketizer();
    case rtp::Codec::kH265: return make_h265_depacketizer();
    case rtp::Codec::kAv1: return make_av1_depacketizer();
    case rtp::Codec::kOpus:
    case rtp::Codec::kPcmu:
    case rtp::Codec::kPcma: return std::make_unique<AudioDepacketizer>();
    case rtp::Codec::kRed:
    case rtp::Codec::kRtx:
    case rtp::Codec::kUnknown: break;
  }
  return nullptr;
}

bool is_keyframe(rtp::Codec codec, ByteView frame) {
  if (frame.empty()) return false;
  switch (codec) {
    case rtp::Codec::kVp8: return (frame[0] & 1) == 0;
    case rtp::Codec::kVp9: return is_vp9_keyframe(frame[0]);
    case rtp::Codec::kH264: return is_h264_keyframe(frame);
    case rtp::Codec::kH265: return is_h265_keyframe(frame);
    case rtp::Codec::kAv1: return is_av1_keyframe(frame);
    default: return rtp::kind_of(codec) == rtp::MediaKind::kAudio;
  }
}

}  // namespace sfu::payload

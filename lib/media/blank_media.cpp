// SPDX-License-Identifier: Apache-2.0
#include "media/blank_media.hpp"

#include <algorithm>

namespace sfu::media {
namespace {

// RFC 6716: 20 ms of CELT, full band, that decode to nothing.
constexpr std::uint8_t kOpusSilence[] = {0xf8, 0xff, 0xfe};
constexpr std::size_t kG711Samples = 160;
constexpr std::uint8_t kMuLawZero = 0xff;
constexpr std::uint8_t kALawZero = 0xd5;

// A descriptor that says that a frame begins (RFC 7741 4.2), and a black key frame of 8x8 as libvpx encodes it.
constexpr std::uint8_t kVp8Frame[] = {0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x08, 0x00, 0x08, 0x00,
                                      0x00, 0x47, 0x08, 0x85, 0x85, 0x88, 0x85, 0x84, 0x88, 0x02, 0x02,
                                      0x00, 0x0c, 0x0d, 0x60, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80};
// STAP-A (RFC 6184 5.7.1) of parameter sets and a black picture of 2x2, constrained baseline, as x264 encodes it.
constexpr std::uint8_t kH264Frame[] = {0x18, 0,    21,   0x67, 0x42, 0xc0, 0x1f, 0xdd, 0xf8, 0x88, 0x8c, 0x04,
                                       0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x0f, 0x03, 0xc6, 0x0c, 0xe0,  //
                                       0,    5,    0x68, 0xce, 0x0f, 0x2c, 0x80, 0,    11,   0x65, 0x88, 0x84,
                                       0x04, 0xa8, 0x98, 0xa0, 0x00, 0x38, 0xa3, 0x80};

const ReceivePayload* payload_of(std::span<const ReceivePayload> payloads, rtp::Codec codec) {
  const auto found = std::ranges::find(payloads, codec, &ReceivePayload::codec);
  return found == payloads.end() ? nullptr : &*found;
}

}  // namespace

bool BlankMedia::make(rtp::Codec codec, std::span<const ReceivePayload> payloads, ByteView trailer) {
  const ReceivePayload* payload = payload_of(payloads, codec);
  if (payload == nullptr || trailer.size() > bytes_.size() / 2) return false;
  ByteWriter writer(bytes_);
  packet_ = {};
  switch (codec) {
    case rtp::Codec::kRed: {
      const ReceivePayload* opus = payload_of(payloads, rtp::Codec::kOpus);
      if (opus == nullptr) return false;
      writer.u8(opus->payload_type);  // the primary alone
      writer.bytes(kOpusSilence);
      break;
    }
    case rtp::Codec::kOpus: writer.bytes(kOpusSilence); break;
    case rtp::Codec::kPcmu:
    case rtp::Codec::kPcma:
      for (std::size_t i = 0; i < kG711Samples; ++i) writer.u8(codec == rtp::Codec::kPcmu ? kMuLawZero : kALawZero);
      break;
    case rtp::Codec::kVp8:
      writer.bytes(kVp8Frame);
      packet_.has_vp8 = true;
      packet_.vp8.size = 1;
      packet_.vp8.starts_partition = packet_.vp8.has_picture_id = true;
      packet_.vp8.has_tl0_picture_index = packet_.vp8.has_temporal_layer = packet_.vp8.has_key_index = true;
      break;
    case rtp::Codec::kH264: writer.bytes(kH264Frame); break;
    default: return false;
  }
  writer.bytes(trailer);
  packet_.payload = writer.written();
  packet_.payload_type = payload->payload_type;
  packet_.codec = codec;
  packet_.marker = true;
  clock_rate_ = payload->clock_rate;
  return true;
}

}  // namespace sfu::media

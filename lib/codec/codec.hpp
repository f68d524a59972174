// SPDX-License-Identifier: Apache-2.0
// What a payload tells about its frame, so that a forwarder can choose: key frame or not, which layer, how large. Only
// payload descriptors and the first bytes of headers are read (RFC 7741 VP8, RFC 9628 VP9, RFC 6184 H264, RFC 7798
// H265, AV1's RTP specification with its dependency descriptor), and RED blocks are split and built (RFC 2198).
// Nothing is decoded, kept (but for the dependency descriptor's templates) or allocated; a payload that is encrypted
// end to end, or broken, tells less and harms nothing.
//   vp8.hpp vp9.hpp h264.hpp h265.hpp av1.hpp   one codec each
//   dependency_descriptor.hpp                   the header extension of AV1, used for VP9 and others too
//   red.hpp                                     redundant audio
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "rtp/codec_name.hpp"

namespace sfu::codec {

struct PayloadInfo {
  bool valid = false;         // the payload could be read as this codec, or there is a dependency descriptor
  bool is_keyframe = false;   // begins a frame at which a decoder can start
  bool starts_frame = false;  // first packet of a frame, as far as the payload tells
  // Last packet of a frame of its layer, as far as the payload tells (VP9, or a dependency descriptor). Elsewhere only
  // the marker bit tells.
  bool ends_frame = false;
  std::uint8_t spatial_layer = 0;
  std::uint8_t temporal_layer = 0;
  bool is_switching_point = false;  // a higher temporal layer may be taken from here (VP8 Y, VP9 U, H265 TSA)
  std::uint16_t width = 0;          // 0: this packet does not tell
  std::uint16_t height = 0;
};

// `payload` without padding, and already without RTX or RED framing. `dependency_descriptor` is the extension's value,
// empty if there is none. Audio is always valid and a key frame.
PayloadInfo inspect(rtp::Codec codec, ByteView payload, ByteView dependency_descriptor = {});

// How much of a payload is its packet's, and not the codec's: the descriptor of VP8 and VP9, the aggregation header of
// AV1, the payload header of H264 and H265 (with that of a fragment). 0 where there is none, or none can be read.
std::size_t descriptor_size(rtp::Codec codec, ByteView payload);

}  // namespace sfu::codec

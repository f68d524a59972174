// SPDX-License-Identifier: Apache-2.0
#include "codec/codec.hpp"

#include "codec/av1.hpp"
#include "codec/dependency_descriptor.hpp"
#include "codec/h264.hpp"
#include "codec/h265.hpp"
#include "codec/vp8.hpp"
#include "codec/vp9.hpp"

namespace sfu::codec {
namespace {

PayloadInfo inspect_vp8(ByteView payload) {
  PayloadInfo info;
  const auto descriptor = parse_vp8(payload);
  if (!descriptor) return info;
  info.valid = true;
  info.is_keyframe = descriptor->is_keyframe;
  info.starts_frame = descriptor->starts_frame();
  info.temporal_layer = descriptor->temporal_layer;
  info.is_switching_point = descriptor->layer_sync;
  info.width = descriptor->width;
  info.height = descriptor->height;
  return info;
}

PayloadInfo inspect_vp9(ByteView payload) {
  PayloadInfo info;
  const auto descriptor = parse_vp9(payload);
  if (!descriptor) return info;
  info.valid = true;
  info.is_keyframe = descriptor->is_keyframe;
  info.starts_frame = descriptor->starts_frame;
  info.ends_frame = descriptor->ends_frame;
  info.spatial_layer = descriptor->spatial_layer;
  info.temporal_layer = descriptor->temporal_layer;
  info.is_switching_point = descriptor->switching_up_point;
  info.width = descriptor->resolution.width;
  info.height = descriptor->resolution.height;
  return info;
}

PayloadInfo inspect_h264(ByteView payload) {
  PayloadInfo info;
  const H264Payload h264 = parse_h264(payload);
  info.valid = h264.valid;
  info.is_keyframe = h264.is_keyframe();
  info.starts_frame = h264.starts_frame;
  info.width = h264.width;
  info.height = h264.height;
  return info;
}

PayloadInfo inspect_h265(ByteView payload) {
  PayloadInfo info;
  const H265Payload h265 = parse_h265(payload);
  info.valid = h265.valid;
  info.is_keyframe = h265.is_keyframe();
  info.starts_frame = h265.starts_frame;
  info.temporal_layer = h265.temporal_layer;
  info.is_switching_point = h265.enters_layer;
  info.width = h265.width;
  info.height = h265.height;
  return info;
}

PayloadInfo inspect_av1(ByteView payload) {
  PayloadInfo info;
  const Av1Payload av1 = parse_av1(payload);
  info.valid = av1.valid;
  info.is_keyframe = av1.is_keyframe;
  info.starts_frame = av1.starts_frame;
  info.spatial_layer = av1.spatial_layer;
  info.temporal_layer = av1.temporal_layer;
  info.width = av1.width;
  info.height = av1.height;
  return info;
}

PayloadInfo inspect_payload(rtp::Codec codec, ByteView payload) {
  switch (codec) {
    case rtp::Codec::kVp8: return inspect_vp8(payload);
    case rtp::Codec::kVp9: return inspect_vp9(payload);
    case rtp::Codec::kH264: return inspect_h264(payload);
    case rtp::Codec::kH265: return inspect_h265(payload);
    case rtp::Codec::kAv1: return inspect_av1(payload);
    case rtp::Codec::kOpus:
    case rtp::Codec::kRed:
    case rtp::Codec::kPcmu:
    case rtp::Codec::kPcma: {
      PayloadInfo info;
      info.valid = info.is_keyframe = info.starts_frame = info.ends_frame = true;
      return info;
    }
    case rtp::Codec::kRtx:
    case rtp::Codec::kUnknown: break;
  }
  return {};
}

}  // namespace

PayloadInfo inspect(rtp::Codec codec, ByteView payload, ByteView dependency_descriptor) {
  PayloadInfo info = inspect_payload(codec, payload);
  const auto header = parse_dependency_descriptor_header(dependency_descriptor);
  if (!header) return info;
  // The extension is readable where the payload is not (end-to-end encryption), and tells a frame's ends for sure.
  info.valid = true;
  info.starts_frame = header->first_in_frame;
  info.ends_frame = header->last_in_frame;
  info.is_keyframe = info.is_keyframe || (header->has_structure && header->first_in_frame);
  return info;
}

std::size_t descriptor_size(rtp::Codec codec, ByteView payload) {
  constexpr std::uint8_t kH264FragmentA = 28;
  constexpr std::uint8_t kH265Fragment = 49;
  std::size_t size = 0;
  switch (codec) {
    case rtp::Codec::kVp8:
      if (const auto descriptor = parse_vp8(payload)) size = descriptor->size;
      break;
    case rtp::Codec::kVp9:
      if (const auto descriptor = parse_vp9(payload)) size = descriptor->size;
      break;
    case rtp::Codec::kAv1: size = 1; break;
    case rtp::Codec::kH264: size = !payload.empty() && (payload[0] & 0x1f) == kH264FragmentA ? 2 : 1; break;
    case rtp::Codec::kH265: size = !payload.empty() && (payload[0] >> 1 & 0x3f) == kH265Fragment ? 3 : 2; break;
    case rtp::Codec::kOpus:
    case rtp::Codec::kRed:
    case rtp::Codec::kPcmu:
    case rtp::Codec::kPcma:
    case rtp::Codec::kRtx:
    case rtp::Codec::kUnknown: break;
  }
  return size < payload.size() ? size : 0;
}

}  // namespace sfu::codec

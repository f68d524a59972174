// SPDX-License-Identifier: Apache-2.0
// Frames named after an encoder are the first bytes that it produced (x264, x265, SVT-AV1, libvpx) at the size in the
// test.
#include "codec/codec.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sfu::codec {
namespace {

using Bytes = std::vector<std::uint8_t>;
using rtp::Codec;

struct KeyframeRow {
  const char* what;
  Codec codec;
  bool is_keyframe;
  Bytes payload;
};

Bytes joined(Bytes head, const Bytes& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

const Bytes kVp8Key = {0x50, 0x33, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 0x01, 0xc7};
const Bytes kVp8Delta = {0x11, 0x03, 0x00, 0x0f, 0x11, 0xfc, 0x00, 0x18, 0x00, 0x18};
const Bytes kVp9Key = {0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0, 0x16, 0x76, 0x00};
const Bytes kVp9Delta = {0x86, 0x00, 0x40, 0x92, 0xf0, 0x01, 0x40, 0x04, 0x00, 0x08};
const Bytes kH264Sps = {0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x2f, 0xf9, 0x61, 0x00, 0x00,
                        0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x3c, 0x8f, 0x16, 0x2e, 0x48};
const Bytes kH265Sps = {0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00,
                        0x00, 0x03, 0x00, 0x3f, 0xa0, 0x05, 0x02, 0x01, 0x69, 0x65, 0x92, 0xa4, 0x93, 0x2b,
                        0x9a, 0x02, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x3c, 0x10};
// Without its size field, as RTP carries it.
const Bytes kAv1Sequence = {0x08, 0x00, 0x00, 0x00, 0x0c, 0xc4, 0xff, 0x67, 0x12, 0xbe, 0x40, 0x10};
const Bytes kAv1KeyFrame = {0x30, 0x10, 0x00, 0x85, 0xa0};
const Bytes kAv1DeltaFrame = {0x30, 0x30, 0x02, 0x00, 0x00};

// An aggregate: each unit with its 16-bit size.
Bytes aggregate(Bytes head, const std::vector<Bytes>& units, const Bytes& between = {}) {
  for (const Bytes& unit : units) {
    head.push_back(static_cast<std::uint8_t>(unit.size() >> 8));
    head.push_back(static_cast<std::uint8_t>(unit.size()));
    head = joined(joined(std::move(head), between), unit);
  }
  return head;
}

std::vector<KeyframeRow> keyframe_table() {
  const Bytes idr = {0x65, 0x88, 0x84, 0x04, 0xaf};
  const Bytes slice = {0x41, 0x88, 0x88, 0x10, 0xbc};
  const Bytes pps = {0x68, 0xcb, 0x83, 0xcb, 0x20};
  const Bytes h265_idr = {0x28, 0x01, 0xaf, 0x73, 0x17};
  const Bytes h265_slice = {0x02, 0x01, 0xd0, 0x09, 0x7e};
  return {
      {"VP8 first packet of a key frame", Codec::kVp8, true, joined({0x10}, kVp8Key)},
      {"VP8 the same behind an extended descriptor", Codec::kVp8, true, joined({0x90, 0xe0, 0x85, 1, 2, 0}, kVp8Key)},
      {"VP8 a delta frame", Codec::kVp8, false, joined({0x10}, kVp8Delta)},
      {"VP8 a later packet of a key frame", Codec::kVp8, false, joined({0x00}, kVp8Key)},
      {"VP8 a later partition", Codec::kVp8, false, joined({0x11}, kVp8Key)},
      {"VP9 key frame", Codec::kVp9, true, joined({0x88, 0x05}, kVp9Key)},
      {"VP9 key frame of layer 0, encrypted", Codec::kVp9, true, {0xa8, 0x05, 0x00, 0x00, 0xff, 0xff}},
      {"VP9 delta frame", Codec::kVp9, false, joined({0xc8, 0x05}, kVp9Delta)},
      {"VP9 delta frame whose bytes look like a key frame", Codec::kVp9, false, joined({0xc8, 0x05}, kVp9Key)},
      {"VP9 a later packet of a key frame", Codec::kVp9, false, joined({0x84, 0x05}, kVp9Key)},
      {"VP9 upper layer of a key picture", Codec::kVp9, false, joined({0xa8, 0x05, 0x03, 0x00}, kVp9Delta)},
      {"H264 SPS", Codec::kH264, true, kH264Sps},
      {"H264 IDR", Codec::kH264, true, idr},
      {"H264 slice", Codec::kH264, false, slice},
      {"H264 PPS alone", Codec::kH264, false, pps},
      {"H264 STAP-A with an SPS", Codec::kH264, true, aggregate({0x78}, {kH264Sps, pps})},
      {"H264 STAP-A of slices", Codec::kH264, false, aggregate({0x78}, {slice, slice})},
      {"H264 STAP-B with an IDR", Codec::kH264, true, aggregate({0x79, 0, 1}, {pps, idr})},
      {"H264 MTAP16 with an IDR", Codec::kH264, true, aggregate({0x7a, 0, 1}, {slice, idr}, {0, 0, 0})},
      {"H264 MTAP24 with an SPS", Codec::kH264, true, aggregate({0x7b, 0, 1}, {kH264Sps}, {0, 0, 0, 0})},
      {"H264 FU-A, first fragment of an IDR", Codec::kH264, true, {0x7c, 0x85, 0x88, 0x84}},
      {"H264 FU-A, middle of an IDR", Codec::kH264, false, {0x7c, 0x05, 0x88, 0x84}},
      {"H264 FU-A, end of an IDR", Codec::kH264, false, {0x7c, 0x45, 0x88, 0x84}},
      {"H264 FU-A, first fragment of a slice", Codec::kH264, false, {0x7c, 0x81, 0x88, 0x84}},
      {"H264 FU-B, first fragment of an IDR", Codec::kH264, true, {0x7d, 0x85, 0, 1, 0x88, 0x84}},
      {"H265 VPS", Codec::kH265, true, {0x40, 0x01, 0x0c, 0x01}},
      {"H265 SPS", Codec::kH265, true, kH265Sps},
      {"H265 IDR", Codec::kH265, true, h265_idr},
      {"H265 CRA", Codec::kH265, true, {0x2a, 0x01, 0x80}},
      {"H265 reserved type 22", Codec::kH265, false, {0x2c, 0x01, 0x80}},
      {"H265 slice", Codec::kH265, false, h265_slice},
      {"H265 AP with an SPS", Codec::kH265, true, aggregate({0x60, 0x01}, {kH265Sps, h265_idr})},
      {"H265 AP of slices", Codec::kH265, false, aggregate({0x60, 0x01}, {h265_slice, h265_slice})},
      {"H265 FU, first fragment of an IDR", Codec::kH265, true, {0x62, 0x01, 0x80 | 20, 0xaf}},
      {"H265 FU, middle of an IDR", Codec::kH265, false, {0x62, 0x01, 20, 0xaf}},
      {"H265 FU, end of an IDR", Codec::kH265, false, {0x62, 0x01, 0x40 | 20, 0xaf}},
      {"H265 FU, first fragment of a slice", Codec::kH265, false, {0x62, 0x01, 0x80 | 1, 0xaf}},
      // The type is in the low six bits of a FU header. Read as a NAL header, as LiveKit does, this would be a VPS.
      {"H265 FU, end of a slice of type 0", Codec::kH265, false, {0x62, 0x01, 0x40, 0xaf}},
      {"AV1 sequence header and key frame", Codec::kAv1, true, joined(joined({0x28, 12}, kAv1Sequence), kAv1KeyFrame)},
      {"AV1 the same, each OBU with its length", Codec::kAv1, true,
       joined(joined(joined({0x08, 12}, kAv1Sequence), {5}), kAv1KeyFrame)},
      {"AV1 sequence header alone", Codec::kAv1, true, joined({0x18}, kAv1Sequence)},
      {"AV1 sequence header without N", Codec::kAv1, false, joined(joined({0x20, 12}, kAv1Sequence), kAv1KeyFrame)},
      {"AV1 sequence header and another frame", Codec::kAv1, false,
       joined(joined({0x28, 12}, kAv1Sequence), kAv1DeltaFrame)},
      {"AV1 key frame without a sequence header", Codec::kAv1, false, joined({0x18}, kAv1KeyFrame)},
      {"AV1 delta frame", Codec::kAv1, false, joined({0x10}, kAv1DeltaFrame)},
      {"AV1 continued OBU", Codec::kAv1, false, joined({0x90}, kAv1Sequence)},
      {"AV1 continued OBU with N, which cannot be", Codec::kAv1, false, joined({0x98}, kAv1Sequence)},
      {"RTX is no codec", Codec::kRtx, false, {0x10}},
  };
}

TEST_CASE("[M-031] key frames are recognised, and nothing else is") {
  for (const KeyframeRow& row : keyframe_table()) {
    CAPTURE(row.what);
    CHECK(inspect(row.codec, row.payload).is_keyframe == row.is_keyframe);
  }
}

TEST_CASE("[M-031] a dependency descriptor with a structure on a frame's first packet tells a key frame") {
  const Bytes opaque = {0x10, 0xff, 0xff};  // encrypted end to end, or a delta frame's
  CHECK(inspect(Codec::kAv1, opaque, Bytes{0x80, 0, 1, 0x80}).is_keyframe);
  CHECK_FALSE(inspect(Codec::kAv1, opaque, Bytes{0x80, 0, 1, 0x40}).is_keyframe);
  CHECK_FALSE(inspect(Codec::kAv1, opaque, Bytes{0x80, 0, 1}).is_keyframe);
  CHECK_FALSE(inspect(Codec::kAv1, opaque, Bytes{0x00, 0, 1, 0x80}).is_keyframe);
  CHECK_FALSE(inspect(Codec::kAv1, opaque, Bytes{0x80, 0}).is_keyframe);
  const PayloadInfo info = inspect(Codec::kVp8, {}, Bytes{0x40, 0, 1});
  CHECK(info.valid);
  CHECK_FALSE(info.starts_frame);
  CHECK(info.ends_frame);
}

TEST_CASE("the size of a key frame is read from its headers") {
  const auto size = [](Codec codec, const Bytes& payload) {
    const PayloadInfo info = inspect(codec, payload);
    return std::to_string(info.width) + "x" + std::to_string(info.height);
  };
  CHECK(size(Codec::kVp8, joined({0x10}, kVp8Key)) == "640x360");
  CHECK(size(Codec::kVp8, {0x10, 0x50, 0xc5, 0x00, 0x9d, 0x01, 0x2a, 0x02, 0x45, 0xce, 0x82}) == "1282x718");
  CHECK(size(Codec::kVp8, joined({0x10}, kVp8Delta)) == "0x0");

  CHECK(size(Codec::kVp9, joined({0x88, 0x05}, kVp9Key)) == "640x360");
  CHECK(size(Codec::kVp9, {0x88, 5, 0x82, 0x49, 0x83, 0x42, 0x00, 0x50, 0x10, 0x2c, 0xd6, 0x00}) == "1282x718");
  CHECK(size(Codec::kVp9, {0x88, 5, 0xa2, 0x49, 0x83, 0x42, 0x00, 0x04, 0xfe, 0x02, 0xce, 0xc0}) ==
        "640x360");  // 4:4:4
  CHECK(size(Codec::kVp9, {0x88, 5, 0xa2, 0x49, 0x83, 0x42, 0xe0, 0x27, 0xf0, 0x16, 0x76, 0x00}) == "640x360");  // RGB

  CHECK(size(Codec::kH264, kH264Sps) == "640x360");
  CHECK(size(Codec::kH264, aggregate({0x78}, {kH264Sps, {0x68, 0xcb}})) == "640x360");
  CHECK(size(Codec::kH264, {0x67, 0x42, 0xc0, 0x20, 0xd9, 0x00, 0x51, 0x05, 0xbe, 0x22, 0xa1, 0x00, 0x00}) ==
        "1282x718");
  CHECK(size(Codec::kH264, {0x67, 0x64, 0x00, 0x20, 0xac, 0xb2, 0x00, 0xa2, 0x0b, 0x7c, 0x45, 0x42, 0x00}) ==
        "1282x718");
  CHECK(size(Codec::kH264, {0x67, 0xf4, 0x00, 0x20, 0x91, 0x96, 0x40, 0x14, 0x41, 0x6f, 0x8f, 0xb8, 0x40}) ==
        "1282x718");  // 4:4:4
  CHECK(size(Codec::kH264, {0x67, 0x64, 0x00, 0x1e, 0xac, 0xe4, 0x02, 0x81, 0xed, 0x08, 0x00, 0x00}) ==
        "640x480");  // interlaced
  CHECK(size(Codec::kH264, {0x67, 0x42, 0xc0}) == "0x0");

  CHECK(size(Codec::kH265, kH265Sps) == "640x360");
  CHECK(size(Codec::kH265, {0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00,
                            0x00, 0x03, 0x00, 0x5d, 0xa0, 0x02, 0x84, 0x80, 0x2d, 0x1c, 0x95, 0x96, 0x4a}) ==
        "1282x718");
  CHECK(size(Codec::kH265, {0x42, 0x01, 0x02, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00,
                            0x00, 0x03, 0x00, 0x3f, 0x00, 0x00, 0xa0, 0x05, 0x02, 0x01, 0x69, 0x65, 0x92, 0x88}) ==
        "640x360");  // two temporal layers

  CHECK(size(Codec::kAv1, joined(joined({0x28, 12}, kAv1Sequence), kAv1KeyFrame)) == "640x360");
  CHECK(size(Codec::kAv1, {0x18, 0x08, 0x00, 0x00, 0x00, 0x2d, 0x4d, 0x01, 0xb3, 0x44, 0xaf, 0x90, 0x04}) ==
        "1282x718");
}

TEST_CASE("the first packet of a frame is told from the others, as far as the payload tells") {
  CHECK(inspect(Codec::kVp8, joined({0x10}, kVp8Delta)).starts_frame);
  CHECK_FALSE(inspect(Codec::kVp8, joined({0x00}, kVp8Delta)).starts_frame);
  CHECK(inspect(Codec::kH264, Bytes{0x41, 0x88, 0x88}).starts_frame);
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x41, 0x00, 0xf0}).starts_frame);  // a later slice
  CHECK(inspect(Codec::kH264, Bytes{0x06, 0x01, 0x01}).starts_frame);
  CHECK(inspect(Codec::kH264, aggregate({0x78}, {kH264Sps, {0x65, 0x88}})).starts_frame);
  CHECK(inspect(Codec::kH264, Bytes{0x7c, 0x81, 0x88}).starts_frame);
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x7c, 0x01, 0x88}).starts_frame);
  CHECK(inspect(Codec::kH265, Bytes{0x02, 0x01, 0xd0}).starts_frame);
  CHECK_FALSE(inspect(Codec::kH265, Bytes{0x02, 0x01, 0x50}).starts_frame);
  CHECK(inspect(Codec::kAv1, joined({0x10}, kAv1DeltaFrame)).starts_frame);
  CHECK_FALSE(inspect(Codec::kAv1, Bytes{0x10, 0x20, 0x01}).starts_frame);  // a tile group
  CHECK_FALSE(inspect(Codec::kAv1, joined({0x90}, kAv1DeltaFrame)).starts_frame);
}

TEST_CASE("temporal and spatial layers come from where each codec has them") {
  CHECK(inspect(Codec::kVp8, joined({0x90, 0x20, 0xa0}, kVp8Delta)).temporal_layer == 2);
  CHECK(inspect(Codec::kVp8, joined({0x90, 0x20, 0xa0}, kVp8Delta)).is_switching_point);
  CHECK(inspect(Codec::kH265, Bytes{0x02, 0x03, 0xd0}).temporal_layer == 2);
  // The OBU extension: temporal 1, spatial 2.
  const PayloadInfo av1 = inspect(Codec::kAv1, Bytes{0x10, 0x34, 0x30, 0x30, 0x02});
  CHECK(av1.temporal_layer == 1);
  CHECK(av1.spatial_layer == 2);
}

TEST_CASE("what of a payload is its packet's and not the codec's") {
  const auto size = [](Codec codec, const Bytes& payload) { return descriptor_size(codec, payload); };
  CHECK(size(Codec::kVp8, joined({0x90, 0x20, 0xa0}, kVp8Delta)) == 3);
  CHECK(size(Codec::kVp8, Bytes{0x10, 0x01}) == 1);
  CHECK(size(Codec::kVp9, Bytes{0x8c, 0x81, 0x02, 0x82}) == 3);
  CHECK(size(Codec::kAv1, joined({0x10}, kAv1DeltaFrame)) == 1);
  CHECK(size(Codec::kH264, Bytes{0x65, 0x88, 0x80}) == 1);
  CHECK(size(Codec::kH264, Bytes{0x78, 0, 2, 0x67, 0x42}) == 1);  // an aggregate
  CHECK(size(Codec::kH264, Bytes{0x7c, 0x85, 0x88}) == 2);        // a fragment
  CHECK(size(Codec::kH265, Bytes{0x26, 0x01, 0xaf}) == 2);
  CHECK(size(Codec::kH265, Bytes{0x62, 0x01, 0x93, 0xaf}) == 3);
  CHECK(size(Codec::kOpus, Bytes{1, 2, 3}) == 0);
  CHECK(size(Codec::kUnknown, Bytes{1, 2, 3}) == 0);
  for (const Codec codec : {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kH265, Codec::kAv1}) {
    CHECK(size(codec, {}) == 0);
    CHECK(size(codec, Bytes{0xff}) == 0);  // it is that and nothing else
  }
}

TEST_CASE("audio is always a key frame, and broken payloads tell nothing") {
  CHECK(inspect(Codec::kOpus, {}).is_keyframe);
  CHECK(inspect(Codec::kRed, Bytes{1}).valid);
  for (const Codec codec : {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kH265, Codec::kAv1}) {
    CHECK_FALSE(inspect(codec, {}).valid);
    CHECK_FALSE(inspect(codec, Bytes{0xff}).valid);
  }
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x78, 0, 9, 0x67}).valid);        // unit runs out
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x78, 0, 0}).valid);              // unit of nothing
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x79, 0}).valid);                 // no order number
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x1e, 0x67}).valid);              // type 30
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x00, 0x67}).valid);              // type 0
  CHECK_FALSE(inspect(Codec::kH264, Bytes{0x7c, 0x85}).valid);              // fragment of nothing
  CHECK_FALSE(inspect(Codec::kH265, Bytes{0x60, 0x01, 0, 9, 0x42}).valid);  // unit runs out
  CHECK_FALSE(inspect(Codec::kH265, Bytes{0x42, 0x00, 0x01}).valid);        // TID of zero
  CHECK_FALSE(inspect(Codec::kH265, Bytes{0x62, 0x01, 0x80}).valid);        // fragment of nothing
  CHECK_FALSE(inspect(Codec::kAv1, Bytes{0x00, 0x09, 0x08}).valid);         // OBU runs out
  CHECK_FALSE(inspect(Codec::kAv1, Bytes{0x10, 0x80}).valid);               // forbidden bit
}

}  // namespace
}  // namespace sfu::codec

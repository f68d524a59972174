// SPDX-License-Identifier: Apache-2.0
#include "payload/payload.hpp"

#include <doctest/doctest.h>

#include <string>

#include "codec/codec.hpp"
#include "payload/obu.hpp"

using namespace sfu;
using namespace sfu::payload;
using rtp::Codec;
using Bytes = std::vector<std::uint8_t>;

namespace {

Bytes random_bytes(SeededRandom& random, std::size_t size) {
  Bytes bytes(size);
  random.fill(bytes);
  return bytes;
}

Bytes to_bytes(ByteView view) {
  return {view.begin(), view.end()};
}

Bytes join(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// A unit of H264 whose content has no emulated start code in it.
Bytes unit(std::uint8_t header, std::size_t size, std::uint8_t fill) {
  Bytes bytes(size, fill);
  bytes[0] = header;
  return bytes;
}

// The same of H265, in the base layer; `temporal`: TID plus one.
Bytes unit_h265(std::uint8_t type, std::size_t size, std::uint8_t fill, std::uint8_t temporal = 1) {
  Bytes bytes(size, fill);
  bytes[0] = static_cast<std::uint8_t>(type << 1);
  bytes[1] = temporal;
  return bytes;
}

Bytes annexb(const std::vector<Bytes>& units) {
  Bytes stream;
  for (const Bytes& one : units) stream = join({stream, {0, 0, 0, 1}, one});
  return stream;
}

Bytes through(Codec codec, ByteView frame, bool keyframe, std::size_t limit, std::size_t* count = nullptr) {
  SeededRandom random(1);
  const auto packetizer = make_packetizer(codec, random);
  const auto depacketizer = make_depacketizer(codec);
  Payloads payloads;
  packetizer->packetize(frame, keyframe, limit, payloads);
  if (count != nullptr) *count = payloads.size();
  Bytes out;
  depacketizer->start();
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    CHECK(payloads[i].size() <= limit);
    const codec::PayloadInfo info = codec::inspect(codec, payloads[i]);
    CHECK(info.valid);
    // H264's first slice looks like a beginning behind its parameter sets too.
    if (codec == Codec::kVp8 || codec == Codec::kVp9 || codec == Codec::kAv1) CHECK(info.starts_frame == (i == 0));
    REQUIRE(depacketizer->add(payloads[i], out));
  }
  REQUIRE(depacketizer->finish(out));
  return out;
}

}  // namespace

TEST_CASE("VP8 (RFC 7741): a frame of any size comes back from packets within the limit, evenly filled") {
  SeededRandom random(2);
  for (const std::size_t size : {1U, 10U, 1124U, 1125U, 5000U, 60000U}) {
    CAPTURE(size);
    Bytes frame = random_bytes(random, size);
    frame[0] &= 0xfe;  // a key frame
    std::size_t count = 0;
    CHECK(through(Codec::kVp8, frame, true, kMaxPayload, &count) == frame);
    CHECK(count == (size + kMaxPayload - 7) / (kMaxPayload - 6));
    CHECK(is_keyframe(Codec::kVp8, frame));
  }
}

TEST_CASE("VP8 (RFC 7741 4.2): the descriptor of the first packet, byte for byte; the picture id counts frames") {
  SeededRandom random(3);
  const auto packetizer = make_packetizer(Codec::kVp8, random);
  const Bytes frame = {0x11, 0x22, 0x33};
  Payloads first;
  Payloads second;
  packetizer->packetize(frame, false, kMaxPayload, first);
  packetizer->packetize(frame, false, kMaxPayload, second);
  REQUIRE(first.size() == 1);
  REQUIRE(first[0].size() == 4 + 3);
  CHECK(first[0][0] == 0x90);        // X, S, partition 0
  CHECK(first[0][1] == 0x80);        // I
  CHECK((first[0][2] & 0x80) != 0);  // M
  CHECK(((load_be16(&first[0][2]) + 1) & 0x7fff) == (load_be16(&second[0][2]) & 0x7fff));
}

TEST_CASE("VP9 (RFC 9628): begin, end and prediction are told, and the frame comes back") {
  SeededRandom random(4);
  Bytes frame = random_bytes(random, 3000);
  frame[0] = 0x82;  // frame marker, profile 0, key frame
  std::size_t count = 0;
  CHECK(through(Codec::kVp9, frame, true, kMaxPayload, &count) == frame);
  CHECK(count == 3);
  CHECK(is_keyframe(Codec::kVp9, frame));
  frame[0] = 0x86;  // not a key frame
  CHECK_FALSE(is_keyframe(Codec::kVp9, frame));

  const auto packetizer = make_packetizer(Codec::kVp9, random);
  Payloads payloads;
  packetizer->packetize(frame, false, kMaxPayload, payloads);
  CHECK((payloads[0][0] & 0xcc) == 0xc8);  // I, P, B
  CHECK((payloads[2][0] & 0xcc) == 0xc4);  // I, P, E
}

TEST_CASE("H264 (RFC 6184): parameter sets go into one STAP-A (5.7.1), a large slice into FU-A (5.8)") {
  const Bytes sps = unit(0x67, 20, 0x42);
  const Bytes pps = unit(0x68, 5, 0xce);
  const Bytes idr = unit(0x65, 3000, 0x88);
  const Bytes frame = annexb({{0x09, 0xf0}, sps, pps, idr});  // the delimiter is left out
  std::size_t count = 0;
  CHECK(through(Codec::kH264, frame, true, kMaxPayload, &count) == annexb({sps, pps, idr}));
  CHECK(count == 4);
  CHECK(is_keyframe(Codec::kH264, frame));
  CHECK_FALSE(is_keyframe(Codec::kH264, annexb({unit(0x41, 30, 0x9a)})));

  SeededRandom random(5);
  Payloads payloads;
  make_packetizer(Codec::kH264, random)->packetize(frame, true, kMaxPayload, payloads);
  CHECK(payloads[0][0] == 0x78);            // NRI 3, type 24
  CHECK(load_be16(&payloads[0][1]) == 20);  // the size of the SPS
  CHECK(to_bytes(payloads[0].subspan(3, 20)) == sps);
  CHECK(to_bytes(payloads[1].first(2)) == Bytes{0x7c, 0x85});  // FU-A of NRI 3; S, type 5
  CHECK(to_bytes(payloads[2].first(2)) == Bytes{0x7c, 0x05});
  CHECK(to_bytes(payloads[3].first(2)) == Bytes{0x7c, 0x45});  // E
}

TEST_CASE("H264: start codes of three and four bytes and trailing zeros are taken (H.264 annex B)") {
  const Bytes stream = join({{0, 0, 1}, unit(0x41, 10, 7), {0, 0, 0, 0, 1}, unit(0x01, 12, 9), {0, 0}});
  CHECK(through(Codec::kH264, stream, false, kMaxPayload) == annexb({unit(0x41, 10, 7), unit(0x01, 12, 9)}));
}

TEST_CASE("H264: a fragment in the middle, or another unit inside one, does not pass") {
  const auto depacketizer = make_depacketizer(Codec::kH264);
  Bytes frame;
  const Bytes middle = {0x7c, 0x05, 1, 2};
  const Bytes start = {0x7c, 0x85, 1, 2};
  const Bytes single = {0x41, 1, 2};
  depacketizer->start();
  CHECK_FALSE(depacketizer->add(middle, frame));
  depacketizer->start();
  CHECK(depacketizer->add(start, frame));
  CHECK_FALSE(depacketizer->add(single, frame));
  CHECK_FALSE(depacketizer->finish(frame));
}

TEST_CASE(
    "H265 (RFC 7798): parameter sets go into an aggregation packet (4.4.2), a large slice into fragments (4.4.3)") {
  const Bytes vps = unit_h265(32, 24, 0x0c);
  const Bytes sps = unit_h265(33, 42, 0x60);
  const Bytes pps = unit_h265(34, 7, 0xc1);
  const Bytes idr = unit_h265(19, 3000, 0xaf);
  const Bytes frame = annexb({{0x46, 0x01, 0x50}, vps, sps, pps, idr});  // the delimiter is left out
  std::size_t count = 0;
  CHECK(through(Codec::kH265, frame, true, kMaxPayload, &count) == annexb({vps, sps, pps, idr}));
  CHECK(count == 4);

  SeededRandom random(5);
  Payloads payloads;
  make_packetizer(Codec::kH265, random)->packetize(frame, true, kMaxPayload, payloads);
  CHECK(to_bytes(payloads[0].first(4)) == Bytes{0x60, 0x01, 0x00, 24});  // type 48, layer 0, TID 1; the VPS' size
  CHECK(to_bytes(payloads[0].subspan(4, 24)) == vps);
  CHECK(payloads[0].size() == 2 + 3 * 2 + 24 + 42 + 7);                         // no DONL
  CHECK(to_bytes(payloads[1].first(4)) == Bytes{0x62, 0x01, 0x80 | 19, 0xaf});  // type 49; S, type 19
  CHECK(to_bytes(payloads[2].first(3)) == Bytes{0x62, 0x01, 19});
  CHECK(to_bytes(payloads[3].first(3)) == Bytes{0x62, 0x01, 0x40 | 19});  // E
}

TEST_CASE("H265 (RFC 7798 4.4.2): an aggregate has the lowest layer and temporal id of those inside") {
  SeededRandom random(5);
  Payloads payloads;
  const Bytes frame = annexb({unit_h265(1, 20, 0x90, 3), unit_h265(1, 20, 0x90, 2)});
  make_packetizer(Codec::kH265, random)->packetize(frame, false, kMaxPayload, payloads);
  REQUIRE(payloads.size() == 1);
  CHECK(to_bytes(payloads[0].first(2)) == Bytes{0x60, 0x02});
}

TEST_CASE("H265: a frame is a key frame with an IRAP picture and its parameter sets") {
  const Bytes vps = unit_h265(32, 24, 0x0c);
  const Bytes sps = unit_h265(33, 42, 0x60);
  const Bytes pps = unit_h265(34, 7, 0xc1);
  for (const std::uint8_t irap : {16, 19, 20, 21}) {
    CAPTURE(irap);
    CHECK(is_keyframe(Codec::kH265, annexb({vps, sps, pps, unit_h265(irap, 50, 0xaf)})));
  }
  CHECK_FALSE(is_keyframe(Codec::kH265, annexb({vps, sps, pps, unit_h265(1, 50, 0xaf)})));
  CHECK_FALSE(is_keyframe(Codec::kH265, annexb({unit_h265(19, 50, 0xaf)})));
  CHECK_FALSE(is_keyframe(Codec::kH265, annexb({vps, pps, unit_h265(19, 50, 0xaf)})));
}

TEST_CASE("H265: a fragment in the middle, another unit inside one, and PACI packets do not pass") {
  const auto depacketizer = make_depacketizer(Codec::kH265);
  Bytes frame;
  const Bytes start = {0x62, 0x01, 0x80 | 19, 0xaf, 1};
  const Bytes middle = {0x62, 0x01, 19, 2, 3};
  const Bytes single = {0x02, 0x01, 0xd0, 1};
  const Bytes paci = {0x64, 0x01, 0x02, 0x00, 1, 2};
  const Bytes nested = {0x62, 0x01, 0x80 | 48, 1, 2};
  const Bytes cut = {0x60, 0x01, 0x00, 0x09, 0x02, 0x01, 0xd0};
  depacketizer->start();
  CHECK_FALSE(depacketizer->add(middle, frame));
  CHECK_FALSE(depacketizer->add(paci, frame));
  CHECK_FALSE(depacketizer->add(nested, frame));
  CHECK_FALSE(depacketizer->add(cut, frame));
  CHECK_FALSE(depacketizer->add(ByteView(single).first(2), frame));
  frame.clear();
  depacketizer->start();
  CHECK(depacketizer->add(start, frame));
  CHECK(frame == Bytes{0, 0, 0, 1, 0x26, 0x01, 0xaf, 1});
  CHECK_FALSE(depacketizer->add(single, frame));
  CHECK_FALSE(depacketizer->finish(frame));
}

TEST_CASE("AV1: OBUs lose and regain their sizes, the temporal delimiter is not sent, large ones span packets") {
  Bytes frame = {0x12, 0x00};                             // temporal delimiter
  frame = join({frame, {0x0a, 0x03, 0x00, 0x00, 0x00}});  // sequence header
  Bytes large = {0x32};                                   // frame OBU with a size
  append_leb128(large, 4000);
  large = join({large, Bytes(4000, 0xab)});
  std::size_t count = 0;
  const Bytes without_delimiter = join({{0x0a, 0x03, 0x00, 0x00, 0x00}, large});
  CHECK(through(Codec::kAv1, join({frame, large}), true, kMaxPayload, &count) == without_delimiter);
  CHECK(count == 4);
  CHECK(is_keyframe(Codec::kAv1, without_delimiter));

  SeededRandom random(6);
  Payloads payloads;
  make_packetizer(Codec::kAv1, random)->packetize(without_delimiter, true, kMaxPayload, payloads);
  CHECK(payloads[0][0] == 0x48);  // Y, N; W 0
  CHECK(to_bytes(payloads[0].subspan(1, 5)) == Bytes{0x04, 0x08, 0x00, 0x00, 0x00});
  CHECK(payloads[1][0] == 0xc0);  // Z, Y
  CHECK(payloads[3][0] == 0x80);  // Z
}

TEST_CASE("AV1: the last of W elements has no length (RTP Payload Format For AV1, 4.4)") {
  const auto depacketizer = make_depacketizer(Codec::kAv1);
  Bytes frame;
  depacketizer->start();
  const Bytes payload = {0x20, 0x02, 0x08, 0x11, 0x30, 0x22, 0x33};  // W = 2
  REQUIRE(depacketizer->add(payload, frame));
  REQUIRE(depacketizer->finish(frame));
  CHECK(frame == Bytes{0x0a, 0x01, 0x11, 0x32, 0x02, 0x22, 0x33});
}

TEST_CASE("property: frames of random sizes and limits come back in each video codec") {
  const std::uint64_t seed = 77;
  CAPTURE(seed);
  SeededRandom random(seed);
  for (int i = 0; i < 200; ++i) {
    const std::size_t limit = 20 + random.below(1200);
    const std::size_t size = 1 + random.below(6000);
    Bytes vp8(size, 0x5a);
    vp8[0] = 0x11;
    CHECK(through(Codec::kVp8, vp8, false, limit) == vp8);
    Bytes h264 = annexb({unit(0x41, size + 1, 0x77), unit(0x41, 2 + random.below(40), 0x66)});
    h264[5] = 0x9a;  // first_mb_in_slice 0
    CHECK(through(Codec::kH264, h264, false, limit).size() == h264.size());
    Bytes h265 = annexb({unit_h265(1, size + 2, 0x77), unit_h265(1, 3 + random.below(40), 0x66)});
    h265[6] = 0xd0;  // first_slice_segment_in_pic_flag
    CHECK(through(Codec::kH265, h265, false, limit) == h265);
    Bytes obu = {0x32};
    append_leb128(obu, size);
    obu = join({obu, Bytes(size, 1)});
    CHECK(through(Codec::kAv1, obu, false, limit) == obu);
  }
}

TEST_CASE("audio is its own payload; what has no packetizer says so") {
  const Bytes opus = {0xf8, 1, 2, 3};
  CHECK(through(Codec::kOpus, opus, false, kMaxPayload) == opus);
  CHECK(through(Codec::kPcmu, opus, false, kMaxPayload) == opus);
  CHECK(is_keyframe(Codec::kOpus, opus));
  SeededRandom random(1);
  CHECK(make_packetizer(Codec::kRed, random) == nullptr);
  CHECK(make_depacketizer(Codec::kRed) == nullptr);
}

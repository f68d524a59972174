// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "codec/av1.hpp"
#include "codec/bit_reader.hpp"
#include "codec/h264.hpp"
#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "codec/vp9.hpp"

namespace sfu::codec {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes written(const Vp8Descriptor& descriptor) {
  std::array<std::uint8_t, kMaxVp8DescriptorSize> out{};
  const std::size_t size = write_vp8_descriptor(descriptor, out);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)};
}

Bytes joined_with_frame(Bytes descriptor) {
  descriptor.push_back(0x01);
  return descriptor;
}

TEST_CASE("every field of a VP8 descriptor is read (RFC 7741 4.2)") {
  const Bytes payload = {0xb2, 0xf0, 0x92, 0x34, 0x56, 0xb1, 0xff};
  const auto d = parse_vp8(payload);
  REQUIRE(d);
  CHECK(d->non_reference);
  CHECK(d->starts_partition);
  CHECK(d->partition_id == 2);
  CHECK_FALSE(d->starts_frame());
  CHECK(d->long_picture_id);
  CHECK(d->picture_id == 0x1234);
  CHECK(d->tl0_picture_index == 0x56);
  CHECK(d->temporal_layer == 2);
  CHECK(d->layer_sync);
  CHECK(d->key_index == 0x11);
  CHECK(d->size == 6);
  CHECK(written(*d) == Bytes(payload.begin(), payload.begin() + 6));
}

TEST_CASE("a short VP8 picture id stays short until it needs 15 bits") {
  const auto d = parse_vp8(Bytes{0x90, 0x80, 0x7e, 0x01});
  REQUIRE(d);
  CHECK_FALSE(d->long_picture_id);
  CHECK(d->size == 3);
  Vp8Descriptor next = *d;
  next.picture_id = 0x7f;
  CHECK(written(next) == Bytes{0x90, 0x80, 0x7f});
  next.picture_id = 0x80;
  CHECK(written(next) == Bytes{0x90, 0x80, 0x80, 0x80});
  CHECK(parse_vp8(joined_with_frame(written(next)))->picture_id == 0x80);
}

TEST_CASE("VP8 descriptors of every shape survive being written") {
  for (unsigned flags = 0; flags < 16; ++flags) {
    CAPTURE(flags);
    const Bytes start = {0x90, static_cast<std::uint8_t>(flags << 4), 0x92, 0x34, 0x56, 0xb1, 0x00, 0x00};
    const auto d = parse_vp8(start);
    REQUIRE(d);
    const Bytes again = written(*d);
    if (flags != 0) CHECK(again.size() == d->size);
    const auto second = parse_vp8(joined_with_frame(again));
    REQUIRE(second);
    CHECK(second->picture_id == d->picture_id);
    CHECK(second->tl0_picture_index == d->tl0_picture_index);
    CHECK(second->temporal_layer == d->temporal_layer);
    CHECK(second->key_index == d->key_index);
  }
  CHECK_FALSE(parse_vp8(Bytes{0x90, 0xf0, 0x92, 0x34, 0x56}));
  CHECK_FALSE(parse_vp8(Bytes{0x90, 0xf0, 0x92, 0x34, 0x56, 0xb1}));  // no frame
}

TEST_CASE("a VP9 descriptor in flexible mode (RFC 9628 4.2)") {
  // I P L F B, picture id 0x1234, layers T1 U S2 D, two references.
  const auto d = parse_vp9(Bytes{0xf8, 0x92, 0x34, 0x35, 0x03, 0x04, 0xff});
  REQUIRE(d);
  CHECK(d->picture_id == 0x1234);
  CHECK(d->inter_picture_predicted);
  CHECK(d->flexible);
  CHECK(d->temporal_layer == 1);
  CHECK(d->switching_up_point);
  CHECK(d->spatial_layer == 2);
  CHECK(d->inter_layer_predicted);
  REQUIRE(d->reference_count == 2);
  CHECK(d->references[0] == 1);
  CHECK(d->references[1] == 2);
  CHECK(d->starts_frame);
  CHECK_FALSE(d->ends_frame);
  CHECK(d->size == 6);
  CHECK_FALSE(parse_vp9(Bytes{0x50, 3, 3, 3, 2, 0xff}));  // four references
}

TEST_CASE("a VP9 descriptor with its scalability structure, not flexible") {
  // I L B E V, picture id 5, layers S0, TL0PICIDX 9; three layers with sizes, and a group of two pictures.
  const Bytes payload = {0xae, 0x05, 0x00, 0x09, 0x58, 0x01, 0x40, 0x00, 0xb4, 0x02, 0x80,
                         0x01, 0x68, 0x05, 0x00, 0x02, 0xd0, 0x02, 0x00, 0x14, 0x01, 0xff};
  const auto d = parse_vp9(payload);
  REQUIRE(d);
  CHECK(d->tl0_picture_index == 9);
  CHECK(d->ends_frame);
  REQUIRE(d->spatial_layer_count == 3);
  CHECK(d->resolutions[0].width == 320);
  CHECK(d->resolutions[2].height == 720);
  CHECK(d->resolution.width == 320);
  CHECK(d->size == payload.size() - 1);
  CHECK(d->is_keyframe);
  CHECK_FALSE(parse_vp9(ByteView(payload).first(12)));
}

TEST_CASE("an AV1 packet tells its aggregation and what it continues") {
  // Z Y, W = 2: the rest of an OBU, then the beginning of a tile group.
  const Av1Payload av1 = parse_av1(Bytes{0xe0, 0x02, 0xaa, 0xbb, 0x20, 0x01});
  CHECK(av1.valid);
  CHECK(av1.continues_obu);
  CHECK(av1.last_obu_continues);
  CHECK(av1.obu_count == 2);
  CHECK_FALSE(av1.has_sequence_header);
  CHECK(parse_av1(Bytes{0x50, 0x04}).valid);  // cut within an OBU header of two bytes
  CHECK_FALSE(parse_av1(Bytes{0x10, 0x04}).valid);
}

TEST_CASE("H264 parameter sets are told one by one") {
  const H264Payload pps = parse_h264(Bytes{0x68, 0xcb});
  CHECK(pps.has_pps);
  CHECK_FALSE(pps.has_sps);
  CHECK_FALSE(pps.is_keyframe());
}

TEST_CASE("bits are read from the highest, with Exp-Golomb codes and without emulation prevention") {
  const Bytes golomb = {0b1'010'011'0, 0b0100'0010, 0b1'0000000};
  BitReader reader(golomb);
  CHECK(reader.ue() == 0);
  CHECK(reader.ue() == 1);
  CHECK(reader.ue() == 2);
  CHECK(reader.ue() == 3);
  CHECK(reader.se() == -2);
  CHECK(reader.ok());
  reader.skip(100);
  CHECK_FALSE(reader.ok());

  const Bytes escaped = {0, 0, 3, 1, 0, 0, 3};
  BitReader nal(escaped, BitReader::Form::kNalUnit);
  CHECK(nal.bits(24) == 1);
  CHECK(nal.bits(16) == 0);
  CHECK(nal.ok());
  CHECK(nal.bits(1) == 0);
  CHECK_FALSE(nal.ok());

  const Bytes narrow = {0b00'01'10'11, 0b0'111'0000};
  BitReader below(narrow);
  for (const std::uint32_t expected : {0U, 1U, 2U}) CHECK(below.below(5) == expected);
  CHECK(below.below(5) == 3);
  CHECK(below.below(5) == 4);
  CHECK(below.below(1) == 0);
}

TEST_CASE("RED splits into its blocks, oldest first (RFC 2198 3)") {
  // PT 111, 1920 units old, two bytes; PT 111, 960 units old, one byte; the primary.
  const Bytes payload = {0x80 | 111, 0x1e, 0x00, 0x02, 0x80 | 111, 0x0f, 0x00, 0x01, 111, 1, 2, 3, 4, 5};
  std::array<RedBlock, kMaxRedBlocks> blocks;
  const auto count = split_red(payload, blocks);
  REQUIRE(count);
  REQUIRE(*count == 3);
  CHECK(blocks[0].payload_type == 111);
  CHECK(blocks[0].timestamp_offset == 1920);
  CHECK(Bytes(blocks[0].payload.begin(), blocks[0].payload.end()) == Bytes{1, 2});
  CHECK(blocks[1].timestamp_offset == 960);
  CHECK(Bytes(blocks[1].payload.begin(), blocks[1].payload.end()) == Bytes{3});
  CHECK(blocks[2].timestamp_offset == 0);
  CHECK(Bytes(blocks[2].payload.begin(), blocks[2].payload.end()) == Bytes{4, 5});

  std::uint8_t out[64];
  const auto size = build_red(std::span(blocks).first(3), out);
  REQUIRE(size);
  CHECK(Bytes(out, out + *size) == payload);
}

TEST_CASE("RED that contradicts itself is refused") {
  std::array<RedBlock, 2> two;
  CHECK(split_red({}, two).error().code == Errc::kTruncated);
  CHECK(split_red(Bytes{0x80 | 111, 0, 0}, two).error().code == Errc::kTruncated);
  CHECK(split_red(Bytes{0x80 | 111, 0, 0, 5, 111, 1}, two).error().code == Errc::kTruncated);
  CHECK(split_red(Bytes{0xef, 0, 0, 0, 0xef, 0, 0, 0, 111}, two).error().code == Errc::kLimitExceeded);
  CHECK(split_red(Bytes(64, 0x80), two).error().code == Errc::kLimitExceeded);

  std::uint8_t out[16];
  const Bytes large(1024);
  const std::array<RedBlock, 2> too_large = {RedBlock{111, 960, large}, RedBlock{111, 0, {}}};
  CHECK(build_red(too_large, out).error().code == Errc::kInvalidArgument);
  const std::array<RedBlock, 2> too_old = {RedBlock{111, 0x4000, {}}, RedBlock{111, 0, {}}};
  CHECK(build_red(too_old, out).error().code == Errc::kInvalidArgument);
  CHECK(build_red({}, out).error().code == Errc::kInvalidArgument);
  const std::array<RedBlock, 1> long_primary = {RedBlock{111, 0, large}};
  CHECK(build_red(long_primary, out).error().code == Errc::kLimitExceeded);
}

}  // namespace
}  // namespace sfu::codec

// SPDX-License-Identifier: Apache-2.0
#include "rtp/packet_view.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "base/random.hpp"
#include "rtp/packet_writer.hpp"

namespace sfu::rtp {
namespace {

using Bytes = std::vector<std::uint8_t>;

// A header of version 2 with the given first byte, payload type 96, sequence 0x1234, timestamp 1, SSRC 0xcafebabe.
Bytes packet_with(std::uint8_t first, const Bytes& rest) {
  Bytes bytes = {first, 0xe0, 0x12, 0x34, 0, 0, 0, 1, 0xca, 0xfe, 0xba, 0xbe};
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

std::vector<std::pair<int, Bytes>> extensions_of(const PacketView& view) {
  std::vector<std::pair<int, Bytes>> all;
  view.for_each_extension([&](std::uint8_t id, ByteView v) { all.emplace_back(id, Bytes(v.begin(), v.end())); });
  return all;
}

Bytes value_of(const PacketView& view, std::uint8_t id) {
  const ByteView value = view.extension(id);
  return {value.begin(), value.end()};
}

TEST_CASE("a fixed header is read field by field (RFC 3550 5.1)") {
  const Bytes bytes = packet_with(0x80, {7, 8, 9});
  const auto view = PacketView::parse(bytes);
  REQUIRE(view);
  CHECK(view->marker());
  CHECK(view->payload_type() == 96);
  CHECK(view->sequence_number() == 0x1234);
  CHECK(view->timestamp() == 1);
  CHECK(view->ssrc() == 0xcafebabe);
  CHECK(view->csrc_count() == 0);
  CHECK(view->header_size() == 12);
  CHECK(view->payload().size() == 3);
  CHECK(view->padding_size() == 0);
  CHECK_FALSE(view->has_extension(1));
}

TEST_CASE("CSRCs belong to the header") {
  const Bytes bytes = packet_with(0x82, {0, 0, 0, 5, 0, 0, 0, 6, 0xaa});
  const auto view = PacketView::parse(bytes);
  REQUIRE(view);
  REQUIRE(view->csrc_count() == 2);
  CHECK(view->csrc(0) == 5);
  CHECK(view->csrc(1) == 6);
  CHECK(view->payload().size() == 1);
}

TEST_CASE("padding is not payload, and a packet may be nothing but padding") {
  const Bytes padded_bytes = packet_with(0xa0, {1, 2, 0, 0, 3});
  const auto padded = PacketView::parse(padded_bytes);
  REQUIRE(padded);
  CHECK(padded->payload().size() == 2);
  CHECK(padded->padding_size() == 3);
  CHECK_FALSE(padded->is_padding_only());

  const Bytes only_bytes = packet_with(0xa0, {0, 0, 0, 4});
  const auto only = PacketView::parse(only_bytes);
  REQUIRE(only);
  CHECK(only->payload().empty());
  CHECK(only->is_padding_only());
}

TEST_CASE("impossible headers are refused") {
  CHECK(PacketView::parse({}).error().code == Errc::kTruncated);
  CHECK(PacketView::parse(Bytes(11, 0x80)).error().code == Errc::kTruncated);
  CHECK(PacketView::parse(packet_with(0x40, {})).error().code == Errc::kMalformed);
  CHECK(PacketView::parse(packet_with(0x81, {1, 2, 3})).error().code == Errc::kTruncated);
  CHECK(PacketView::parse(packet_with(0x90, {0xbe, 0xde, 0})).error().code == Errc::kTruncated);
  CHECK(PacketView::parse(packet_with(0x90, {0xbe, 0xde, 0, 2, 1, 2, 3, 4})).error().code == Errc::kTruncated);
  CHECK(PacketView::parse(packet_with(0xa0, {1, 2, 0})).error().code == Errc::kMalformed);
  CHECK(PacketView::parse(packet_with(0xa0, {1, 2, 4})).error().code == Errc::kMalformed);
  CHECK(PacketView::parse(packet_with(0xa0, {})).error().code == Errc::kMalformed);
}

TEST_CASE("one-byte extensions with padding between them, as RFC 8285 4.2 shows") {
  const Bytes bytes =
      packet_with(0x90, {0xbe, 0xde, 0, 3, 0x10, 0xa1, 0x21, 0xb1, 0xb2, 0, 0, 0x33, 0xc1, 0xc2, 0xc3, 0xc4, 0x55});
  const auto view = PacketView::parse(bytes);
  REQUIRE(view);
  const std::vector<std::pair<int, Bytes>> expected = {{1, {0xa1}}, {2, {0xb1, 0xb2}}, {3, {0xc1, 0xc2, 0xc3, 0xc4}}};
  CHECK(extensions_of(*view) == expected);
  CHECK(value_of(*view, 2) == Bytes{0xb1, 0xb2});
  CHECK(value_of(*view, 3) == Bytes{0xc1, 0xc2, 0xc3, 0xc4});
  CHECK_FALSE(view->has_extension(4));
  CHECK_FALSE(view->has_extension(0));
  CHECK(view->payload().size() == 1);
}

TEST_CASE("two-byte extensions may be empty and may have large ids (RFC 8285 4.3)") {
  const Bytes bytes = packet_with(0x90, {0x10, 0x00, 0, 3, 1, 0, 200, 1, 0xb1, 0, 3, 4, 0xc1, 0xc2, 0xc3, 0xc4});
  const auto view = PacketView::parse(bytes);
  REQUIRE(view);
  const std::vector<std::pair<int, Bytes>> expected = {{1, {}}, {200, {0xb1}}, {3, {0xc1, 0xc2, 0xc3, 0xc4}}};
  CHECK(extensions_of(*view) == expected);
  CHECK(view->has_extension(1));
  CHECK(value_of(*view, 200) == Bytes{0xb1});
  CHECK(value_of(*view, 3) == Bytes{0xc1, 0xc2, 0xc3, 0xc4});
  CHECK_FALSE(view->has_extension(201));
}

TEST_CASE("the application bits of the two-byte profile do not matter") {
  const Bytes bytes = packet_with(0x90, {0x10, 0x0f, 0, 1, 9, 2, 0xaa, 0xbb});
  CHECK(value_of(*PacketView::parse(bytes), 9) == Bytes{0xaa, 0xbb});
}

TEST_CASE("one-byte id 15, or id 0 with a length, ends the block and keeps what came before (RFC 8285 4.2)") {
  for (const std::uint8_t stop : {std::uint8_t{0xf0}, std::uint8_t{0x01}}) {
    CAPTURE(stop);
    const Bytes bytes = packet_with(0x90, {0xbe, 0xde, 0, 2, 0x10, 0xa1, stop, 0xb1, 0x20, 0xc1, 0, 0, 0x77});
    const auto view = PacketView::parse(bytes);
    REQUIRE(view);
    CHECK(extensions_of(*view) == std::vector<std::pair<int, Bytes>>{{1, {0xa1}}});
    CHECK_FALSE(view->has_extension(2));
    CHECK(view->payload().size() == 1);
  }
}

TEST_CASE("an element that runs out of the block is ignored and the packet lives") {
  const Bytes one = packet_with(0x90, {0xbe, 0xde, 0, 1, 0x10, 0xa1, 0x25, 0xb1, 0x77});
  CHECK(extensions_of(*PacketView::parse(one)) == std::vector<std::pair<int, Bytes>>{{1, {0xa1}}});
  const Bytes two = packet_with(0x90, {0x10, 0, 0, 1, 1, 1, 0xa1, 2, 0x77});
  CHECK(extensions_of(*PacketView::parse(two)) == std::vector<std::pair<int, Bytes>>{{1, {0xa1}}});
}

TEST_CASE("a block of another profile is skipped as a whole") {
  const Bytes bytes = packet_with(0x90, {0x12, 0x34, 0, 1, 0x10, 0xa1, 0, 0, 0x77});
  const auto view = PacketView::parse(bytes);
  REQUIRE(view);
  CHECK(extensions_of(*view).empty());
  CHECK(view->payload().size() == 1);
}

TEST_CASE("of two elements with one id the first counts") {
  const Bytes bytes = packet_with(0x90, {0xbe, 0xde, 0, 1, 0x10, 0xa1, 0x10, 0xa2});
  CHECK(value_of(*PacketView::parse(bytes), 1) == Bytes{0xa1});
}

TEST_CASE("an extension can be stamped in a written packet") {
  Bytes bytes = packet_with(0x90, {0xbe, 0xde, 0, 1, 0x31, 0, 0, 0, 0x77});
  const ByteSpan stamp = mutable_extension(bytes, 3);
  REQUIRE(stamp.size() == 2);
  store_be16(stamp.data(), 0x0102);
  CHECK(value_of(*PacketView::parse(bytes), 3) == Bytes{1, 2});
  CHECK(mutable_extension(bytes, 4).empty());
}

TEST_CASE("RTCP is told apart by its packet type (RFC 5761 4)") {
  CHECK(is_rtcp(Bytes{0x80, 200}));
  CHECK(is_rtcp(Bytes{0x81, 206}));
  CHECK_FALSE(is_rtcp(Bytes{0x80, 0x80 | 111}));
  CHECK_FALSE(is_rtcp(Bytes{0x80, 96}));
  CHECK_FALSE(is_rtcp(Bytes{0x80}));
}

TEST_CASE("what the writer writes, the view reads: random packets") {
  SeededRandom random(20240501);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const bool large = random.below(4) == 0;
    Header header;
    header.marker = random.below(2) == 1;
    header.payload_type = static_cast<std::uint8_t>(random.below(128));
    header.sequence_number = random.u16();
    header.timestamp = random.u32();
    header.ssrc = random.u32();
    std::uint8_t slot[2048];
    PacketWriter writer(slot, header);
    std::vector<std::pair<int, Bytes>> expected;
    for (std::uint8_t id = 1, end = large ? 40 : 15; id < end; ++id) {
      if (id == 15 || random.below(3) != 0) continue;
      Bytes value(large ? random.below(30) : 1 + random.below(16));
      random.fill(value);
      writer.extension(id, value);
      expected.emplace_back(id, value);
    }
    Bytes payload(random.below(1000));
    random.fill(payload);
    writer.payload(payload);
    const auto padding = static_cast<std::uint8_t>(random.below(3) == 0 ? random.below(256) : 0);
    writer.padding(padding);
    REQUIRE(writer.ok());

    const auto view = PacketView::parse(writer.packet());
    REQUIRE(view);
    CHECK(view->marker() == header.marker);
    CHECK(view->payload_type() == header.payload_type);
    CHECK(view->sequence_number() == header.sequence_number);
    CHECK(view->timestamp() == header.timestamp);
    CHECK(view->ssrc() == header.ssrc);
    CHECK(extensions_of(*view) == expected);
    for (const auto& [id, value] : expected) CHECK(value_of(*view, static_cast<std::uint8_t>(id)) == value);
    CHECK(Bytes(view->payload().begin(), view->payload().end()) == payload);
    CHECK(view->padding_size() == padding);
  }
}

}  // namespace
}  // namespace sfu::rtp

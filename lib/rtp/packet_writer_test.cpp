// SPDX-License-Identifier: Apache-2.0
#include "rtp/packet_writer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "rtp/packet_view.hpp"
#include "rtp/rtx.hpp"

namespace sfu::rtp {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr Header kHeader{
    .marker = true, .payload_type = 96, .sequence_number = 0x1234, .timestamp = 1, .ssrc = 0xcafebabe};

Bytes written_by(const PacketWriter& writer) {
  return {writer.packet().begin(), writer.packet().end()};
}

TEST_CASE("small extensions take the one-byte form and are padded to a word") {
  std::uint8_t slot[64];
  PacketWriter writer(slot, kHeader);
  writer.extension(1, Bytes{0xa1});
  writer.extension(0, Bytes{0xff});  // not negotiated: left out
  writer.extension(3, Bytes{0xb1, 0xb2});
  writer.payload(Bytes{9});
  CHECK(written_by(writer) == Bytes{0x90, 0xe0, 0x12, 0x34, 0,    0,    0,    1,    0xca, 0xfe, 0xba, 0xbe, 0xbe,
                                    0xde, 0,    2,    0x10, 0xa1, 0x31, 0xb1, 0xb2, 0,    0,    0,    9});
}

TEST_CASE("an id above 14, an empty value or a long one turns the block into the two-byte form") {
  const Bytes long_value(17, 0xee);
  for (const auto& [id, value] : {std::pair<std::uint8_t, Bytes>{16, {0xc1}}, {5, {}}, {5, long_value}}) {
    std::uint8_t slot[64];
    PacketWriter writer(slot, kHeader);
    writer.extension(1, Bytes{0xa1});
    writer.extension(3, Bytes{0xb1, 0xb2});
    writer.extension(id, value);
    writer.extension(4, Bytes{0xd1});
    REQUIRE(writer.ok());
    const auto view = PacketView::parse(writer.packet());
    REQUIRE(view);
    CHECK(slot[12] == 0x10);
    CHECK(view->extension(1)[0] == 0xa1);
    CHECK(view->extension(3)[1] == 0xb2);
    CHECK(view->extension(id).size() == value.size());
    CHECK(view->has_extension(id));
    CHECK(view->extension(4)[0] == 0xd1);
  }
}

TEST_CASE("a payload can be written in pieces, in place, and padded") {
  std::uint8_t slot[64];
  PacketWriter writer(slot, kHeader);
  writer.payload(Bytes{1});
  const ByteSpan space = writer.payload_space();
  REQUIRE(space.size() == 64 - 13);
  space[0] = 2;
  writer.commit_payload(1);
  writer.padding(2);
  CHECK(written_by(writer) == Bytes{0xa0, 0xe0, 0x12, 0x34, 0, 0, 0, 1, 0xca, 0xfe, 0xba, 0xbe, 1, 2, 0, 2});
}

TEST_CASE("what does not fit fails the packet and stays inside the slot") {
  std::uint8_t memory[40];
  std::fill(std::begin(memory), std::end(memory), 0xdd);
  const ByteSpan slot(memory, 20);
  SUBCASE("a header") {
    CHECK_FALSE(PacketWriter(ByteSpan(memory, 11), kHeader).ok());
  }
  SUBCASE("an extension") {
    PacketWriter writer(slot, kHeader);
    writer.extension(1, Bytes(4, 1));
    CHECK_FALSE(writer.ok());
  }
  SUBCASE("the conversion to the two-byte form") {
    PacketWriter writer(slot, kHeader);
    writer.extension(1, Bytes{1});
    writer.extension(20, Bytes{});
    CHECK_FALSE(writer.ok());
  }
  SUBCASE("a payload") {
    PacketWriter writer(slot, kHeader);
    writer.payload(Bytes(9, 1));
    CHECK_FALSE(writer.ok());
    writer.payload(Bytes(1, 1));
    CHECK(writer.size() == 0);
    CHECK(writer.payload_space().empty());
  }
  SUBCASE("padding") {
    PacketWriter writer(slot, kHeader);
    writer.padding(9);
    CHECK_FALSE(writer.ok());
  }
  CHECK(std::all_of(memory + 20, memory + 40, [](std::uint8_t b) { return b == 0xdd; }));
}

TEST_CASE("an RTX packet carries the original sequence number and turns back into the media packet (RFC 4588 4)") {
  std::uint8_t slot[64];
  PacketWriter writer(slot, kHeader);
  writer.extension(1, Bytes{0xa1});
  writer.payload(Bytes{1, 2, 3});
  const Bytes media = written_by(writer);

  std::uint8_t rtx_slot[64];
  const std::size_t size = encapsulate_rtx(*PacketView::parse(media), 97, 0x11223344, 0xfffe, rtx_slot);
  REQUIRE(size == media.size() + 2);
  const ByteSpan rtx(rtx_slot, size);
  const auto view = PacketView::parse(rtx);
  REQUIRE(view);
  CHECK(view->payload_type() == 97);
  CHECK(view->ssrc() == 0x11223344);
  CHECK(view->sequence_number() == 0xfffe);
  CHECK(view->timestamp() == 1);
  CHECK(view->marker());
  CHECK(load_be16(view->payload().data()) == 0x1234);

  const auto restored = restore_from_rtx(rtx, *view, 96, 0xcafebabe);
  REQUIRE(restored);
  CHECK(Bytes(restored->begin(), restored->end()) == media);
}

TEST_CASE("RTX that is written payload by payload is the same") {
  const Bytes payload = {1, 2, 3};
  std::uint8_t slot[64];
  Header header = kHeader;
  header.payload_type = 97;
  PacketWriter writer(slot, header);
  write_rtx_payload(writer, 0x4321, payload);
  const auto view = PacketView::parse(writer.packet());
  const auto restored = restore_from_rtx(writer.packet(), *view, 96, 7);
  REQUIRE(restored);
  const auto media = PacketView::parse(*restored);
  CHECK(media->sequence_number() == 0x4321);
  CHECK(media->ssrc() == 7);
  CHECK(media->payload().size() == 3);
}

TEST_CASE("RTX of padding only restores nothing, and padding behind a payload goes") {
  std::uint8_t slot[64];
  PacketWriter probe(slot, kHeader);
  probe.padding(20);
  CHECK_FALSE(restore_from_rtx(probe.packet(), *PacketView::parse(probe.packet()), 96, 7));

  PacketWriter padded(slot, kHeader);
  write_rtx_payload(padded, 5, Bytes{8, 9});
  padded.padding(4);
  const auto restored = restore_from_rtx(padded.packet(), *PacketView::parse(padded.packet()), 96, 7);
  REQUIRE(restored);
  const auto media = PacketView::parse(*restored);
  REQUIRE(media);
  CHECK(media->padding_size() == 0);
  CHECK(media->payload().size() == 2);
}

TEST_CASE("an RTX packet that would not fit is not written") {
  std::uint8_t slot[64];
  PacketWriter writer(slot, kHeader);
  writer.payload(Bytes{1, 2, 3});
  std::uint8_t small[16];
  CHECK(encapsulate_rtx(*PacketView::parse(writer.packet()), 97, 1, 1, small) == 0);
}

}  // namespace
}  // namespace sfu::rtp

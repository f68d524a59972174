// SPDX-License-Identifier: Apache-2.0
#include "media/packet_builder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string_view>

#include "rtp/packet_view.hpp"

using namespace sfu;
using namespace sfu::media;

namespace {

constexpr std::uint8_t kMid = 1;
constexpr std::uint8_t kRid = 2;
constexpr std::uint8_t kRepairedRid = 3;

struct Fixture {
  rtp::ExtensionMap extensions;
  std::array<std::uint8_t, 200> slot{};
  const std::array<std::uint8_t, 3> payload = {1, 2, 3};

  Fixture() {
    extensions.set(kMid, rtp::Extension::kMid);
    extensions.set(kRid, rtp::Extension::kRid);
    extensions.set(kRepairedRid, rtp::Extension::kRepairedRid);
  }
  rtp::PacketView build(const PacketBuilder& builder, const PacketBuilder::Rtx* rtx = nullptr) {
    IncomingPacket packet;
    packet.payload = payload;
    const std::size_t size = builder.build(slot, packet, {.from = 96, .to = 100}, {}, builder.stamp(Instant{}, 0), rtx);
    const auto view = rtp::PacketView::parse(ByteView(slot).first(size));
    REQUIRE(view);
    return *view;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "RFC 8852: an encoding says its mid and rid until it is known; its repeats always say theirs") {
  PacketBuilder builder(7, extensions, "0", "h");
  const PacketBuilder::Rtx rtx{.payload_type = 101, .ssrc = 8, .sequence_number = 5};
  rtp::PacketView packet = build(builder);
  CHECK(as_text(packet.extension(kMid)) == "0");
  CHECK(as_text(packet.extension(kRid)) == "h");
  CHECK(packet.extension(kRepairedRid).empty());
  packet = build(builder, &rtx);
  CHECK(packet.ssrc() == 8);
  CHECK(as_text(packet.extension(kRepairedRid)) == "h");
  CHECK(packet.extension(kRid).empty());

  builder.acknowledged();
  packet = build(builder);
  CHECK(packet.extension(kMid).empty());
  CHECK(packet.extension(kRid).empty());
  packet = build(builder, &rtx);
  CHECK(as_text(packet.extension(kMid)) == "0");
  CHECK(as_text(packet.extension(kRepairedRid)) == "h");
}

TEST_CASE_FIXTURE(Fixture, "a stream without rid says its mid alone") {
  const PacketBuilder builder(7, extensions, "0");
  const rtp::PacketView packet = build(builder);
  CHECK(as_text(packet.extension(kMid)) == "0");
  CHECK(packet.extension(kRid).empty());
}

// SPDX-License-Identifier: Apache-2.0
#include "media/ssrc_router.hpp"

#include <doctest/doctest.h>

#include "media/testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kMidId = 1, kRidId = 2, kRepairedId = 3;

struct Routing {
  Routing() : audio(audio_config(), sink, world.random), video(video_config(), sink, world.random) {
    rtp::ExtensionMap extensions;
    extensions.set(kMidId, rtp::Extension::kMid);
    extensions.set(kRidId, rtp::Extension::kRid);
    extensions.set(kRepairedId, rtp::Extension::kRepairedRid);
    router.set_extensions(extensions);
    router.add_section("0", audio);
    router.add_section("1", video, {"q", "h", "f"});
  }
  const SsrcRouter::Route* packet(rtp::Ssrc ssrc, std::string_view mid = {}, std::string_view rid = {},
                                  std::string_view repaired = {}, std::uint8_t payload_type = kVp8,
                                  bool padding = false) {
    Bytes bytes(200);
    rtp::PacketWriter writer(bytes, {.payload_type = repaired.empty() ? payload_type : kVp8Rtx, .ssrc = ssrc});
    if (!mid.empty()) writer.extension(kMidId, as_bytes(mid));
    if (!rid.empty()) writer.extension(kRidId, as_bytes(rid));
    if (!repaired.empty()) writer.extension(kRepairedId, as_bytes(repaired));
    if (padding) {
      writer.padding(100);
    } else {
      writer.payload(Bytes{1, 2, 3});
    }
    bytes.resize(writer.size());
    return router.resolve(world.now(), *rtp::PacketView::parse(bytes));
  }

  World world;
  RecordingSink sink;
  PublishedTrack audio;
  PublishedTrack video;
  SsrcRouter router;
};

}  // namespace

TEST_CASE("[M-028] three layers and their RTX are learned from mid, rid and repaired rid") {
  Routing routing;
  CHECK(routing.packet(30, "1") == nullptr);  // which rid, it does not tell yet
  const char* rids[] = {"q", "h", "f"};
  for (std::uint8_t layer = 0; layer < 3; ++layer) {
    const auto ssrc = static_cast<rtp::Ssrc>(30 + layer);
    REQUIRE(routing.packet(ssrc, "1", rids[layer]) != nullptr);
    const auto* known = routing.packet(ssrc);  // from now on without extensions
    REQUIRE(known != nullptr);
    CHECK(known->track == &routing.video);
    CHECK(known->layer == layer);
    CHECK_FALSE(known->rtx);
    const auto* rtx = routing.packet(ssrc + 100, "1", {}, rids[layer]);
    REQUIRE(rtx != nullptr);
    CHECK(rtx->rtx);
    CHECK(rtx->media == ssrc);
    CHECK(rtx->layer == layer);
  }
  const auto* audio = routing.packet(40, "0", {}, {}, kOpus);
  REQUIRE(audio != nullptr);
  CHECK(audio->track == &routing.audio);
  routing.router.remove(routing.video);
  CHECK(routing.packet(31) == nullptr);
  CHECK(routing.packet(40) != nullptr);
}

TEST_CASE("[M-028] SSRCs that the description tells need no extensions; FID pairs RTX with its media") {
  Routing routing;
  routing.router.bind(50, routing.video, 0);
  routing.router.bind_rtx(51, 50);
  REQUIRE(routing.packet(50) != nullptr);
  REQUIRE(routing.packet(51) != nullptr);
  CHECK(routing.packet(51)->rtx);
  CHECK(routing.packet(51)->media == 50);
}

TEST_CASE("without rids the payload type tells RTX from media, so that it does not take the media's place") {
  Routing routing;
  routing.router.add_section("2", routing.video);
  CHECK(routing.packet(70, "2", {}, {}, kVp8Rtx) == nullptr);  // of what, is not known yet
  REQUIRE(routing.packet(71, "2") != nullptr);
  const auto* rtx = routing.packet(70, "2", {}, {}, kVp8Rtx);
  REQUIRE(rtx != nullptr);
  CHECK(rtx->rtx);
  CHECK(rtx->media == 71);
  CHECK(routing.packet(71) != nullptr);
  CHECK(routing.packet(72, "2", {}, {}, 33) == nullptr);  // a payload type that was not negotiated
}

TEST_CASE("[M-028] repeats that come before their media, as padding or more, are known once it is") {
  for (const bool padding : {true, false}) {
    CAPTURE(padding);
    Routing routing;
    for (int i = 0; i < 40; ++i) CHECK(routing.packet(131, "1", {}, "h", kVp8Rtx, padding) == nullptr);
    REQUIRE(routing.packet(31, "1", "h") != nullptr);
    const auto* rtx = routing.packet(131, "1", {}, "h");
    REQUIRE(rtx != nullptr);
    CHECK(rtx->rtx);
    CHECK(rtx->media == 31);
  }
}

TEST_CASE("[M-099] padding does not count among the ten packets in which an SSRC must say whose it is") {
  Routing routing;
  routing.packet(31, "1", "h");
  for (int i = 0; i < 40; ++i) CHECK(routing.packet(131, {}, {}, "h", kVp8Rtx, true) == nullptr);
  CHECK(routing.packet(131, "1", {}, "h") != nullptr);
}

TEST_CASE("[M-099] SSRCs of a SIM group are layers in their order; a stranger is dropped after ten packets for 30 s") {
  Routing routing;
  for (std::uint8_t layer = 0; layer < 3; ++layer) routing.router.bind(60u + layer, routing.video, layer);
  for (std::uint8_t layer = 0; layer < 3; ++layer) CHECK(routing.packet(60u + layer)->layer == layer);

  for (int i = 0; i < 10; ++i) CHECK(routing.packet(99) == nullptr);
  CHECK(routing.packet(99, "0", {}, {}, kOpus) == nullptr);  // too late
  routing.world.clock.advance(29s);
  CHECK(routing.packet(99, "0", {}, {}, kOpus) == nullptr);
  routing.world.clock.advance(31s);
  CHECK(routing.packet(99, "0", {}, {}, kOpus) != nullptr);
}

TEST_CASE("strangers without end take no more room, and cannot push out what is known") {
  Routing routing;
  routing.packet(40, "0", {}, {}, kOpus);
  for (rtp::Ssrc ssrc = 1000; ssrc < 5000; ++ssrc) routing.packet(ssrc);
  CHECK(routing.router.size() == 1);
  CHECK(routing.packet(40) != nullptr);
  for (rtp::Ssrc ssrc = 5000; ssrc < 9000; ++ssrc) routing.router.bind(ssrc, routing.audio, 0);
  CHECK(routing.router.size() <= 256);
}

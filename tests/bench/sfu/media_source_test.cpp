// SPDX-License-Identifier: Apache-2.0
#include "media_source.hpp"

#include <doctest/doctest.h>

#include <map>

#include "codec/codec.hpp"
#include "codec/dependency_descriptor.hpp"
#include "media_tag.hpp"
#include "payload/payload.hpp"
#include "rtp/packet_view.hpp"

using namespace sfu;
using namespace sfu::load;
using namespace std::chrono_literals;
using rtp::Codec;

namespace {

// What a source gave, by layer.
struct Heard {
  std::vector<sim::Packet> packets;
  std::size_t bytes = 0;
};

std::map<std::size_t, Heard> run(MediaSource& source, ManualClock& clock, Duration time) {
  std::map<std::size_t, Heard> heard;
  source.start(clock.now());
  for (const Instant end = clock.now() + time; clock.now() < end; clock.advance(1ms)) {
    source.advance(clock.now(), clock, [&](std::size_t layer, sim::Packet& packet) {
      heard[layer].bytes += packet.size();
      heard[layer].packets.push_back(packet);
    });
  }
  return heard;
}

rtp::PacketView view(const sim::Packet& packet) {
  auto parsed = rtp::PacketView::parse(packet);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE(
    "a camera's packets are of their codec, begin with a key frame, and have consecutive numbers and a time each") {
  for (const Codec codec : {Codec::kVp8, Codec::kH264, Codec::kAv1}) {
    CAPTURE(rtp::encoding_name(codec));
    SeededRandom random(3);
    ManualClock clock;
    const auto camera = make_camera(codec, Bitrate{1'900'000}, false, random);
    CHECK(camera->announcement().codec == codec);
    const auto heard = run(*camera, clock, 2s);
    REQUIRE(heard.size() == 1);
    const Heard& all = heard.at(0);
    CHECK(static_cast<double>(all.bytes) * 8 / 2 == doctest::Approx(1.9e6).epsilon(0.15));

    std::size_t tagged = 0;
    std::size_t frames = 0;
    for (std::size_t i = 0; i < all.packets.size(); ++i) {
      const rtp::PacketView packet = view(all.packets[i]);
      CHECK(packet.bytes().size() <= 1200);
      const codec::PayloadInfo info =
          codec::inspect(codec, packet.payload(), packet.extension(kDependencyDescriptorId));
      CHECK(info.valid);
      if (i == 0) {
        CHECK(info.is_keyframe);
        CHECK(info.width == 1280);
        CHECK(info.height == 720);
      } else {
        const rtp::PacketView before = view(all.packets[i - 1]);
        CHECK(packet.sequence_number() == static_cast<std::uint16_t>(before.sequence_number() + 1));
        if (before.marker()) CHECK_FALSE(info.is_keyframe);
      }
      frames += packet.marker();
      const auto tag = sim::MediaTag::read(packet.payload());
      if (tag && tag->sent <= clock.now() && clock.now() - tag->sent <= 2s) ++tagged;
    }
    CHECK(frames >= 59);
    CHECK(tagged * 100 >= all.packets.size() * 98);  // but for what is too small to have one
  }
}

TEST_CASE("what a camera sends can be put together to frames again") {
  for (const Codec codec : {Codec::kVp8, Codec::kH264, Codec::kAv1}) {
    CAPTURE(rtp::encoding_name(codec));
    SeededRandom random(4);
    ManualClock clock;
    const auto camera = make_camera(codec, Bitrate{1'000'000}, false, random);
    const auto heard = run(*camera, clock, 500ms);
    const auto depacketizer = payload::make_depacketizer(codec);
    std::vector<std::uint8_t> frame;
    std::size_t frames = 0;
    depacketizer->start();
    for (const sim::Packet& packet : heard.at(0).packets) {
      REQUIRE(depacketizer->add(view(packet).payload(), frame));
      if (!view(packet).marker()) continue;
      REQUIRE(depacketizer->finish(frame));
      CHECK(payload::is_keyframe(codec, frame) == (frames == 0));
      ++frames;
      frame.clear();
      depacketizer->start();
    }
    CHECK(frames >= 14);
  }
}

TEST_CASE("AV1 has a dependency descriptor in each packet, by which every frame needs the one before") {
  SeededRandom random(8);
  ManualClock clock;
  const auto camera = make_camera(Codec::kAv1, Bitrate{1'000'000}, false, random);
  CHECK(camera->announcement().extensions.id(rtp::Extension::kDependencyDescriptor) == kDependencyDescriptorId);
  const auto heard = run(*camera, clock, 500ms);
  codec::DependencyDescriptorReader reader;
  bool first = true;
  std::uint16_t frame_number = 0;
  for (const sim::Packet& packet : heard.at(0).packets) {
    const auto descriptor = reader.read(view(packet).extension(kDependencyDescriptorId));
    REQUIRE(descriptor);
    CHECK(descriptor->header.first_in_frame == first);
    CHECK(descriptor->header.last_in_frame == view(packet).marker());
    if (first) ++frame_number;
    CHECK(descriptor->header.frame_number == frame_number);
    CHECK(descriptor->frame.frame_diff_count == (frame_number == 1 ? 0 : 1));
    CHECK(descriptor->width == 1280);
    first = view(packet).marker();
  }
  CHECK(frame_number >= 14);
}

TEST_CASE("a key frame comes when one is wanted, in that layer alone; lower layers are smaller") {
  SeededRandom random(5);
  ManualClock clock;
  const auto camera = make_camera(Codec::kVp8, Bitrate{1'900'000}, true, random);
  const auto announced = camera->announcement();
  REQUIRE(announced.layers.size() == 3);
  CHECK(announced.layers[0].rid == "q");
  CHECK(announced.layers[0].width == 320);
  CHECK(announced.layers[2].bitrate == 1'900'000);
  const auto first = run(*camera, clock, 1s);
  REQUIRE(first.size() == 3);
  CHECK(first.at(0).bytes < first.at(1).bytes);
  CHECK(first.at(1).bytes < first.at(2).bytes);
  camera->want_keyframe(1);
  for (const auto& [layer, heard] : run(*camera, clock, 100ms)) {
    CAPTURE(layer);
    CHECK(codec::inspect(Codec::kVp8, view(heard.packets.front()).payload()).is_keyframe == (layer == 1));
  }
}

TEST_CASE("a microphone sends fifty packets a second of its bitrate") {
  SeededRandom random(6);
  ManualClock clock;
  const auto microphone = make_microphone(Bitrate{32'000}, random);
  CHECK(microphone->announcement().source == livekit::MICROPHONE);
  const auto heard = run(*microphone, clock, 2s);
  CHECK(heard.at(0).packets.size() >= 99);
  CHECK(heard.at(0).packets.size() <= 100);
  CHECK(view(heard.at(0).packets.front()).payload().size() == 80);
}

TEST_CASE("a source that was held up goes on from now, and one that is stopped is silent") {
  SeededRandom random(7);
  ManualClock clock;
  const auto microphone = make_microphone(Bitrate{32'000}, random);
  (void)run(*microphone, clock, 100ms);
  clock.advance(10s);
  std::size_t packets = 0;
  microphone->advance(clock.now(), clock, [&](std::size_t, sim::Packet&) { ++packets; });
  CHECK(packets == 1);
  microphone->stop();
  CHECK(microphone->deadline() == kNever);
}

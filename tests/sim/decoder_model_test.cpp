// SPDX-License-Identifier: Apache-2.0
// What stands in for people: the encoders, and the models of decoders.
#include "decoder_model.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "codec/codec.hpp"
#include "rtp/packet_view.hpp"
#include "synthetic_encoder.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

constexpr Instant kStart{1000s};

struct Parsed {
  MediaTag tag;
  codec::PayloadInfo info;
  bool marker;
  std::size_t size;
};

Parsed parse(Packet& packet, rtp::Codec codec) {
  const auto view = rtp::PacketView::parse(packet);
  REQUIRE(view);
  return {*MediaTag::read(view->payload()), codec::inspect(codec, view->payload()), view->marker(), packet.size()};
}

// A frame of one packet.
MediaTag frame(std::uint32_t number, std::uint8_t reference, std::uint8_t spatial = 0, bool needs_lower = false) {
  return {.frame = number, .count = 1, .spatial = spatial, .reference = reference, .needs_lower = needs_lower};
}

}  // namespace

TEST_CASE("a synthetic VP8 encoder keeps its bitrate, its hierarchy of layers and its key frames' size") {
  Vp8Encoder encoder({640, 360, Bitrate::kilobits(500)}, 1, 30, 3, 5);
  std::size_t bytes = 0;
  std::size_t by_layer[3] = {};
  for (std::uint32_t i = 0; i < 3000; ++i) {
    auto packets = encoder.encode(kStart + 33ms * i, i, i * 3000, i == 0);
    std::size_t frame_bytes = 0;
    for (std::size_t k = 0; k < packets.size(); ++k) {
      const Parsed packet = parse(packets[k], rtp::Codec::kVp8);
      REQUIRE(packet.info.valid);
      CHECK(packet.size <= 1200);
      CHECK(packet.info.starts_frame == (k == 0));
      CHECK(packet.info.is_keyframe == (i == 0 && k == 0));
      CHECK(packet.marker == (k + 1 == packets.size()));
      CHECK(packet.info.temporal_layer == packet.tag.temporal);
      CHECK(packet.tag.temporal == (i % 4 == 0 ? 0 : i % 4 == 2 ? 1 : 2));
      frame_bytes += packet.size;
      by_layer[packet.tag.temporal] += packet.size;
    }
    if (i == 0) CHECK(frame_bytes > 4 * 500'000 / 8 / 30);
    if (i == 0) CHECK(frame_bytes < 9 * 500'000 / 8 / 30);
    bytes += frame_bytes;
  }
  CHECK(static_cast<double>(bytes) * 8 / 100 == doctest::Approx(500'000).epsilon(0.03));
  CHECK(static_cast<double>(by_layer[0]) / static_cast<double>(bytes) == doctest::Approx(0.5).epsilon(0.05));
  CHECK(static_cast<double>(by_layer[1]) / static_cast<double>(bytes) == doctest::Approx(0.2).epsilon(0.05));
}

TEST_CASE("a synthetic VP9 encoder of three spatial layers says in its descriptors what its tags say") {
  Vp9SvcEncoder encoder(
      {{320, 180, Bitrate::kilobits(150)}, {640, 360, Bitrate::kilobits(500)}, {1280, 720, Bitrate::kilobits(1700)}},
      30, 3, 5);
  for (std::uint32_t i = 0; i < 20; ++i) {
    auto packets = encoder.encode(kStart, i, i * 3000, i == 0 || i == 10);
    std::uint8_t highest = 0;
    for (std::size_t k = 0; k < packets.size(); ++k) {
      const Parsed packet = parse(packets[k], rtp::Codec::kVp9);
      REQUIRE(packet.info.valid);
      CHECK(packet.info.spatial_layer == packet.tag.spatial);
      CHECK(packet.info.temporal_layer == packet.tag.temporal);
      CHECK(packet.info.starts_frame == (packet.tag.index == 0));
      CHECK(packet.info.ends_frame == (packet.tag.index + 1 == packet.tag.count));
      CHECK(packet.info.is_keyframe == (packet.tag.is_keyframe() && packet.tag.index == 0));
      CHECK(packet.tag.is_keyframe() == (i % 10 == 0 && packet.tag.spatial == 0));
      CHECK(packet.marker == (k + 1 == packets.size()));
      highest = std::max(highest, packet.tag.spatial);
    }
    CHECK(highest == 2);
  }
}

TEST_CASE("a frame is shown once all that it refers to was decoded, and those that waited for a late one follow it") {
  VideoDecoderModel model(kStart);
  model.receive(kStart, frame(1, 1), true);  // no key frame yet
  CHECK(model.shown() == 0);
  model.receive(kStart + 10ms, frame(4, 0), true);
  CHECK(model.shown() == 1);
  model.receive(kStart + 43ms, frame(6, 1), true);  // its reference is missing
  CHECK(model.shown() == 1);
  model.receive(kStart + 76ms, frame(5, 1), true);
  CHECK(model.shown() == 3);
  model.receive(kStart + 80ms, frame(5, 1), true);  // again
  CHECK(model.shown() == 3);
}

TEST_CASE("a frame of several packets is decoded when the last of them has come") {
  VideoDecoderModel model(kStart);
  MediaTag tag = frame(1, 0);
  tag.count = 2;
  tag.index = 1;
  model.receive(kStart, tag, true);
  CHECK(model.shown() == 0);
  tag.index = 0;
  model.receive(kStart + 5ms, tag, false);
  CHECK(model.first_shown() == kStart + 5ms);
}

TEST_CASE("a picture of several spatial layers is shown by its last layer, which needs those below in key pictures") {
  VideoDecoderModel model(kStart);
  model.receive(kStart, frame(1, 0, 0), false);
  model.receive(kStart, frame(1, 0, 2, true), true);  // the middle one is missing
  CHECK(model.shown() == 0);
  model.receive(kStart + 1ms, frame(1, 0, 1, true), false);
  CHECK(model.shown() == 1);
  CHECK(model.last_shown()->spatial == 2);
  model.receive(kStart + 2ms, frame(2, 1, 2), true);  // refers to its own layer alone
  CHECK(model.shown() == 2);
}

TEST_CASE("a gap of three frames and of 150 ms more than usual is a freeze, unless nothing was to be expected") {
  VideoDecoderModel model(kStart);
  Instant now = kStart;
  std::uint32_t number = 0;
  const auto show = [&](Duration after) {
    now += after;
    ++number;
    model.receive(now, frame(number, number == 1 ? 0 : 1), true);
  };
  for (int i = 0; i < 60; ++i) show(33ms);
  show(180ms);
  CHECK(model.freezes() == 0);
  show(200ms);
  CHECK(model.freezes() == 1);
  CHECK(model.longest_gap() == 200ms);
  for (int i = 0; i < 60; ++i) show(33ms);
  model.interrupt();
  show(2s);
  CHECK(model.freezes() == 1);
  CHECK(model.frozen() == 200ms);
}

TEST_CASE("a key frame is asked for while the first is awaited, and after three seconds without a frame") {
  VideoDecoderModel model(kStart);
  CHECK_FALSE(model.wants_keyframe(kStart + 1s));  // nothing comes at all
  model.receive(kStart + 1s, frame(7, 1), true);
  CHECK(model.wants_keyframe(kStart + 1s));
  CHECK_FALSE(model.wants_keyframe(kStart + 1100ms));
  CHECK(model.wants_keyframe(kStart + 1200ms));
  model.receive(kStart + 1300ms, frame(8, 0), true);
  for (int i = 1; i <= 30; ++i)
    model.receive(kStart + 1300ms + 100ms * i, frame(8 + 2U * static_cast<unsigned>(i), 1), true);
  CHECK_FALSE(model.wants_keyframe(kStart + 4200ms));
  CHECK(model.wants_keyframe(kStart + 4300ms));
}

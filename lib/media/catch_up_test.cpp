// SPDX-License-Identifier: Apache-2.0
// How somebody who comes late begins: with the newest key frame, where that is at hand.
#include <doctest/doctest.h>

#include "codec/codec.hpp"
#include "media/published_track.hpp"
#include "media/testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// A camera of 50 frames a second that heeds requests for key frames.
struct Camera {
  Camera() : track(video_config(), publisher, world.random), source(0, random) { frame(true); }

  void frame(bool key) {
    for (const auto& packet : source.frame(world.now(), key, 2)) world.receive(track, 0, packet);
    world.advance(track, 20ms);
  }
  void run(Duration time) {
    for (const Instant end = world.now() + time; world.now() < end;) {
      const bool key = publisher.sent<rtcp::Pli>() > 0;
      publisher.clear();
      frame(key);
    }
  }
  ForwarderId add(const ForwarderConfig& config) {
    Output output = world.out();
    return track.add_forwarder(world.now(), config, output);
  }

  World world;
  SeededRandom random{1};
  RecordingSink publisher;
  PublishedTrack track;
  Vp8Source source;
};

bool is_keyframe(const Bytes& packet) {
  return codec::inspect(rtp::Codec::kVp8, rtp::PacketView::parse(packet)->payload()).is_keyframe;
}

}  // namespace

TEST_CASE("[M-080] who comes while a key frame is at hand is sent it at once, with all that came since") {
  Camera camera;
  camera.run(2s);  // what is asked for when a stream begins is over
  camera.frame(true);
  camera.run(200ms);
  camera.publisher.clear();
  RecordingSink late;
  camera.add(forwarder_config(late));
  REQUIRE(late.rtp.size() == 2 * 11);
  CHECK(is_keyframe(late.rtp.front()));
  CHECK(camera.publisher.sent<rtcp::Pli>() == 0);
  camera.frame(false);
  REQUIRE(late.rtp.size() == 2 * 12);
  const auto first = rtp::PacketView::parse(late.rtp.front())->sequence_number();
  for (std::size_t i = 0; i < late.rtp.size(); ++i) {
    CHECK(rtp::PacketView::parse(late.rtp[i])->sequence_number() == static_cast<std::uint16_t>(first + i));
  }
}

TEST_CASE("[M-029] [M-080] who comes after packets of padding alone misses none of their numbers") {
  Camera camera;
  camera.run(2s);
  camera.frame(true);
  const auto pad = [&](int count, std::size_t put_off) {
    std::vector<Bytes> packets;
    for (int i = 0; i < count; ++i) {
      packets.push_back(rtp_packet({false, kVp8, camera.source.next_sequence(),
                                    camera.source.timestamp(camera.world.now()), camera.source.ssrc()},
                                   {}, 0, {}, 255));
      camera.source.skip_sequence(1);
    }
    std::rotate(packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(put_off), packets.end());
    for (const Bytes& packet : packets) camera.world.receive(camera.track, 0, packet);
  };
  pad(19, 0);
  camera.frame(false);
  pad(3, 1);  // one comes late
  camera.frame(false);
  RecordingSink late;
  camera.add(forwarder_config(late));
  REQUIRE(late.rtp.size() == 2 * 3);
  const auto first = rtp::PacketView::parse(late.rtp.front())->sequence_number();
  for (std::size_t i = 0; i < late.rtp.size(); ++i) {
    CHECK(rtp::PacketView::parse(late.rtp[i])->sequence_number() == static_cast<std::uint16_t>(first + i));
  }
}

TEST_CASE("[M-080] a key frame that is too long ago is not gone back to: another is asked for") {
  Camera camera;
  camera.run(2s);
  camera.frame(true);
  camera.run(600ms);
  camera.publisher.clear();
  RecordingSink late;
  camera.add(forwarder_config(late));
  CHECK(late.rtp.empty());
  CHECK(camera.publisher.sent<rtcp::Pli>() == 1);
}

TEST_CASE("[M-080] who may not be sent anything yet begins with the key frame once it may") {
  Camera camera;
  camera.run(2s);
  RecordingSink late;
  auto config = forwarder_config(late);
  config.paused = static_cast<std::uint8_t>(Pause::kNotConnected);
  const ForwarderId id = camera.add(config);
  camera.frame(true);
  camera.run(100ms);
  CHECK(late.rtp.empty());
  Output output = camera.world.out();
  camera.track.set_paused(camera.world.now(), id, Pause::kNotConnected, false, output);
  REQUIRE(late.rtp.size() == 2 * 6);
  CHECK(is_keyframe(late.rtp.front()));
}

TEST_CASE("who was shown something before a pause is not taken back to before it") {
  Camera camera;
  camera.run(2s);
  RecordingSink viewer;
  const ForwarderId id = camera.add(forwarder_config(viewer));
  camera.run(500ms);
  camera.frame(true);
  camera.run(60ms);
  const std::size_t seen = viewer.rtp.size();
  CHECK(seen > 0);
  for (const bool paused : {true, false}) {
    Output output = camera.world.out();
    camera.track.set_paused(camera.world.now(), id, Pause::kDisabled, paused, output);
  }
  CHECK(viewer.rtp.size() == seen);
}

TEST_CASE("[M-080] while a subscription is negotiated a key frame is asked for, once, and none where nothing comes") {
  Camera camera;
  camera.run(2s);
  camera.publisher.clear();
  const auto expect = [&](std::uint8_t layer) {
    Output output = camera.world.out();
    camera.track.expect_subscriber(camera.world.now(), layer, output);
    return camera.publisher.sent<rtcp::Pli>();
  };
  CHECK(expect(2) == 1);
  CHECK(expect(0) == 1);
  camera.run(100ms);  // it is sent
  CHECK(expect(2) == 0);
  camera.run(400ms);
  Output output = camera.world.out();
  camera.track.set_muted(camera.world.now(), true, output);
  CHECK(expect(2) == 0);

  World world;
  RecordingSink silent;
  PublishedTrack track(video_config(), silent, world.random);
  Output nothing = world.out();
  track.expect_subscriber(world.now(), 2, nothing);
  CHECK(silent.sent<rtcp::Pli>() == 0);
}

TEST_CASE(
    "[M-080] who was not ready for the beginning is sent it again, and only who asks twice gets another key frame") {
  Camera camera;
  camera.run(2s);
  camera.frame(true);
  camera.run(100ms);
  camera.publisher.clear();
  RecordingSink late;
  const ForwarderId id = camera.add(forwarder_config(late));
  const std::vector<Bytes> beginning = late.rtp;
  REQUIRE(beginning.size() == 2 * 6);
  late.clear();
  const auto ask = [&] {
    Output output = camera.world.out();
    camera.track.on_pli(camera.world.now(), id, output);
  };
  ask();
  CHECK(camera.publisher.sent<rtcp::Pli>() == 0);
  REQUIRE(late.rtp.size() == beginning.size());
  for (std::size_t i = 0; i < beginning.size(); ++i) {
    const auto original = *rtp::PacketView::parse(beginning[i]);
    const auto again = *rtp::PacketView::parse(late.rtp[i]);
    CHECK(again.ssrc() == 0x5001);
    CHECK(load_be16(again.payload().data()) == original.sequence_number());
    CHECK(again.timestamp() == original.timestamp());
  }
  ask();
  CHECK(late.rtp.size() == beginning.size());
  CHECK(camera.publisher.sent<rtcp::Pli>() == 1);
}

TEST_CASE("nobody begins with what was kept before the host filtered it") {
  Camera camera;
  camera.run(2s);
  camera.frame(true);
  camera.run(100ms);
  camera.publisher.clear();
  PacketFilters filters;
  camera.track.set_filters(&filters);
  RecordingSink late;
  camera.add(forwarder_config(late));
  CHECK(late.rtp.empty());
  CHECK(camera.publisher.sent<rtcp::Pli>() == 1);
}

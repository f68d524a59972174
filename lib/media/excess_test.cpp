// SPDX-License-Identifier: Apache-2.0
// Encodings of a simulcast above what a subscriber may have: how they end.
#include <doctest/doctest.h>

#include <set>

#include "media/testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// Three encodings of one clock, and one subscriber. Key frames come only when the test has them sent.
struct Simulcast {
  Simulcast() : track(video_config(), publisher, world.random) {
    for (std::uint8_t layer = 0; layer < 3; ++layer) sources.emplace_back(layer, world.random);
    Output output = world.out();
    id = track.add_forwarder(world.now(), forwarder_config(subscriber), output);
  }
  // `keyframes`, `sent`: bit per layer.
  void play(int frames, unsigned keyframes = 0, unsigned sent = 7) {
    for (int i = 0; i < frames; ++i) {
      for (Vp8Source& source : sources) {
        if ((sent >> source.layer() & 1) == 0) continue;
        track.on_sender_report(world.now(), source.layer(), to_ntp(world.clock.wall_now()),
                               source.timestamp(world.now()));
        const bool keyframe = i == 0 && (keyframes >> source.layer() & 1) != 0;
        for (const Bytes& packet : source.frame(world.now(), keyframe, 2)) world.receive(track, source.layer(), packet);
      }
      world.advance(track, 33ms);
    }
  }
  void show_top() {
    play(10, 0b111);
    play(10, 0b100);
    sent();
  }
  void set_max(std::uint8_t layer, bool deficient) {
    Output output = world.out();
    track.set_max_quality(world.now(), id, layer, 3, output, deficient);
  }
  // Layers of what was sent since the last call.
  std::set<int> sent() {
    std::set<int> layers;
    for (const Bytes& bytes : subscriber.rtp) {
      const auto payload = rtp::PacketView::parse(bytes)->payload();
      const auto vp8 = *codec::parse_vp8(payload);
      layers.insert(payload[vp8.size + (vp8.starts_frame() ? (vp8.is_keyframe ? 10u : 3u) : 0u) + 1]);
    }
    subscriber.clear();
    return layers;
  }
  bool asked_for(std::uint8_t layer) {
    bool found = false;
    publisher.for_each<rtcp::Pli>([&](const rtcp::Pli& pli) { found |= pli.media == sources[layer].ssrc(); });
    publisher.clear();
    return found;
  }

  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  PublishedTrack track;
  ForwarderId id;
  std::vector<Vp8Source> sources;
};

}  // namespace

TEST_CASE(
    "[M-052] without bandwidth for it the top layer stops at once, and a key frame of the lower one shows again") {
  Simulcast call;
  call.show_top();
  call.play(10);
  REQUIRE(call.sent() == std::set<int>{2});
  call.world.advance(call.track, 1s);
  call.publisher.clear();

  call.set_max(0, true);
  CHECK(call.asked_for(0));
  call.play(10);
  CHECK(call.sent() == std::set<int>{});
  call.play(10, 0b001);
  CHECK(call.sent() == std::set<int>{0});
}

TEST_CASE(
    "[M-052] a picture that stopped is not kept waiting by the throttle, but only until the sender heeds a request") {
  for (const bool deficient : {false, true}) {
    CAPTURE(deficient);
    Simulcast call;
    call.show_top();
    call.world.advance(call.track, 1s);
    call.publisher.clear();
    call.set_max(0, false);
    REQUIRE(call.asked_for(0));
    call.play(3);
    call.set_max(0, deficient);
    call.play(6);  // 300 ms after the request
    CHECK_FALSE(call.asked_for(0));
    call.play(2);
    CHECK(call.asked_for(0) == deficient);
  }
}

TEST_CASE("[M-052] a picture that stopped goes on with a key frame that came just before, as another asked for it") {
  for (const int frames_ago : {2, 6}) {
    CAPTURE(frames_ago);
    Simulcast call;
    call.show_top();
    call.play(30);
    call.play(frames_ago, 0b001);
    call.sent();
    call.publisher.clear();
    call.set_max(0, true);
    const bool recent = frames_ago == 2;
    CHECK(call.sent() == (recent ? std::set<int>{0} : std::set<int>{}));
    CHECK(call.asked_for(0) != recent);
    call.play(1);
    CHECK(call.sent() == (recent ? std::set<int>{0} : std::set<int>{}));
  }
}

TEST_CASE("[M-052] a lower wish shows the old layer until the key frame of the new one") {
  Simulcast call;
  call.show_top();
  call.set_max(0, false);
  call.play(10);
  CHECK(call.sent() == std::set<int>{2});
  call.play(10, 0b001);
  CHECK(call.sent() == std::set<int>{0});
}

TEST_CASE("[M-052] where the lower layer gives no key frame, what can be shown is") {
  Simulcast call;
  call.show_top();
  call.set_max(0, true);
  call.play(75);  // two and a half seconds
  CHECK(call.sent() == std::set<int>{});
  CHECK(call.asked_for(1));
  call.play(5, 0b010);
  CHECK(call.sent() == std::set<int>{1});
}

TEST_CASE("[M-053] what is above the limit is shown while there is nothing else, until a key frame at or below it") {
  Simulcast call;
  call.set_max(1, false);
  call.play(60, 0b100, 0b100);
  CHECK(call.sent() == std::set<int>{2});
  // The lower two begin without key frames: nothing changes yet.
  call.play(10, 0, 0b111);
  CHECK(call.sent() == std::set<int>{2});
  call.play(10, 0b001);
  CHECK(call.sent() == std::set<int>{0});
  call.play(10, 0b010);
  call.sent();
  call.play(10, 0b100);
  CHECK(call.sent() == std::set<int>{1});
}

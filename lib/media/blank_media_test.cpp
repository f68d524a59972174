// SPDX-License-Identifier: Apache-2.0
// What subscribers get when a publisher mutes, and when its picture ends.
#include "media/blank_media.hpp"

#include <doctest/doctest.h>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kPcmu = 0, kPcma = 8;

PublishedTrackConfig sound(const Bytes& trailer = {}) {
  auto config = audio_config();
  config.payloads.push_back({kPcmu, rtp::Codec::kPcmu, 8000, kNoPayloadType});
  config.payloads.push_back({kPcma, rtp::Codec::kPcma, 8000, kNoPayloadType});
  config.encrypted = !trailer.empty();
  config.blank_trailer = trailer;
  return config;
}
ForwarderConfig listener() {
  auto config = Studio::default_subscriber();
  config.payloads.push_back({kPcmu, kPcmu, kNoPayloadType, false});
  config.payloads.push_back({kPcma, kPcma, kNoPayloadType, false});
  return config;
}

struct Call : Studio {
  explicit Call(const PublishedTrackConfig& config = sound()) : Studio(config, listener()) {}
  // 20 ms of a codec.
  void speak(std::uint8_t payload_type, std::uint32_t ticks) {
    world.advance(track, 20ms);
    receive(rtp_packet({false, payload_type, ++number, timestamp += ticks, 0x1000}, Bytes{1, 2, 3}));
  }
  void mute(bool muted) {
    Output output = world.out();
    track.set_muted(world.now(), muted, output);
  }
  void check_line(std::uint32_t ticks) const {
    CHECK(is_gapless());
    for (std::size_t i = 1; i < subscriber.rtp.size(); ++i) {
      CHECK(sent(i).timestamp() - sent(i - 1).timestamp() == ticks);
    }
  }
  std::uint16_t number = 100;
  std::uint32_t timestamp = 5000;
};

}  // namespace

TEST_CASE("[M-064] after a mute of sound subscribers get a second of silence, 50 packets, each when it is due") {
  Call call;
  call.speak(kOpus, 960);
  call.mute(true);
  call.world.advance(call.track, 10ms);
  CHECK(call.subscriber.rtp.size() == 1);
  call.world.advance(call.track, 490ms);
  CHECK(call.subscriber.rtp.size() == 26);
  call.world.advance(call.track, 5s);
  REQUIRE(call.subscriber.rtp.size() == 51);
  call.check_line(960);
  for (std::size_t i = 1; i < 51; ++i) {
    CHECK(call.payload(i) == Bytes{0xf8, 0xff, 0xfe});
    CHECK(call.sent(i).payload_type() == kOutOpus);
  }
}

TEST_CASE("[M-064] silence is in the codec that was spoken: RED of one block, PCMU, PCMA") {
  struct Kind {
    std::uint8_t payload_type;
    std::uint32_t ticks;
    Bytes silence;
  };
  const Kind kinds[] = {
      {kRed, 960, {kOpus, 0xf8, 0xff, 0xfe}}, {kPcmu, 160, Bytes(160, 0xff)}, {kPcma, 160, Bytes(160, 0xd5)}};
  for (const Kind& kind : kinds) {
    CAPTURE(int{kind.payload_type});
    Call call;
    call.speak(kind.payload_type, kind.ticks);
    call.mute(true);
    call.world.advance(call.track, 2s);
    REQUIRE(call.subscriber.rtp.size() == 51);
    CHECK(call.payload(50) == kind.silence);
    call.check_line(kind.ticks);
  }
}

TEST_CASE("[M-064] silence ends with the mute, and what is spoken then follows without a break") {
  Call call;
  for (int i = 0; i < 3; ++i) call.speak(kOpus, 960);
  call.mute(true);
  call.world.advance(call.track, 100ms);
  call.mute(false);
  call.timestamp += 5 * 960;
  call.number = static_cast<std::uint16_t>(call.number + 5);  // some of it was on its way
  for (int i = 0; i < 3; ++i) call.speak(kOpus, 960);
  CHECK(call.subscriber.rtp.size() == 11);
  call.check_line(960);
  CHECK(call.payload(7) == Bytes{0xf8, 0xff, 0xfe});
  CHECK(call.payload(8) == Bytes{1, 2, 3});
}

TEST_CASE("[M-064] of encrypted tracks what is made here ends with the room's trailer") {
  const Bytes trailer = {'t', 'r', 'a', 'i', 'l'};
  Call call(sound(trailer));
  call.speak(kOpus, 960);
  call.mute(true);
  call.world.advance(call.track, 20ms);
  CHECK(call.payload(1) == Bytes{0xf8, 0xff, 0xfe, 't', 'r', 'a', 'i', 'l'});
}

TEST_CASE("[M-064] nobody gets silence who heard nothing, or wants to hear nothing") {
  Call call;
  call.mute(true);
  call.world.advance(call.track, 1s);
  CHECK(call.subscriber.rtp.empty());
  call.mute(false);
  call.speak(kOpus, 960);
  Output output = call.world.out();
  call.track.set_paused(call.world.now(), call.id, Pause::kDisabled, true, output);
  call.mute(true);
  call.world.advance(call.track, 1s);
  CHECK(call.subscriber.rtp.size() == 1);
}

TEST_CASE("[M-064] a picture that ends is followed by 0.2 s of black key frames of VP8, with numbers that go on") {
  const Bytes trailer = {'t', 'r', 'a', 'i', 'l'};
  for (const bool encrypted : {false, true}) {
    CAPTURE(encrypted);
    auto config = video_config();
    config.encrypted = encrypted;
    if (encrypted) config.blank_trailer = trailer;
    Studio call(config);
    Vp8Source source(0, call.world.random);
    for (int i = 0; i < 2; ++i) {
      for (const Bytes& packet : source.frame(call.world.now(), i == 0, 2)) call.receive(packet);
      call.world.clock.advance(33ms);
    }
    REQUIRE(call.subscriber.rtp.size() == 4);
    Output output = call.world.out();
    call.track.send_blank_frames(call.world.now(), call.id, output);
    call.track.remove_forwarder(call.id, output);
    REQUIRE(call.subscriber.rtp.size() == 10);
    CHECK(call.is_gapless());
    for (std::size_t i = 4; i < 10; ++i) {
      const auto frame = *codec::parse_vp8(call.payload(i));
      const auto before = *codec::parse_vp8(call.payload(i - 1));
      CHECK(call.sent(i).marker());
      CHECK(call.sent(i).payload_type() == kOutVp8);
      CHECK(call.sent(i).timestamp() - call.sent(i - 1).timestamp() == 3000);
      CHECK(frame.is_keyframe);
      CHECK(frame.width == 8);
      CHECK(frame.height == 8);
      CHECK(frame.picture_id == ((before.picture_id + 1) & 0x7fff));
      CHECK(frame.tl0_picture_index == static_cast<std::uint8_t>(before.tl0_picture_index + 1));
      const Bytes body = call.body(i);
      CHECK(std::equal(trailer.rbegin(), trailer.rend(), body.rbegin()) == encrypted);
    }
  }
}

TEST_CASE("[M-064] a picture of H264 that ends is followed by black key frames of 2x2 with their parameter sets") {
  Studio call;
  const Bytes idr = {0x67, 0x42, 0xc0, 0x1f};
  call.receive(rtp_packet({true, kH264, 10, 5000, 0x1000}, idr));
  Output output = call.world.out();
  call.track.send_blank_frames(call.world.now(), call.id, output);
  REQUIRE(call.subscriber.rtp.size() == 7);
  CHECK(call.is_gapless());
  for (std::size_t i = 1; i < 7; ++i) {
    const Bytes payload = call.payload(i);
    const auto info = codec::inspect(rtp::Codec::kH264, payload, {});
    CHECK(info.is_keyframe);
    CHECK(payload[0] == 24);
    CHECK(call.sent(i).timestamp() - call.sent(i - 1).timestamp() == 3000);
    CHECK(call.sent(i).payload_type() == kOutH264);
  }
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kId = 14;

struct Options {
  rtp::PlayoutDelay limits{100ms, 2s};
  bool negotiated = true;
  bool screenshare = false;
  rtp::Ssrc rtx_ssrc = 0x5001;
};

ForwarderConfig config_of(const Options& options) {
  auto config = Studio::default_subscriber();
  if (options.negotiated) config.extensions.set(kId, rtp::Extension::kPlayoutDelay);
  config.playout_delay = options.limits;
  config.screenshare = options.screenshare;
  config.rtx_ssrc = options.rtx_ssrc;
  return config;
}

// A publisher of video and a subscriber that reports each second.
struct Call : Studio {
  explicit Call(const Options& options = {}) : Studio(video_config(), config_of(options)) { frames(1, true); }

  void frames(int count, bool keyframe = false) {
    for (int i = 0; i < count; ++i) {
      for (const Bytes& packet : source.frame(world.now(), keyframe, 1)) receive(packet);
    }
  }
  // What the last packet tells.
  std::optional<rtp::PlayoutDelay> told() const {
    return rtp::PlayoutDelay::parse(sent(subscriber.rtp.size() - 1).extension(kId));
  }
  // All that was sent came, with so much jitter.
  void report(Duration jitter) { report(jitter, sent(subscriber.rtp.size() - 1).sequence_number()); }
  void report(Duration jitter, std::uint16_t highest) {
    rtcp::ReportBlock block;
    block.ssrc = 0x5000;
    block.highest_sequence = highest;
    block.jitter = static_cast<std::uint32_t>(to_ticks(jitter, 90000));
    track.on_receiver_report(world.now(), id, block);
  }
  // A second with ten frames, and the report of it.
  void second(Duration jitter) {
    world.clock.advance(1s);
    frames(10);
    report(jitter);
    frames(1);
  }

  Vp8Source source{0, world.random};
};

}  // namespace

TEST_CASE("[M-044] a room's playout delay is told in units of 10 ms, where the extension is negotiated") {
  for (const bool negotiated : {true, false}) {
    CAPTURE(negotiated);
    Call call({.limits = {120ms, 2s}, .negotiated = negotiated});
    REQUIRE(call.told().has_value() == negotiated);
    if (!negotiated) continue;
    const auto bytes = call.sent(0).extension(kId);
    CHECK(load_be24(bytes.data()) == (12U << 12 | 200U));
  }
}

TEST_CASE("[M-044] without a greatest delay it is 10 s") {
  Call call({.limits = {100ms, Duration()}});
  CHECK(call.told()->max == 10s);
}

TEST_CASE(
    "[M-044] it is told until a report says that the packet which told it first came, and again once it changes") {
  Call call;
  const std::uint16_t first = call.sent(0).sequence_number();
  call.frames(3);
  CHECK(call.told());
  call.report(10ms, static_cast<std::uint16_t>(first - 1));
  call.frames(1);
  CHECK(call.told());
  call.report(10ms, first);
  call.frames(5);
  CHECK_FALSE(call.told());
  call.second(15ms);
  CHECK(call.told()->min == 150ms);
  call.second(15ms);
  CHECK_FALSE(call.told());
}

TEST_CASE("[M-044] the least is ten times the jitter, 80 ms a second nearer each time, within the room's limits") {
  Call call({.limits = {100ms, 500ms}});
  std::vector<Duration> told;
  for (int i = 0; i < 6; ++i) {
    call.second(80ms);
    if (call.told()) told.push_back(call.told()->min);
  }
  CHECK(told == std::vector<Duration>{180ms, 260ms, 340ms, 420ms, 500ms});
  told.clear();
  for (int i = 0; i < 6; ++i) {
    call.second(1ms);
    if (call.told()) told.push_back(call.told()->min);
  }
  CHECK(told == std::vector<Duration>{420ms, 340ms, 260ms, 180ms, 100ms});
  // Reports that come more often do not hurry it.
  for (int i = 0; i < 4; ++i) {
    call.world.clock.advance(250ms);
    call.report(80ms);
  }
  call.frames(1);
  CHECK(call.told()->min == 180ms);
}

TEST_CASE("[M-044] a shared screen does not wait for jitter, but for packets of which most are asked for again") {
  Call call({.limits = {100ms, 2s}, .screenshare = true});
  call.second(200ms);
  call.second(200ms);
  CHECK_FALSE(call.told());
  // Of ten packets a second 17 requests: 2 ms for each per cent above 60 makes some 200 ms.
  call.world.clock.advance(1s);
  call.frames(10);
  std::vector<std::uint16_t> numbers(17, call.sent(call.subscriber.rtp.size() - 1).sequence_number());
  call.nack(numbers);
  call.report(200ms);
  call.frames(1);
  REQUIRE(call.told());
  CHECK(call.told()->min >= 170ms);
  CHECK(call.told()->min <= 180ms);
}

TEST_CASE("[M-044] it is never told on the stream of repeats") {
  Call call;
  call.frames(5);
  call.nack({call.sent(2).sequence_number()});
  const auto repeat = call.sent(call.subscriber.rtp.size() - 1);
  REQUIRE(repeat.ssrc() == 0x5001);
  CHECK_FALSE(repeat.has_extension(kId));
}

TEST_CASE("[M-044] a repeat under its own number tells what it told, or nothing if it told nothing") {
  Call call({.rtx_ssrc = 0});
  call.frames(2);
  const Bytes telling = call.subscriber.rtp.back();
  call.report(10ms);
  call.frames(1);
  const Bytes silent = call.subscriber.rtp.back();
  call.world.clock.advance(1s);
  call.report(80ms);
  for (const Bytes& packet : {telling, silent}) {
    call.nack({rtp::PacketView::parse(packet)->sequence_number()});
    CHECK(call.subscriber.rtp.back() == packet);
  }
}

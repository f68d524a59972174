// SPDX-License-Identifier: Apache-2.0
#include "media/forwarder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "media/forwarder_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

TEST_CASE(
    "[M-022] a packet leaves with the subscriber's SSRC, payload type and extension ids, and nothing else changed") {
  auto publisher_config = audio_config();
  publisher_config.extensions.set(3, rtp::Extension::kAudioLevel);
  publisher_config.extensions.set(4, rtp::Extension::kMid);
  RecordingSink none;
  auto config = forwarder_config(none);
  config.extensions.set(7, rtp::Extension::kAudioLevel);
  config.extensions.set(9, rtp::Extension::kMid);
  config.mid = "12";
  Line line(publisher_config, config);
  const Bytes payload = {1, 2, 3, 4, 5};
  const Bytes level = {0x85};
  line.world.receive(line.track, 0, rtp_packet({true, kOpus, 777, 123456, 0xabc}, payload, 3, level, /*padding=*/20));
  REQUIRE(line.subscriber.rtp.size() == 1);
  const auto out = line.sent(0);
  CHECK(out.ssrc() == 0x5000);
  CHECK(out.payload_type() == kOutOpus);
  CHECK(out.marker());
  CHECK(out.sequence_number() == 777);
  CHECK(out.timestamp() == 123456);
  CHECK(std::ranges::equal(out.payload(), payload));
  CHECK(out.padding_size() == 0);
  CHECK(std::ranges::equal(out.extension(7), level));
  CHECK(as_text(out.extension(9)) == "12");
  CHECK_FALSE(out.has_extension(3));

  // Once a receiver report names the SSRC, mid is left out.
  line.track.on_receiver_report(line.world.now(), line.id, rtcp::ReportBlock{});
  line.world.receive(line.track, 0, rtp_packet({false, kOpus, 778, 124416, 0xabc}, payload, 3, level));
  CHECK_FALSE(line.last().has_extension(9));
}

TEST_CASE("a subscriber without RED gets the newest block of it as Opus") {
  RecordingSink none;
  auto config = forwarder_config(none);
  config.payloads = {{kRed, kOutOpus, kNoPayloadType, true}, {kOpus, kOutOpus, kNoPayloadType, false}};
  Line line(audio_config(), config);
  const Bytes older = {9, 9, 9}, newest = {1, 2, 3, 4};
  const codec::RedBlock blocks[] = {{kOpus, 960, older}, {kOpus, 0, newest}};
  Bytes red(100);
  red.resize(*codec::build_red(blocks, red));
  line.world.receive(line.track, 0, rtp_packet({false, kRed, 10, 960, 0xabc}, red));
  REQUIRE(line.subscriber.rtp.size() == 1);
  CHECK(line.sent(0).payload_type() == kOutOpus);
  CHECK(std::ranges::equal(line.sent(0).payload(), newest));
}

TEST_CASE(
    "[M-051] a better layer is entered at its key frame only, asked for at most once per clamp(2 RTT, 200 ms, 1 s)") {
  Line line;
  SeededRandom random(3);
  Vp8Source low(0, random), high(2, random);
  line.frame(low, true);
  line.report(low);
  CHECK(line.stats().layer == 0);
  line.publisher.clear();
  line.frame(high, false);
  line.report(high);
  for (int i = 0; i < 90; ++i) {  // three seconds in which the high layer gives no key frame
    line.world.advance(line.track, 33ms);
    line.frame(low, false);
    line.frame(high, false);
    if (i % 30 == 0) {
      line.report(low);
      line.report(high);
    }
  }
  CHECK(line.stats().layer == 0);
  CHECK(line.stats().target == 2);
  CHECK(line.plis(high.ssrc()) >= 2);
  CHECK(line.plis(high.ssrc()) <= 4);  // the throttle of a high layer is 1 s
  line.frame(high, true, 3);
  CHECK(line.stats().layer == 2);
  CHECK(line.stats().layer_switches == 1);
  line.frame(low, false);
  CHECK(line.last().payload()[0] != 0);
  const std::size_t count = line.subscriber.rtp.size();
  line.frame(low, true);
  CHECK(line.subscriber.rtp.size() == count);
}

TEST_CASE("a target that gives no key frame is given up, and what runs goes on") {
  Line line;
  SeededRandom random(3);
  Vp8Source low(0, random), high(2, random);
  line.frame(low, true);
  for (int i = 0; i < 300; ++i) {
    if (i % 30 == 0) {
      line.report(low);
      line.report(high);
    }
    line.frame(low, false);
    for (int n = 0; n < 2; ++n) line.frame(high, false);
    line.world.advance(line.track, 33ms);
    if (i == 200) CHECK(line.stats().target == 0);
  }
  CHECK(line.subscriber.rtp.size() == 301);
}

TEST_CASE("who sees nothing yet is not kept waiting by a layer that gives no key frame") {
  Line line;
  SeededRandom random(3);
  Vp8Source low(0, random), high(2, random);
  for (int i = 0; i < 100; ++i) {
    const bool asked = line.plis(low.ssrc()) > 0;
    line.publisher.clear();
    line.frame(low, asked && i > 10);
    for (int n = 0; n < 2; ++n) line.frame(high, false);
    line.world.advance(line.track, 33ms);
  }
  CHECK(line.stats().layer == 0);
}

TEST_CASE("[M-079] when the layer that is shown stops, the subscriber is on a lower one within a second") {
  Line line;
  SeededRandom random(3);
  Vp8Source low(0, random), high(2, random);
  const auto second = [&](bool with_high) {
    for (int i = 0; i < 30; ++i) {
      // A key frame when it was asked for.
      const bool low_key = line.plis(low.ssrc()) > 0;
      const bool high_key = line.plis(high.ssrc()) > 0;
      line.publisher.clear();
      if (i % 15 == 0) line.report(low);
      if (with_high && i % 15 == 0) line.report(high);
      line.frame(low, low_key);
      if (with_high) {
        for (int n = 0; n < 4; ++n) line.frame(high, high_key && n == 0);
      }
      line.world.advance(line.track, 33ms);
    }
  };
  line.frame(low, true);
  line.frame(high, true);
  second(true);
  second(true);
  CHECK(line.stats().layer == 2);
  second(false);
  line.world.advance(line.track, 10ms);
  CHECK(line.stats().layer == 0);
}

TEST_CASE("[M-054] at a switch the timestamp is the one that sender reports give, to 1 ms") {
  Line line;
  SeededRandom random(8);
  Vp8Source low(0, random), high(2, random);
  line.frame(low, true);
  const std::uint32_t base = line.last().timestamp();
  const Instant start = line.world.now();
  const auto run = [&](int frames) {
    for (int i = 0; i < frames; ++i) {
      line.frame(high, false);
      line.world.advance(line.track, 33ms);
      line.frame(low, false);
    }
  };
  run(15);

  // No sender report of the high layer yet: its key frame cannot be placed.
  line.frame(high, true);
  CHECK(line.stats().layer == 0);
  line.report(low);
  line.report(high);
  run(20);
  line.world.advance(line.track, 20ms);
  line.frame(high, true);
  CHECK(line.stats().layer == 2);
  const std::int64_t expected = to_ticks(line.world.now() - start, 90000);
  CHECK(std::abs(static_cast<std::int64_t>(line.last().timestamp() - base) - expected) <= 90);

  // The report that the subscriber gets now tells the same line.
  line.subscriber.clear();
  run(35);
  line.frame(high, false);
  bool reported = false;
  line.subscriber.for_each<rtcp::SenderReport>([&](const rtcp::SenderReport& report) {
    reported = true;
    const WallTime at = from_ntp(report.sender.ntp) - kClockError;
    const Duration since = line.world.clock.wall_now() - at;
    const auto ticks = static_cast<std::int32_t>(line.last().timestamp() - report.sender.rtp_timestamp);
    CHECK(std::abs(ticks - to_ticks(since, 90000)) <= 90);
  });
  CHECK(reported);
}

TEST_CASE("[M-054] a layer whose clock is more than 50 ms behind what was sent is refused while the picture runs") {
  Line line;
  SeededRandom random(8);
  Vp8Source low(0, random), high(2, random);
  line.frame(low, true);
  line.frame(high, false);
  line.report(low);
  line.report(high, 80ms - 160ms);  // claims to capture 80 ms earlier
  line.world.advance(line.track, 500ms);
  line.frame(low, false);
  line.frame(high, true);
  CHECK(line.stats().layer == 0);
}

TEST_CASE("[M-055] after five seconds of mute the timestamp has gone on by five seconds") {
  for (const bool clock_stood_still : {false, true}) {
    CAPTURE(clock_stood_still);
    Line line(audio_config());
    std::uint16_t sequence = 100;
    std::uint32_t timestamp = 48000;
    const auto talk = [&](int packets) {
      for (int i = 0; i < packets; ++i) {
        line.world.receive(line.track, 0, rtp_packet({false, kOpus, sequence++, timestamp, 0xabc}, Bytes{1, 2, 3}));
        timestamp += 960;
        line.world.advance(line.track, 20ms);
      }
    };
    talk(50);
    const auto before = line.last();
    const std::uint32_t last_timestamp = before.timestamp();
    const std::uint16_t last_sequence = before.sequence_number();
    Output output = line.world.out();
    line.track.set_muted(line.world.now(), true, output);
    talk(0);
    line.world.receive(line.track, 0, rtp_packet({false, kOpus, sequence++, timestamp, 0xabc}, Bytes{1}));
    CHECK(line.last().sequence_number() == last_sequence);  // muted: not forwarded
    line.world.advance(line.track, 5s);
    if (!clock_stood_still) timestamp += 5 * 48000;
    Output later = line.world.out();
    line.track.set_muted(line.world.now(), false, later);
    talk(1);
    CHECK(line.last().sequence_number() == static_cast<std::uint16_t>(last_sequence + kSilencePackets + 1));
    const double seconds = static_cast<double>(line.last().timestamp() - last_timestamp) / 48000;
    CHECK(seconds == doctest::Approx(5.02).epsilon(0.006));
  }
}

TEST_CASE("each pause is its own: forwarding goes on when none is left, with a key frame") {
  Line line;
  SeededRandom random(1);
  Vp8Source source(0, random);
  line.frame(source, true);
  const auto pause = [&](Pause reason, bool paused) {
    Output output = line.world.out();
    line.track.set_paused(line.world.now(), line.id, reason, paused, output);
  };
  pause(Pause::kDisabled, true);
  pause(Pause::kMuted, true);
  line.frame(source, false);
  pause(Pause::kDisabled, false);
  line.frame(source, false);
  CHECK(line.subscriber.rtp.size() == 1);
  line.world.advance(line.track, 2s);
  line.publisher.clear();
  pause(Pause::kMuted, false);
  CHECK(line.plis(source.ssrc()) == 1);
  line.frame(source, false);
  CHECK(line.subscriber.rtp.size() == 1);
  line.frame(source, true);
  CHECK(line.subscriber.rtp.size() == 2);
  CHECK(line.sent(1).sequence_number() == static_cast<std::uint16_t>(line.sent(0).sequence_number() + 1));
}

TEST_CASE("[M-065] a streaming subscriber gets a sender report with CNAME and MID each second, with what was sent") {
  RecordingSink none;
  auto config = forwarder_config(none);
  config.mid = "7";
  Line line(video_config(), config);
  SeededRandom random(1);
  Vp8Source source(0, random);
  line.frame(source, true);
  line.report(source);
  for (int i = 0; i < 303; ++i) {
    line.world.advance(line.track, 33ms);
    line.frame(source, false);
  }
  CHECK(line.subscriber.sent<rtcp::SenderReport>() == doctest::Approx(10).epsilon(0.11));
  int names = 0;
  int mids = 0;
  line.subscriber.for_each<rtcp::Sdes>([&](const rtcp::Sdes& sdes) {
    sdes.for_each_item([&](rtcp::Ssrc ssrc, std::uint8_t type, std::string_view text) {
      names += ssrc == 0x5000 && type == rtcp::Sdes::kCname && text == "PA_publisher" ? 1 : 0;
      mids += ssrc == 0x5000 && type == rtcp::Sdes::kMid && text == "7" ? 1 : 0;
    });
  });
  CHECK(names == line.subscriber.sent<rtcp::SenderReport>());
  CHECK(mids == names);
}

namespace {

const Bytes kSps = {0x67, 0x42, 0xe0, 0x1f, 0x8c, 0x8d, 0x40, 0x50, 0x1e, 0x90};
const Bytes kIdr = {0x65, 0x88, 0x84};
const Bytes kDelta = {0x41, 0x9a};

Bytes h264_packet(std::uint16_t sequence, std::uint32_t timestamp, bool marker, const Bytes& payload) {
  return rtp_packet({marker, kH264, sequence, timestamp, 0x1000}, payload);
}

}  // namespace

TEST_CASE("a key frame of H264 whose parameter sets come late leaves them their place") {
  Line line;
  line.world.receive(line.track, 0, h264_packet(10, 3000, false, kSps));
  line.world.receive(line.track, 0, h264_packet(11, 3000, true, kIdr));
  Output output = line.world.out();
  line.track.set_paused(line.world.now(), line.id, Pause::kDisabled, true, output);
  line.world.receive(line.track, 0, h264_packet(12, 6000, true, kDelta));
  line.track.set_paused(line.world.now(), line.id, Pause::kDisabled, false, output);
  line.subscriber.clear();
  line.world.receive(line.track, 0, h264_packet(14, 9000, true, kIdr));
  line.world.receive(line.track, 0, h264_packet(13, 9000, false, kSps));
  line.world.receive(line.track, 0, h264_packet(15, 12000, true, kDelta));
  REQUIRE(line.subscriber.rtp.size() == 3);
  CHECK(line.sent(0).sequence_number() == 13);  // the hole is where the parameter sets belong
  CHECK(line.sent(1).sequence_number() == 12);
  CHECK(line.sent(2).sequence_number() == 14);
  CHECK(std::ranges::equal(line.sent(1).payload(), kSps));
}

TEST_CASE("[M-049] a publisher that counts its pictures afresh in the same stream is shown from the key frame on") {
  Line line;
  SeededRandom random(1);
  Vp8Source source(0, random);
  source.count_pictures_from(5000);
  for (int i = 0; i < 5; ++i) {
    line.frame(source, i == 0);
    line.world.advance(line.track, 33ms);
  }
  source.count_pictures_from(100);
  for (int i = 0; i < 5; ++i) {
    line.frame(source, i == 0);
    line.world.advance(line.track, 33ms);
  }
  REQUIRE(line.subscriber.rtp.size() == 10);
  for (std::size_t i = 1; i < 10; ++i) {
    const auto before = line.sent(i - 1), now = line.sent(i);
    CHECK(now.sequence_number() == static_cast<std::uint16_t>(before.sequence_number() + 1));
    CHECK(rtp::distance(before.timestamp(), now.timestamp()) == doctest::Approx(2970).epsilon(0.1));
    CHECK(codec::parse_vp8(now.payload())->picture_id == codec::parse_vp8(before.payload())->picture_id + 1);
  }
}

TEST_CASE("so does the key frame that a subscriber begins with") {
  Line line;
  Output output = line.world.out();
  line.track.set_paused(line.world.now(), line.id, Pause::kDisabled, true, output);
  line.world.receive(line.track, 0, h264_packet(10, 3000, false, kSps));
  line.world.receive(line.track, 0, h264_packet(11, 3000, true, kIdr));
  line.world.receive(line.track, 0, h264_packet(12, 6000, true, kDelta));
  line.world.advance(line.track, 2s);  // too long ago to begin with
  line.track.set_paused(line.world.now(), line.id, Pause::kDisabled, false, output);
  line.subscriber.clear();
  line.world.receive(line.track, 0, h264_packet(14, 9000, true, kIdr));
  line.world.receive(line.track, 0, h264_packet(13, 9000, false, kSps));
  REQUIRE(line.subscriber.rtp.size() == 2);
  CHECK(line.sent(0).sequence_number() == 14);
  CHECK(line.sent(1).sequence_number() == 13);
  CHECK(std::ranges::equal(line.sent(1).payload(), kSps));
}

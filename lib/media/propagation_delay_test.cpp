// SPDX-License-Identifier: Apache-2.0
// A publisher's clock against ours, and what subscribers are told of times.
#include "media/propagation_delay.hpp"

#include <doctest/doctest.h>

#include "media/endpoint.hpp"
#include "media/testing.hpp"
#include "rtp/extension_values.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kPublishedId = 3;
constexpr std::uint8_t kSubscribedId = 7;
constexpr Duration kClockError = 90min;  // the publisher's clock is behind ours by so much
constexpr Duration kDelay = 30ms;        // its packets take so long

double off(Duration a, Duration b) {
  return std::abs(std::chrono::duration<double, std::milli>(a - b).count());
}

// Reports each second, which take `delay`.
struct Reports {
  void send(Duration delay, int count = 1) {
    for (int i = 0; i < count; ++i) {
      clock.advance(1s);
      estimator.on_report(clock.now(), clock.wall_now() - delay, clock.wall_now());
    }
  }
  Duration estimate() const { return *estimator.estimate(); }

  ManualClock clock;
  PropagationDelay estimator;
};

// One publisher whose reports and packets come through an Endpoint, and one subscriber of its sound.
struct Call {
  Call() : uplink(publisher), track(audio_config_with_times(), publisher, world.random) {
    uplink.router().add_section("0", track);
    uplink.router().bind(kSsrc, track, 0);
    auto config = forwarder_config(subscriber, 0x5000, 0);
    config.extensions.set(kSubscribedId, rtp::Extension::kAbsCaptureTime);
    Output output = world.out();
    id = track.add_forwarder(world.now(), config, output);
  }
  static PublishedTrackConfig audio_config_with_times() {
    auto config = audio_config();
    config.extensions.set(kPublishedId, rtp::Extension::kAbsCaptureTime);
    return config;
  }
  WallTime published_time(Duration ago = kDelay) { return world.clock.wall_now() - kClockError - ago; }
  std::uint32_t timestamp() { return static_cast<std::uint32_t>(to_ticks(world.now().time_since_epoch(), 48000)); }

  void sound(ByteView capture_time = {}) {
    Bytes packet =
        rtp_packet({.payload_type = kOpus, .sequence_number = ++sequence, .timestamp = timestamp(), .ssrc = kSsrc},
                   Bytes{1, 2, 3}, kPublishedId, capture_time);
    Output output = world.out();
    uplink.receive_rtp(world.now(), packet, world.now(), output);
  }
  void report(WallTime time, std::uint32_t rtp_timestamp) {
    std::array<std::uint8_t, 64> buffer;
    ByteWriter writer(buffer);
    rtcp::write_sender_report(writer, {.ssrc = kSsrc, .ntp = to_ntp(time), .rtp_timestamp = rtp_timestamp});
    Output output = world.out();
    uplink.receive_rtcp(world.now(), writer.written(), output);
  }
  rtp::PacketView last() const { return *rtp::PacketView::parse(subscriber.rtp.back()); }
  ByteView capture_time() const { return last().extension(kSubscribedId); }

  static constexpr rtp::Ssrc kSsrc = 0x1000;
  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  Endpoint uplink;
  PublishedTrack track;
  ForwarderId id;
  std::uint16_t sequence = 100;
};

}  // namespace

TEST_CASE(
    "[M-035] a way that is 50 ms longer from now on is believed within 10 s; a single late report by 100 ms is not") {
  Reports reports;
  reports.send(20ms, 30);
  REQUIRE(off(reports.estimate(), 20ms) < 0.1);
  reports.send(120ms);
  CHECK(off(reports.estimate(), 20ms) < 0.1);
  reports.send(20ms, 5);
  CHECK(off(reports.estimate(), 20ms) < 0.1);

  reports.send(70ms);  // the first that shows it
  CHECK(off(reports.estimate(), 20ms) < 0.1);
  reports.send(70ms, 10);
  CHECK(off(reports.estimate(), 70ms) < 1);
  // Late ones among others do not add up to a rise.
  for (int i = 0; i < 10; ++i) {
    reports.send(170ms);
    reports.send(70ms);
  }
  CHECK(off(reports.estimate(), 70ms) < 1);
}

TEST_CASE("[M-035] a shorter way is believed at once, small changes upwards by and by") {
  Reports reports;
  reports.send(100ms, 5);
  reports.send(50ms, 2);
  CHECK(off(reports.estimate(), 50ms) < 1);
  reports.send(55ms);
  CHECK(off(reports.estimate(), 51ms) < 0.6);
  reports.send(55ms, 40);
  CHECK(off(reports.estimate(), 55ms) < 0.2);
}

TEST_CASE("[M-035] a sender report older than the one before changes nothing: neither times nor the round trip") {
  Call call;
  call.sound();
  const auto older = call.published_time();
  const auto older_timestamp = call.timestamp();
  call.world.clock.advance(2s);
  call.sound();
  const auto newer = call.published_time();
  call.report(newer, call.timestamp());
  call.world.clock.advance(100ms);
  call.report(older, older_timestamp);

  const auto before = *call.track.encodings().clock_shift();
  CHECK(before == kClockError + kDelay);
  CHECK(call.track.encodings().stream(0)->clock().ntp() == to_ntp(newer));
  call.world.advance(call.track, 1s);
  int blocks = 0;
  call.publisher.for_each<rtcp::ReceiverReport>([&](const rtcp::ReceiverReport& report) {
    for (const rtcp::ReportBlock block : report.reports) {
      ++blocks;
      CHECK(block.last_sr == compact_ntp(to_ntp(newer)));
    }
  });
  CHECK(blocks == 2);
}

TEST_CASE("[M-045] the capture time of 8 or 16 bytes is told on our clock, without the clock offset; repeats too") {
  Call call;
  call.sound();
  call.report(call.published_time(), call.timestamp());
  for (const bool offset : {false, true}) {
    CAPTURE(offset);
    call.world.clock.advance(20ms);
    const auto captured = call.published_time(80ms);
    rtp::AbsCaptureTime time{to_ntp(captured), std::nullopt};
    if (offset) time.clock_offset = 12345;
    std::array<std::uint8_t, 16> bytes;
    call.sound(ByteView(bytes).first(time.write(bytes)));
    REQUIRE(call.capture_time().size() == 8);
    const auto told = from_ntp(rtp::AbsCaptureTime::parse(call.capture_time())->ntp);
    CHECK(off(told - captured, kClockError + kDelay) < 1);

    // The estimate changes; what is sent again under the same number may not.
    const Bytes first = call.subscriber.rtp.back();
    call.world.clock.advance(500ms);
    call.report(call.published_time(10ms), call.timestamp());
    REQUIRE(*call.track.encodings().clock_shift() < kClockError + kDelay - 10ms);
    const std::uint16_t number = call.last().sequence_number();
    Output output = call.world.out();
    call.track.on_nack(call.world.now(), call.id, std::span(&number, 1), output);
    CHECK(call.subscriber.rtp.back() == first);
    CHECK(call.subscriber.rtp.size() == (offset ? 5 : 3));
    for (int i = 0; i < 40; ++i) {  // as before
      call.world.clock.advance(1s);
      call.report(call.published_time(), call.timestamp());
    }
  }
}

TEST_CASE("[M-045] before a sender report nothing is known of the clock: the capture time goes as it came") {
  Call call;
  std::array<std::uint8_t, 16> bytes;
  rtp::AbsCaptureTime{to_ntp(call.published_time()), 1}.write(bytes);
  call.sound(bytes);
  REQUIRE(call.capture_time().size() == 8);
  CHECK(rtp::AbsCaptureTime::parse(call.capture_time())->ntp == to_ntp(call.published_time()));
}

TEST_CASE("[M-045] sender reports are on the same clock as capture times") {
  Call call;
  call.sound();
  call.report(call.published_time(), call.timestamp());
  call.sound();
  call.world.advance(call.track, 300ms);
  int reports = 0;
  call.subscriber.for_each<rtcp::SenderReport>([&](const rtcp::SenderReport& report) {
    ++reports;
    // What was captured then arrives now, as far as anybody can tell.
    const auto at = call.world.clock.wall_now() - from_ntp(report.sender.ntp);
    CHECK(at >= Duration::zero());
    CHECK(at < 300ms);
    const auto age = from_ticks(static_cast<std::int32_t>(call.timestamp() - report.sender.rtp_timestamp), 48000);
    CHECK(off(age, at) < 1);
  });
  CHECK(reports == 1);
}

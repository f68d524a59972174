// SPDX-License-Identifier: Apache-2.0
// A publisher of sound hears of what its subscribers lose.
#include <doctest/doctest.h>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

struct Call : Studio {
  explicit Call(PublishedTrackConfig config) : Studio(config) {
    auto other = default_subscriber();
    other.sink = &subscriber;
    other.ssrc = 0x6000;
    Output output = world.out();
    other_id = track.add_forwarder(world.now(), other, output);
  }
  void report(ForwarderId from, std::uint8_t fraction_lost) {
    rtcp::ReportBlock block;
    block.fraction_lost = fraction_lost;
    track.on_receiver_report(world.now(), from, block);
  }
  // A second in which `missing` of ten packets do not come; what the publisher is told of it.
  int second(int missing) {
    publisher.clear();
    for (int i = 0; i < 10; ++i) {
      ++number;
      if (i >= 10 - missing - 1 && i < 9) continue;
      receive(audio_packet(number, Bytes{1}));
    }
    world.advance(track, 1s);
    int told = -1;
    publisher.for_each<rtcp::ReceiverReport>([&](const rtcp::ReceiverReport& report) {
      for (const rtcp::ReportBlock block : report.reports) told = block.fraction_lost;
    });
    return told;
  }

  ForwarderId other_id;
  std::uint16_t number = 100;
};

PublishedTrackConfig proxying(bool enabled) {
  auto config = audio_config();
  config.loss_proxying = enabled;
  return config;
}

}  // namespace

TEST_CASE(
    "[M-048] the greatest loss that subscribers reported in the last second is told to the publisher, if enabled") {
  for (const bool enabled : {true, false}) {
    CAPTURE(enabled);
    Call call(proxying(enabled));
    call.second(0);
    call.report(call.id, 30);
    call.report(call.other_id, 80);
    CHECK(call.second(0) == (enabled ? 80 : 0));
    call.world.clock.advance(10ms);  // now it is older
    CHECK(call.second(0) == 0);
  }
}

TEST_CASE("[M-048] what the publisher's own network lost is told where that is more") {
  Call call(proxying(true));
  call.second(0);
  call.report(call.id, 30);
  CHECK(call.second(5) == 128);
}

TEST_CASE("[M-048] a publisher of video hears of its own loss alone") {
  auto config = video_config();
  config.loss_proxying = true;
  Studio call(config);
  Vp8Source source(0, call.world.random);
  for (const Bytes& packet : source.frame(call.world.now(), true, 5)) call.receive(packet);
  rtcp::ReportBlock block;
  block.fraction_lost = 90;
  call.track.on_receiver_report(call.world.now(), call.id, block);
  call.world.advance(call.track, 1s);
  int reports = 0;
  call.publisher.for_each<rtcp::ReceiverReport>([&](const rtcp::ReceiverReport& report) {
    for (const rtcp::ReportBlock own : report.reports) {
      ++reports;
      CHECK(own.fraction_lost == 0);
    }
  });
  CHECK(reports == 1);
}

// SPDX-License-Identifier: Apache-2.0
#include "media/retransmitter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "media/forwarder_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

TEST_CASE("[M-060] a NACK is answered from the store three times at most, and not again within min(100 ms, 2 RTT)") {
  Line line;
  SeededRandom random(1);
  Vp8Source source(0, random);
  line.report(source);
  line.frame(source, true, 5);
  line.report(source);
  line.world.advance(line.track, 1s);
  line.frame(source, false, 10);
  line.set_rtt(20ms);
  REQUIRE(line.stats().rtt.has_value());
  CHECK(std::chrono::abs(*line.stats().rtt - 20ms) < 1ms);
  const auto number = line.last().sequence_number();
  const Bytes original = line.subscriber.rtp.back();
  const auto media = *rtp::PacketView::parse(original);

  std::vector<std::uint16_t> rtx_numbers;
  int answers = 0;
  for (int i = 0; i < 20; ++i) {
    line.subscriber.clear();
    line.nack({number});
    if (!line.subscriber.rtp.empty()) {
      ++answers;
      const auto rtx = line.sent(0);
      CHECK(rtx.ssrc() == 0x5001);
      CHECK(rtx.payload_type() == kOutRtx);
      CHECK(rtx.timestamp() == media.timestamp());
      CHECK(rtx.marker() == media.marker());
      CHECK(load_be16(rtx.payload().data()) == number);
      CHECK(std::ranges::equal(rtx.payload().subspan(2), media.payload()));
      rtx_numbers.push_back(rtx.sequence_number());
      line.nack({number});
      CHECK(line.subscriber.rtp.size() == 1);
    }
    line.world.clock.advance(20ms);
  }
  CHECK(answers == 3);
  REQUIRE(rtx_numbers.size() == 3);
  CHECK(rtx_numbers[0] >= 0x8000);
  CHECK(rtx_numbers[2] == rtx_numbers[0] + 2);
  const auto missed = line.stats().retransmissions.missed;
  line.subscriber.clear();
  line.nack({static_cast<std::uint16_t>(number + 5), static_cast<std::uint16_t>(number - 3000)});
  CHECK(line.subscriber.rtp.empty());
  CHECK(line.stats().retransmissions.missed == missed + 2);
}

TEST_CASE("[M-060] where more than a packet in fifty is lost, repeats are sent twice; a single loss is repeated once") {
  Line line;
  SeededRandom random(1);
  Vp8Source source(0, random);
  line.frame(source, true, 5);
  const auto repeats_of_last = [&] {
    const auto number = line.last().sequence_number();
    line.subscriber.clear();
    line.world.clock.advance(50ms);
    line.nack({number});
    return line.subscriber.rtp.size();
  };
  CHECK(repeats_of_last() == 1);
  int twice = 0;
  for (int i = 0; i < 30; ++i) {
    line.frame(source, false, 20);
    const std::size_t repeats = repeats_of_last();
    // The first three: not enough has been sent to tell.
    CHECK(repeats == (i < 2 ? 1 : 2));
    if (repeats != 2) continue;
    ++twice;
    CHECK(load_be16(line.sent(0).payload().data()) == load_be16(line.sent(1).payload().data()));
    CHECK(line.sent(1).sequence_number() == static_cast<std::uint16_t>(line.sent(0).sequence_number() + 1));
  }
  CHECK(line.stats().retransmissions.doubled == twice);
  // Nothing is lost for a while.
  for (int i = 0; i < 100; ++i) {
    line.frame(source, false, 10);
    line.world.clock.advance(50ms);
  }
  CHECK(repeats_of_last() == 1);
}

TEST_CASE("what is asked for after three repeats will not come: the publisher is asked for a key frame") {
  Line line;
  SeededRandom random(1);
  Vp8Source source(0, random);
  line.frame(source, true, 5);
  line.world.advance(line.track, 2s);
  line.frame(source, false, 5);
  const auto number = line.last().sequence_number();
  for (int i = 0; i < 3; ++i) {
    line.world.advance(line.track, 150ms);
    line.nack({number});
  }
  line.world.advance(line.track, 20ms);
  line.nack({number});  // the third may be on its way
  line.world.advance(line.track, 50ms);
  CHECK(line.plis(source.ssrc()) == 0);
  line.world.advance(line.track, 100ms);
  line.nack({number});
  line.world.advance(line.track, 50ms);
  CHECK(line.plis(source.ssrc()) == 1);
}

TEST_CASE("[M-061] without RTX the packet is sent again, byte for byte the same, also when time has gone on") {
  RecordingSink none;
  auto config = forwarder_config(none, 0x5000, 0);
  config.payloads = {{kVp8, kOutVp8, kNoPayloadType, false}};
  config.extensions.set(2, rtp::Extension::kAbsSendTime);
  config.extensions.set(9, rtp::Extension::kMid);
  config.mid = "3";
  Line line(video_config(), config);
  SeededRandom random(1);
  Vp8Source source(0, random);
  line.frame(source, true, 5);
  line.world.advance(line.track, 150ms);
  const auto original = line.subscriber.rtp;
  line.track.on_receiver_report(line.world.now(), line.id, rtcp::ReportBlock{});
  line.frame(source, false, 1);
  line.subscriber.clear();
  for (const Bytes& packet : original) line.nack({rtp::PacketView::parse(packet)->sequence_number()});
  CHECK(line.subscriber.rtp == original);
}

TEST_CASE("[M-062] repeats are at most a quarter of what was sent in the last seconds") {
  Line line;
  SeededRandom random(1);
  Vp8Source source(0, random);
  std::vector<std::uint16_t> numbers;
  line.frame(source, true, 5);
  for (int i = 0; i < 90; ++i) {
    line.world.advance(line.track, 33ms);
    const std::size_t before = line.subscriber.rtp.size();
    line.frame(source, false, 20);
    for (std::size_t at = before; at < line.subscriber.rtp.size(); ++at) {
      if (line.sent(at).ssrc() == 0x5000) numbers.push_back(line.sent(at).sequence_number());
    }
    // The last 300 are all asked for.
    if (numbers.size() > 300) numbers.erase(numbers.begin(), numbers.end() - 300);
    line.world.clock.advance(101ms);
    line.nack(numbers);
  }
  const auto stats = line.stats();
  CHECK(stats.retransmissions.bytes < stats.bytes * 26 / 100);
  CHECK(stats.retransmissions.bytes > stats.bytes * 20 / 100);
  CHECK(stats.retransmissions.refused > 0);
}

TEST_CASE("[M-097] what is older than the last key frame is not repeated for the next 2000 packets, then again") {
  Line line;
  SeededRandom random(1);
  Vp8Source source(0, random);
  line.frame(source, true, 3);
  line.world.clock.advance(33ms);
  line.frame(source, false, 10);
  const auto old = line.last().sequence_number();
  line.world.clock.advance(33ms);
  line.frame(source, true, 3);
  const auto fresh = line.last().sequence_number();
  line.world.clock.advance(200ms);
  line.subscriber.clear();
  line.nack({old});
  CHECK(line.subscriber.rtp.empty());
  line.nack({fresh});
  CHECK(line.subscriber.rtp.size() == 1);
  for (int i = 0; i < 200; ++i) line.frame(source, false, 10);
  const auto later = line.sent(line.subscriber.rtp.size() - 5).sequence_number();
  line.world.clock.advance(200ms);
  line.subscriber.clear();
  line.nack({later});
  CHECK(line.subscriber.rtp.size() == 1);
}

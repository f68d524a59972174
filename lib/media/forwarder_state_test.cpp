// SPDX-License-Identifier: Apache-2.0
// A forwarder goes on where another one ended; and after more packets than 32 bits count.
#include <doctest/doctest.h>

#include "media/filter_testing.hpp"
#include "media/gap_map.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// The same camera's stream, which comes in here after it came in elsewhere. The publisher's clock is not ours.
struct Place : Studio {
  explicit Place(std::optional<ForwarderState> state = {}, std::uint64_t seed = 1, rtp::Ssrc rtx_ssrc = 0x5001)
      : Studio(video_config(), config_of(std::move(state), rtx_ssrc)), random(seed), source(0, random) {}
  static ForwarderConfig config_of(std::optional<ForwarderState> state, rtp::Ssrc rtx_ssrc) {
    auto config = Studio::default_subscriber();
    config.state = std::move(state);
    config.rtx_ssrc = rtx_ssrc;
    return config;
  }
  void frame(bool keyframe = false, int packets = 2) {
    for (const Bytes& packet : source.frame(world.now(), keyframe, packets, true)) receive(packet);
  }
  void report() {
    track.on_sender_report(world.now(), 0, to_ntp(world.clock.wall_now() + 7min), source.timestamp(world.now()));
  }
  ForwarderState state() { return track.forwarder(id)->state(WallAnchor{world.clock.now(), world.clock.wall_now()}); }
  std::size_t last() const { return subscriber.rtp.size() - 1; }
  codec::Vp8Descriptor vp8(std::size_t index) const { return *codec::parse_vp8(payload(index)); }

  SeededRandom random;
  Vp8Source source;
};

std::uint16_t next(std::uint16_t number) {
  return static_cast<std::uint16_t>(number + 1);
}

}  // namespace

TEST_CASE("[M-077] a subscriber's numbers go on without a gap where its forwarder is replaced by another") {
  for (const bool reports : {true, false}) {
    CAPTURE(reports);
    Place before;
    before.frame(true);
    for (int i = 0; i < 20; ++i) {
      before.world.clock.advance(33ms);
      before.frame();
    }
    if (reports) before.report();
    before.nack({before.sent(3).sequence_number()});
    const auto repeat = before.sent(before.last());
    REQUIRE(repeat.ssrc() == 0x5001);
    before.frame();
    const auto ended = before.sent(before.last());
    const auto picture = before.vp8(before.last());

    // 100 ms later, elsewhere.
    Place there(before.state(), 2);
    const auto behind = before.world.clock.wall_now() - there.world.clock.wall_now();
    there.world.clock.advance(behind + 100ms);
    there.frame();  // not a key frame: of no use to a decoder
    CHECK(there.subscriber.rtp.empty());
    there.frame(true);
    const auto first = there.sent(0);
    CHECK(first.sequence_number() == next(ended.sequence_number()));
    const auto ahead = static_cast<std::int32_t>(first.timestamp() - ended.timestamp());
    CHECK(ahead > 0);
    CHECK(std::abs(ahead - 9000) <= 90);
    CHECK(there.vp8(0).picture_id == ((picture.picture_id + 1) & 0x7fff));
    CHECK(there.vp8(0).tl0_picture_index == static_cast<std::uint8_t>(picture.tl0_picture_index + 1));
    CHECK(there.track.forwarder(there.id)->stats().packets == before.track.forwarder(before.id)->stats().packets + 2);
    there.nack({first.sequence_number()});
    CHECK(there.sent(there.last()).sequence_number() == next(repeat.sequence_number()));
  }
}

TEST_CASE("[M-077] where both tell the sender's clock, timestamps go on by it and not by when packets come") {
  Place before;
  before.frame(true);
  before.report();
  const auto ended = before.sent(before.last());
  Place there(before.state(), 2);
  // Captured 1 s after the last one; it comes 80 ms late.
  there.world.clock.advance(1s);
  there.frame();
  there.report();
  const auto late = there.source.frame(there.world.now(), true, 1)[0];
  there.world.clock.advance(80ms);
  there.receive(late);
  CHECK(there.sent(0).timestamp() - ended.timestamp() == 90000);
}

TEST_CASE("[M-077] layers that the subscriber was limited to stay so") {
  Place before;
  Output output = before.world.out();
  before.track.set_max_quality(before.world.now(), before.id, 1, 0, output);
  Place there(before.state(), 2);
  there.frame(true);
  for (int i = 0; i < 8; ++i) there.frame();
  for (std::size_t i = 0; i < there.subscriber.rtp.size(); ++i) CHECK(there.vp8(i).temporal_layer == 0);
  CHECK(there.track.forwarder(there.id)->state({there.world.now(), {}}).max_layer == 1);
}

TEST_CASE("[M-077] the state of a forwarder that sent nothing lets the next one begin as the publisher does") {
  Place before;
  Place there(before.state(), 2);
  const auto packet = there.source.frame(there.world.now(), true, 1)[0];
  there.receive(packet);
  CHECK(there.sent(0).sequence_number() == rtp::PacketView::parse(packet)->sequence_number());
}

TEST_CASE("[M-093] after 2^31 packets, and 2^32, a subscriber's numbers, repeats and counts are right") {
  for (const std::int64_t count : {std::int64_t{1} << 31, std::int64_t{1} << 32}) {
    CAPTURE(count);
    Place before;
    before.frame(true);
    ForwarderState state = before.state();
    state.line.sequence = count - 3;
    state.timestamp = count * 3000 - 3;
    state.packets = static_cast<std::uint64_t>(count - 3);
    state.bytes = state.packets * 1000;
    Place there(state, 2, 0);
    there.frame(true);
    for (int i = 0; i < 5; ++i) there.frame();
    REQUIRE(there.subscriber.rtp.size() == 12);
    for (std::size_t i = 0; i < 12; ++i) {
      CHECK(there.sent(i).sequence_number() == static_cast<std::uint16_t>(count - 2 + static_cast<std::int64_t>(i)));
    }
    const Bytes lost = there.subscriber.rtp[4];
    there.nack({there.sent(4).sequence_number()});
    CHECK(there.subscriber.rtp.back() == lost);
    const auto stats = there.track.forwarder(there.id)->stats();
    CHECK(stats.packets == static_cast<std::uint64_t>(count + 9));
    CHECK(stats.bytes > state.bytes);
    there.report();
    there.world.advance(there.track, 1s);
    int reports = 0;
    there.subscriber.for_each<rtcp::SenderReport>([&](const rtcp::SenderReport& report) {
      ++reports;
      CHECK(report.sender.packet_count == static_cast<std::uint32_t>(count + 9));
    });
    CHECK(reports > 0);
  }
}

TEST_CASE("[M-093] after 2^31 packets of a publisher what is expected, lost and reported is right") {
  constexpr std::int64_t kCount = std::int64_t{1} << 31;
  ReceptionStats stats(90000);
  Instant now{1000s};
  const auto receive = [&](std::int64_t sequence) {
    now += 1ms;
    REQUIRE(stats.mark(sequence));
    stats.received(now, sequence, sequence * 90, false);
  };
  receive(0x10000 + 1);
  receive(0x10000 + kCount - 5);
  (void)stats.report(now, 1);
  for (std::int64_t i = -4; i < 6; ++i) {
    if (i != 0 && i != 3) receive(0x10000 + kCount + i);
  }
  CHECK_FALSE(stats.mark(0x10000 + kCount + 5));  // seen
  const auto totals = stats.totals();
  CHECK(totals.expected == static_cast<std::uint64_t>(kCount + 5));
  CHECK(totals.packets == 10);
  CHECK(totals.lost == kCount - 5);
  const auto block = stats.report(now, 1);
  CHECK(block.fraction_lost == 2 * 256 / 10);
  CHECK(block.total_lost == 0x7fffff);
  CHECK(block.highest_sequence == 0x10000U + 0x80000000U + 5);

  GapMap<4> gaps;
  gaps.begin(100, 7);
  gaps.exclude(100 + kCount);
  CHECK(*gaps.map(101 + kCount) == 7 + kCount);
  CHECK(*gaps.map(99 + kCount) == 6 + kCount);

  PacketStore store(PacketStore::kVideo);
  store.put(kCount + 1, Bytes{1, 2});
  store.put(kCount + 2, Bytes{3});
  CHECK(store.find(kCount + 1).size() == 2);
  CHECK(store.find(kCount + 1 - 300).empty());
}

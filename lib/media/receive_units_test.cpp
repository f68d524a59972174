// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/random.hpp"
#include "media/keyframe_requests.hpp"
#include "media/layer_tracker.hpp"
#include "media/packet_store.hpp"
#include "media/reception_stats.hpp"
#include "media/sender_clock.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace std::chrono_literals;

TEST_CASE("[M-032] key frame requests of many subscribers become one, and the next waits for the throttle") {
  for (std::uint8_t layer = 0; layer < 3; ++layer) {
    CAPTURE(layer);
    const Duration throttle = layer == 0 ? Duration(500ms) : Duration(1s);
    KeyframeRequests requests(KeyframeRequests::kThrottle[layer]);
    Instant now{10s};
    int sent = 0;
    for (int i = 0; i < 10; ++i) sent += requests.ask(now + i * 40ms) ? 1 : 0;
    CHECK(sent == 1);
    CHECK(requests.deadline() == now + throttle);
    CHECK_FALSE(requests.advance(now + throttle - 1ms));
    CHECK(requests.advance(now + throttle));
    CHECK(requests.deadline() == kNever);
    CHECK_FALSE(requests.ask(now + throttle + 1ms));
    CHECK_FALSE(requests.ask(now + throttle + 2ms, /*urgent=*/true));
    CHECK(requests.deadline() == now + throttle + KeyframeRequests::kSenderPause);
    CHECK(requests.ask(requests.deadline(), /*urgent=*/true));
  }
}

TEST_CASE("[M-051] after another encoding was asked, the next request waits until libwebrtc heeds one again") {
  KeyframeRequests requests;
  const Instant now{10s};
  requests.sibling_asked(now);
  CHECK_FALSE(requests.ask(now + 100ms));
  CHECK_FALSE(requests.advance(now + 300ms));
  CHECK(requests.deadline() == now + KeyframeRequests::kSenderPause);
  CHECK(requests.advance(requests.deadline()));
  CHECK(requests.ask(now + 5s));
  requests.sibling_asked(now + 5s);
  CHECK_FALSE(requests.ask(now + 5400ms));  // its own throttle is the longer one
}

TEST_CASE("a key frame that comes meanwhile satisfies those who wait") {
  KeyframeRequests requests;
  CHECK(requests.ask(Instant{10s}));
  CHECK_FALSE(requests.ask(Instant{10s} + 100ms));
  requests.on_keyframe();
  CHECK(requests.deadline() == kNever);
}

TEST_CASE("[M-033] a stream without a key frame is asked once a second, thirty times at most") {
  KeyframeRequests requests;
  requests.seed(Instant{10s});
  int sent = 0;
  Instant last{};
  while (requests.deadline() != kNever) {
    const Instant now = requests.deadline();
    REQUIRE(requests.advance(now));
    if (sent++ > 0) CHECK(now - last == 1s);
    last = now;
  }
  CHECK(sent == 30);
  requests.seed(Instant{100s});
  requests.on_keyframe();
  CHECK(requests.deadline() == kNever);
}

TEST_CASE("[M-039] the first packet makes a layer live, one thin interval ends it, twenty good ones bring it back") {
  LayerTracker tracker(LayerTracker::config_for(1, false));
  Instant now{5s};
  CHECK(tracker.observe(now));
  CHECK(tracker.live());
  for (int i = 0; i < 3; ++i) tracker.observe(now);  // four packets in 500 ms
  now += 500ms;
  CHECK(tracker.advance(now));
  CHECK_FALSE(tracker.live());
  for (int cycle = 0; cycle < 20; ++cycle) {
    CHECK_FALSE(tracker.live());
    for (int i = 0; i < 5; ++i) tracker.observe(now);
    now += 500ms;
    CHECK(tracker.advance(now) == (cycle == 19));
  }
  CHECK(tracker.live());
}

TEST_CASE(
    "[M-079] a layer that stopped is noticed in the interval in which it did, though whoever looks is late now and "
    "then") {
  LayerTracker tracker(LayerTracker::config_for(0, false));
  const Instant begin{5s};
  tracker.observe(begin);
  const Duration kLate[] = {2ms, 9ms, 1ms, 7ms, 4ms, 0ms, 8ms, 3ms};
  Instant last = begin;
  for (int tick = 1; tick <= 80; ++tick) {
    const Instant now = begin + tick * 250ms + kLate[tick % 8];
    if (tick <= 40) tracker.observe(last = now);
    tracker.advance(now);
    if (tick == 40) CHECK(tracker.live());
    if (now - last > 1s) CHECK_FALSE(tracker.live());
  }
}

TEST_CASE("[M-039] a layer that was stopped and is asked for is live with its next packet, one that is live stays so") {
  LayerTracker tracker(LayerTracker::config_for(2, false));
  Instant now{5s};
  tracker.expect();
  CHECK(tracker.observe(now));
  tracker.advance(now += 500ms);
  CHECK_FALSE(tracker.live());
  tracker.expect();
  CHECK_FALSE(tracker.live());
  CHECK(tracker.observe(now += 3s));
  CHECK(tracker.live());
  tracker.expect();
  CHECK(tracker.live());
}

TEST_CASE("[M-024] what comes so late that a newer packet has its place leaves that alone") {
  PacketStore store(PacketStore::kAudio);
  const auto size = static_cast<std::int64_t>(store.capacity());
  const std::vector<std::uint8_t> newer(100, 1), older(50, 2);
  store.put(500, newer);
  store.put(500 - size, older);
  CHECK(store.find(500).size() == 100);
  CHECK_FALSE(store.contains(500 - size));
  store.put(499 - size, older);
  CHECK(store.find(499 - size).size() == 50);
}

TEST_CASE("[M-024] the packet store grows by one step at a time, never above its limit, and keeps what it had") {
  for (const auto limits :
       {PacketStore::kVideo, PacketStore::kAudio, PacketStore::limits_for(rtp::MediaKind::kVideo, 900),
        PacketStore::limits_for(rtp::MediaKind::kAudio, 20)}) {
    PacketStore store(limits);
    CHECK(store.capacity() == limits.initial);
    const std::vector<std::uint8_t> packet(100, 7);
    for (std::int64_t sequence = 0; sequence < 1000; ++sequence) store.put(sequence, packet);
    CHECK_FALSE(store.contains(1000 - static_cast<std::int64_t>(limits.initial) - 1));
    CHECK(store.contains(1000 - static_cast<std::int64_t>(limits.initial)));
    store.fit(static_cast<double>(limits.initial));
    CHECK(store.capacity() == limits.initial);
    for (int second = 0; second < 5; ++second) store.fit(5000);
    CHECK(store.capacity() == limits.max);
    CHECK(store.find(999).size() == 100);
    CHECK(store.contains(1000 - static_cast<std::int64_t>(limits.initial)));
  }
}

TEST_CASE("packets larger than the store reckons with push out older ones, and are never torn") {
  PacketStore store(PacketStore::kAudio);
  std::vector<std::uint8_t> packet(1400);
  for (std::int64_t sequence = 0; sequence < 300; ++sequence) {
    for (auto& byte : packet) byte = static_cast<std::uint8_t>(sequence);
    store.put(sequence, packet);
    for (std::int64_t before = std::max<std::int64_t>(0, sequence - 80); before <= sequence; ++before) {
      for (const auto byte : store.find(before)) REQUIRE(byte == static_cast<std::uint8_t>(before));
    }
    CHECK(store.contains(sequence));
  }
}

TEST_CASE("[M-023] counts under loss, duplication and reordering by 500 are those of a model, across the wrap") {
  const std::uint64_t seed = 77;
  CAPTURE(seed);
  SeededRandom random(seed);
  ReceptionStats stats(90000);
  std::vector<std::int64_t> sent;
  const std::int64_t first = 65000;
  std::uint64_t kept = 0;
  for (std::int64_t sequence = first; sequence < first + 20000; ++sequence) {
    if (sequence != first && sequence != first + 19999 && random.below(20) == 0) continue;
    sent.push_back(sequence);
    ++kept;
    if (random.below(30) == 0) sent.push_back(sequence);
  }
  for (std::size_t at = 500; at + 500 < sent.size(); at += 500) std::swap(sent[at], sent[at + random.below(500)]);
  std::uint64_t accepted = 0;
  for (const auto sequence : sent) {
    if (!stats.mark(sequence)) continue;
    ++accepted;
    stats.received(Instant{1s}, sequence, sequence * 3000, false);
  }
  CHECK(accepted == kept);
  CHECK(stats.totals().packets == kept);
  CHECK(stats.totals().expected == 20000);
  CHECK(stats.totals().lost == static_cast<std::int64_t>(20000 - kept));
}

TEST_CASE("[M-034] report blocks tell loss and jitter as RFC 3550 A.3 and A.8 compute them") {
  const std::uint64_t seed = 5;
  CAPTURE(seed);
  SeededRandom random(seed);
  ReceptionStats stats(90000);
  double jitter = 0;
  std::int64_t last_transit = 0;
  std::int64_t expected_before = 0, received_before = 0, received = 0;
  std::int64_t sequence = 0;
  bool any = false;
  for (int second = 0; second < 20; ++second) {
    for (int i = 0; i < 50; ++i, ++sequence) {
      if (sequence > 0 && random.below(10) == 0) {
        continue;
      }
      const Instant arrival = Instant{100s} + sequence * 20ms + random.below(8000) * 1us;
      REQUIRE(stats.mark(sequence));
      stats.received(arrival, sequence, sequence * 1800, false);
      ++received;
      const std::int64_t transit = to_ticks(arrival.time_since_epoch(), 90000) - sequence * 1800;
      if (any) jitter += (static_cast<double>(std::llabs(transit - last_transit)) - jitter) / 16;
      any = true;
      last_transit = transit;
    }
    const auto block = stats.report(Instant{200s}, 42);
    const std::int64_t highest = block.highest_sequence;
    const std::int64_t expected = highest + 1;
    const std::int64_t lost = (expected - expected_before) - (received - received_before);
    CHECK(std::abs(block.fraction_lost - lost * 256 / (expected - expected_before)) <= 1);
    CHECK(block.total_lost == expected - received);
    CHECK(std::abs(static_cast<double>(block.jitter) - jitter) <= 1.0);
    CHECK(block.ssrc == 42);
    expected_before = expected;
    received_before = received;
  }
}

TEST_CASE("a sender report older than the last is ignored") {
  SenderClock clock;
  const WallTime wall{std::chrono::seconds(1'700'000'000)};
  CHECK(clock.update(Instant{1s}, to_ntp(wall + 1s), 90000));
  CHECK_FALSE(clock.update(Instant{2s}, to_ntp(wall), 180000));
  CHECK_FALSE(clock.update(Instant{2s}, to_ntp(wall + 2s), 1000));
  CHECK(clock.timestamp() == 90000);
  CHECK(clock.timestamp_at(wall + 3s, 90000) == 270000);
  const Duration error = clock.time_of(90000 + 45000, 90000) - (wall + 1500ms);
  CHECK(std::chrono::abs(error) < 1us);
}

TEST_CASE("the loss that is told never falls, though late packets make less of it") {
  ReceptionStats stats(90000);
  const auto receive = [&](std::int64_t sequence) {
    REQUIRE(stats.mark(sequence));
    stats.received(Instant{} + std::chrono::milliseconds(sequence), sequence, sequence * 90, false);
  };
  receive(100);
  receive(104);
  (void)stats.report(Instant{}, 1);
  CHECK(stats.totals().lost == 3);
  CHECK(stats.totals().most_lost == 3);
  receive(102);
  (void)stats.report(Instant{}, 1);
  CHECK(stats.totals().lost == 2);
  CHECK(stats.totals().most_lost == 3);
}

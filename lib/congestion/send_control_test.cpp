// SPDX-License-Identifier: Apache-2.0
#include "congestion/send_control.hpp"

#include <doctest/doctest.h>

#include "congestion/path_testing.hpp"

using namespace sfu;
using namespace sfu::congestion;
using namespace sfu::congestion::testing;
using namespace std::chrono_literals;

TEST_CASE("[M-067] on a path of 1 Mbit/s the estimate settles near that, with little queue") {
  TestPath path({.rate = Bitrate::kilobits(1000), .delay = 25ms});
  path.run(10s);
  path.take_figures();
  for (int second = 0; second < 20; ++second) {
    CAPTURE(second);
    path.run(1s);
    CHECK(path.estimate().bps <= 1'050'000);
    const auto figures = path.take_figures();
    CHECK(figures.received.bps >= 850'000);
    CHECK(figures.wait_95 <= 50ms);
    CHECK(figures.lost == 0);
  }
}

TEST_CASE("[M-067] when half of the capacity goes, the estimate follows within 1.5 s and the queue drains") {
  TestPath path({.rate = Bitrate::kilobits(1000), .delay = 25ms});
  path.run(15s);
  path.take_figures();
  path.set_rate(Bitrate::kilobits(500));
  path.run(1500ms);
  CHECK(path.estimate().bps <= 525000);
  CHECK(path.take_figures().longest_wait <= 350ms);
  path.run(500ms);
  path.take_figures();
  path.run(5s);
  const auto figures = path.take_figures();
  CHECK(figures.wait_95 <= 100ms);
  CHECK(figures.received >= Bitrate::kilobits(425));
}

TEST_CASE("[M-067] a path much narrower than the start is taken for what it is with the first queue") {
  for (const std::int64_t narrow : {300, 150}) {
    CAPTURE(narrow);
    TestPath path({.rate = Bitrate::kilobits(narrow), .delay = 40ms});
    path.run(1500ms);
    CHECK(path.estimate() <= Bitrate::kilobits(narrow));
    path.run(2s);
    path.take_figures();
    path.run(5s);
    const auto figures = path.take_figures();
    CHECK(figures.lost == 0);
    CHECK(figures.received.bps * 10 >= narrow * 1000 * 8);
  }
}

TEST_CASE(
    "[M-067] when a path falls to a quarter the first cut is to what it carries, and the third feedback makes it") {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    CAPTURE(seed);
    TestPath path({.rate = Bitrate::kilobits(2400), .loss = 0.001}, seed);
    path.run(15s);
    REQUIRE(path.estimate() >= Bitrate::kilobits(1800));
    path.set_rate(Bitrate::kilobits(600));
    const Instant fell = path.now();
    while (path.estimate() >= Bitrate::kilobits(1200) && path.now() < fell + 1s) path.run(5ms);
    CHECK(path.estimate() <= Bitrate::kilobits(600));
    CHECK(path.estimate() >= Bitrate::kilobits(150));
    CHECK(path.now() - fell <= 280ms);  // the round trip is 100
  }
}

TEST_CASE(
    "[M-070] where all that is wanted fits, what waits leaves faster; while a queue drains, no faster than it may") {
  TestPath path({.rate = Bitrate::kilobits(2000)});
  path.set_wish(Bitrate::kilobits(600));
  path.run(5s);
  CHECK(path.control().is_ample());
  CHECK(path.control().pacing_rate(path.now()).bps >= 2 * path.estimate().bps);

  path.set_wish(Bitrate::kilobits(10'000));
  path.run(10s);
  CHECK_FALSE(path.control().is_ample());
  CHECK(path.control().pacing_rate(path.now()).bps <= path.estimate().bps * 13 / 10);

  path.set_rate(Bitrate::kilobits(500));
  bool drained = false;
  for (int i = 0; i < 300 && !drained; ++i) {
    path.run(10ms);
    drained = path.control().estimator().draining(path.now());
  }
  REQUIRE(drained);
  CHECK(path.control().pacing_rate(path.now()) <= path.estimate());
}

TEST_CASE("[M-068] capacity that comes back is found by probes, with hardly a loss") {
  TestPath path({.rate = Bitrate::kilobits(500)});
  path.run(10s);
  path.take_figures();
  path.set_rate(Bitrate::kilobits(3000));
  path.run(20s);
  CHECK(path.estimate().bps >= 2400000);
  CHECK(path.take_figures().lost <= 0.05);
}

TEST_CASE("[M-068] nothing is tried that nobody wants") {
  TestPath path({.rate = Bitrate::kilobits(10'000)});
  path.set_wish(Bitrate::kilobits(600));
  path.run(20s);
  CHECK(path.take_figures().received <= Bitrate::kilobits(600));
}

TEST_CASE("[M-069] 2 % of packets lost by chance cost hardly any of the estimate, also on a long path") {
  for (const Duration delay : {50ms, 150ms}) {
    CAPTURE(delay.count());
    TestPath clean({.rate = Bitrate::kilobits(1000), .delay = delay});
    TestPath lossy({.rate = Bitrate::kilobits(1000), .delay = delay, .loss = 0.02});
    std::int64_t without = 0;
    std::int64_t with = 0;
    clean.run(10s);
    lossy.run(10s);
    for (int second = 0; second < 30; ++second) {
      clean.run(1s);
      lossy.run(1s);
      without += clean.estimate().bps;
      with += lossy.estimate().bps;
    }
    CHECK(with * 10 >= without * 8);
  }
}

TEST_CASE("a path that loses a tenth of what is sent, however little that is, is not starved for it") {
  TestPath path({.rate = Bitrate::kilobits(1000), .loss = 0.1});
  path.run(60s);
  CHECK(path.estimate().bps >= 600000);
}

TEST_CASE("[M-070] what waits leaves at no more than twice the estimate, in bursts of some milliseconds") {
  SendControl control;
  Instant now{1000s};
  control.sent(now, 1200);
  std::vector<std::pair<Instant, std::size_t>> sent;
  for (const Instant end = now + 2s; now < end; now += 1ms) {
    while (control.may_send(now)) {
      control.sent(now, 1200);
      sent.emplace_back(now, 1200);
    }
  }
  const std::int64_t estimate = control.estimate()->bps;
  REQUIRE(sent.size() > 100);
  for (std::size_t first = 0; first < sent.size(); ++first) {
    std::int64_t bits = 0;
    for (std::size_t i = first; i < sent.size() && sent[i].first - sent[first].first < 100ms; ++i) {
      bits += static_cast<std::int64_t>(sent[i].second) * 8;
    }
    CHECK(bits * 10 <= estimate * 2);
  }
}

TEST_CASE("a receiver that never gives feedback is not held back for long") {
  SendControl control;
  Instant now{1000s};
  for (const Instant end = now + 6s; now < end; now += 10ms) {
    if (control.may_send(now)) control.sent(now, 1000);
    control.advance(now);
  }
  CHECK_FALSE(control.estimate());
  CHECK(control.take_change());
  CHECK_FALSE(control.take_change());  // once is enough
  int at_once = 0;
  while (at_once < 1000 && control.may_send(now)) {
    control.sent(now, 1200);
    ++at_once;
  }
  CHECK(at_once == 1000);
}

TEST_CASE("feedback that stops makes the estimate fall, a step each second") {
  TestPath path({.rate = Bitrate::kilobits(1000)});
  path.run(5s);
  const Bitrate before = path.estimate();
  path.set_loss(1);
  path.run(4s);
  CHECK(path.estimate().bps * 2 > before.bps);
  path.run(4s);
  CHECK(path.estimate().bps * 3 < before.bps);
}

TEST_CASE("[M-072] while everything is paused, probes go on, so that it can be resumed") {
  SendControl control;
  Instant now{1000s};
  for (const Instant end = now + 1s; now < end; now += 10ms) {
    control.sent(now, 500);
    control.advance(now);
  }
  const Instant paused = now;
  control.set_wishes(now, Bitrate::kilobits(5000), Bitrate::kilobits(2000));
  int probes = 0;
  while (now < paused + 30s) {
    REQUIRE(control.deadline() != kNever);
    now = std::max(control.deadline(), now + 1ms);
    const bool was_probing = control.probing();
    control.advance(now);
    if (!was_probing && control.probing()) ++probes;
  }
  CHECK(probes >= 3);
  control.set_wishes(now, Bitrate{}, Bitrate{});
  control.advance(control.deadline());
  CHECK(control.deadline() == kNever);  // nobody wants anything: timers rest
}

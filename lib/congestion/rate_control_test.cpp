// SPDX-License-Identifier: Apache-2.0
#include "congestion/rate_control.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::congestion;
using namespace std::chrono_literals;

TEST_CASE("a path that turns out far narrower than the first queue told is not sent too much for another round trip") {
  Instant now{100s};
  RateControl control({.start = Bitrate::kilobits(2400)});
  const auto told = [&](Bitrate carried, Duration queue) {
    RateControl::Path path;
    path.usage = PathUsage::kOverused;
    path.acked = Bitrate::kilobits(2300);
    path.carried = carried;
    path.rtt = 200ms;
    path.queue = queue;
    control.update(now += 50ms, path);
    return control.rate();
  };
  // The first queue is met while what was sent before still arrives.
  const Bitrate first = told(Bitrate::kilobits(2200), 90ms);
  CHECK(first > Bitrate::kilobits(1000));
  CHECK(first < Bitrate::kilobits(2200));
  CHECK(told(Bitrate::kilobits(2000), 150ms) == first);  // about as much: one cut for one queue
  CHECK(told(Bitrate::kilobits(600), 200ms) < Bitrate::kilobits(600));
  const Bitrate second = control.rate();
  CHECK(told(Bitrate::kilobits(580), 240ms) == second);
}

TEST_CASE("[M-067] cuts that shorten no queue leave enough for a small picture, unless that is lost") {
  for (const double loss : {0.0, 0.3}) {
    CAPTURE(loss);
    Instant now{100s};
    RateControl control({.start = Bitrate::kilobits(2000)});
    // Somebody else keeps 280 ms full; what is sent less arrives less. Too short for it to be taken for theirs.
    for (int i = 0; i < 70; ++i) {
      RateControl::Path path;
      path.usage = PathUsage::kOverused;
      path.acked = path.carried = control.rate();
      path.rtt = 400ms;
      path.queue = 280ms;
      path.loss = loss;
      control.update(now += 50ms, path);
    }
    REQUIRE_FALSE(control.competing());
    if (loss == 0) {
      CHECK(control.rate() >= Bitrate::kilobits(120));
      CHECK(control.rate() <= Bitrate::kilobits(150));
    } else {
      CHECK(control.rate() < Bitrate::kilobits(120));
    }
  }
}

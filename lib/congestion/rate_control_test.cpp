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

// SPDX-License-Identifier: Apache-2.0
#include "runtime/latency_meter.hpp"

#include <doctest/doctest.h>

#include "base/time.hpp"

using namespace sfu;
using namespace sfu::runtime;
using namespace std::chrono_literals;

TEST_CASE("one turn in ten milliseconds is measured, from its first packet on, if anything was received") {
  ManualClock clock;
  LatencyMeter meter;
  Histogram<bounds::kForwardNanoseconds> histogram;
  CHECK_FALSE(meter.wants_sample(clock.now()));

  meter.arrived(clock.now() - 90us);
  meter.arrived(clock.now() - 10us);
  REQUIRE(meter.wants_sample(clock.now()));
  meter.sample(clock.now(), histogram);
  meter.end_turn();
  CHECK(histogram.sum == 90'000);
  CHECK(histogram.counts[1] == 1);  // more than 50 and up to 100 microseconds

  clock.advance(9ms);
  meter.arrived(clock.now());
  CHECK_FALSE(meter.wants_sample(clock.now()));
  meter.end_turn();
  clock.advance(1ms);
  CHECK_FALSE(meter.wants_sample(clock.now()));
  meter.arrived(clock.now());
  CHECK(meter.wants_sample(clock.now()));
}

TEST_CASE("the latency that is told follows slowly, and a clock that was read before counts as none") {
  LatencyMeter meter;
  Histogram<bounds::kForwardNanoseconds> histogram;
  Instant now{1h};
  for (int i = 0; i < 200; ++i) {
    now += 10ms;
    meter.arrived(now - 1ms);
    meter.sample(now, histogram);
    meter.end_turn();
  }
  CHECK(meter.latency() > 900us);
  CHECK(meter.latency() <= 1ms);
  CHECK(meter.jitter() < 50us);
  meter.arrived(now + 1ms);
  meter.sample(now, histogram);
  CHECK(histogram.counts[0] == 1);
  CHECK(meter.latency() > 850us);
}

// SPDX-License-Identifier: Apache-2.0
#include "congestion/subscriber_capacity.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <vector>

using namespace sfu;
using namespace sfu::congestion;
using namespace std::chrono_literals;

namespace {

constexpr Bitrate kSent = Bitrate::kilobits(1000);

// Estimates in kbit/s at one pace, of a receiver that is sent kSent. The first capacity that comes of them.
std::optional<Bitrate> first_capacity(const std::vector<std::int64_t>& estimates, Duration pace = 250ms) {
  ManualClock clock;
  SubscriberCapacity capacity;
  for (const std::int64_t kilobits : estimates) {
    capacity.on_estimate(clock.advance(pace), Bitrate::kilobits(kilobits), kSent);
    if (const auto value = capacity.value(clock.now())) return value;
  }
  return std::nullopt;
}

// A second each: so many packets of 100 are asked for once more after their repair.
std::vector<std::optional<Bitrate>> capacities(const std::vector<std::uint64_t>& asked_again) {
  ManualClock clock;
  SubscriberCapacity capacity;
  std::vector<std::optional<Bitrate>> seen;
  std::uint64_t packets = 0, asked = 0;
  for (const std::uint64_t more : asked_again) {
    capacity.on_nacks(clock.advance(1s), packets += 100, asked += more, kSent);
    seen.push_back(capacity.value(clock.now()));
  }
  return seen;
}

}  // namespace

TEST_CASE("[M-066] estimates that fall below what is sent are the capacity, as soon as twelve of them show it") {
  // Each 2 % less than the one before, so that none is far from the next.
  std::vector<std::int64_t> falling;
  falling.reserve(12);
  for (int i = 0; i < 12; ++i) falling.push_back(1040 - 20 * i);
  CHECK(first_capacity(falling) == Bitrate::kilobits(820));
  falling.pop_back();
  CHECK(first_capacity(falling) == std::nullopt);
  // In disorder they show no trend: tau is -0.6 at the least.
  CHECK(first_capacity({860, 980, 900, 840, 960, 860, 900, 940, 860, 880, 900, 860}, 200ms) == std::nullopt);
  // Falling, but as high as what is sent all the time.
  std::vector<std::int64_t> high;
  high.reserve(12);
  for (int i = 0; i < 12; ++i) high.push_back(2000 - 90 * i);
  CHECK(first_capacity(high) == std::nullopt);
  // Slower ones: eight do, when they are of more than five seconds. Each of these is a rise and a larger fall.
  CHECK(first_capacity({1500, 1400, 1450, 1300, 1350, 1200, 1100, 940}, 1s) == Bitrate::kilobits(940));
}

TEST_CASE("[M-066] where a tenth of the packets is asked for again and again, 0.4 of that is taken off") {
  const auto reduced = Bitrate::kilobits(960);
  CHECK(capacities({10, 10, 10}) == std::vector<std::optional<Bitrate>>{std::nullopt, std::nullopt, reduced});
  // Up to 8 % is the path's own.
  CHECK(capacities({8, 8, 8, 8, 8, 8, 8}).back() == std::nullopt);
  // One second of many does not make three.
  CHECK(capacities({20, 0, 0, 0, 20, 0, 0}) == std::vector<std::optional<Bitrate>>(7));
  // It holds for ten seconds, then all is tried again.
  const auto after = capacities({10, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(after[11] == reduced);
  CHECK(after[12] == std::nullopt);
}

TEST_CASE("an estimate counts when it stays below what is sent, for a while, and longer when that comes again") {
  ManualClock clock;
  SubscriberCapacity capacity;
  const auto sent = Bitrate::kilobits(1000);
  const auto estimate = [&](std::int64_t kilobits) {
    capacity.on_estimate(clock.advance(1s), Bitrate::kilobits(kilobits), sent);
    return capacity.value(clock.now());
  };
  CHECK_FALSE(capacity.value(clock.now()));
  for (int i = 0; i < 20; ++i) CHECK_FALSE(estimate(960));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(estimate(500));
  CHECK_FALSE(estimate(960));  // it was a dip
  for (int i = 0; i < 3; ++i) CHECK_FALSE(estimate(500));
  CHECK(estimate(505) == Bitrate::kilobits(505));
  CHECK(estimate(600) == Bitrate::kilobits(600));
  CHECK(capacity.value(clock.advance(8999ms)) == Bitrate::kilobits(600));
  CHECK_FALSE(capacity.value(clock.advance(1ms)));
  for (int i = 0; i < 4; ++i) estimate(500);
  CHECK(capacity.value(clock.advance(19s)) == Bitrate::kilobits(500));
  CHECK_FALSE(capacity.value(clock.advance(1s)));
  clock.advance(60s);  // it went well for long
  for (int i = 0; i < 4; ++i) estimate(500);
  CHECK_FALSE(capacity.value(clock.advance(10s)));
}

TEST_CASE("an estimate that climbs after a step up is no congestion, however far below it begins, and often it comes") {
  for (const auto interval : {1000ms, 200ms}) {
    ManualClock clock;
    SubscriberCapacity capacity;
    const double growth = std::pow(1.08, std::chrono::duration<double>(interval).count());
    for (double kilobits = 140; kilobits < 1500; kilobits *= growth) {
      const auto estimate = Bitrate{static_cast<std::int64_t>(kilobits * 1000)};
      capacity.on_estimate(clock.advance(interval), estimate, Bitrate::kilobits(1600));
      REQUIRE_FALSE(capacity.value(clock.now()));
    }
  }
}

TEST_CASE("a cap holds by itself, and together with an estimate the smaller one does") {
  ManualClock clock;
  SubscriberCapacity capacity;
  capacity.set_cap(Bitrate::kilobits(300));
  CHECK(capacity.value(clock.now()) == Bitrate::kilobits(300));
  for (int i = 0; i < 4; ++i) capacity.on_estimate(clock.advance(1s), Bitrate::kilobits(200), Bitrate::kilobits(250));
  CHECK(capacity.value(clock.now()) == Bitrate::kilobits(200));
  capacity.on_estimate(clock.now(), Bitrate::kilobits(900), Bitrate::kilobits(250));
  CHECK(capacity.value(clock.now()) == Bitrate::kilobits(300));
  capacity.set_cap(std::nullopt);
  CHECK_FALSE(capacity.value(clock.advance(10s)));
}

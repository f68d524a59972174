// SPDX-License-Identifier: Apache-2.0
#include "congestion/allocation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "congestion/subscriber_capacity.hpp"

using namespace sfu;
using namespace sfu::congestion;
using namespace std::chrono_literals;

namespace {

using Layers = std::vector<std::uint8_t>;

Demand simulcast(std::int64_t low, std::int64_t medium, std::int64_t high, std::uint8_t current = kPausedLayer) {
  Demand demand;
  demand.bitrates = {Bitrate::kilobits(low), Bitrate::kilobits(medium), Bitrate::kilobits(high)};
  demand.sent = 7;
  demand.current = current;
  return demand;
}

Layers divide(std::int64_t kilobits, const std::vector<Demand>& demands, bool may_pause = true) {
  Layers layers(demands.size());
  allocate(Bitrate::kilobits(kilobits), demands, may_pause, layers);
  return layers;
}

constexpr std::uint8_t kPaused = kPausedLayer;

}  // namespace

TEST_CASE("[M-071] all have their lowest layer before any has more, and then they rise in turn") {
  const std::vector<Demand> two = {simulcast(150, 500, 1500), simulcast(150, 500, 1500)};
  CHECK(divide(10'000, two) == Layers{2, 2});
  CHECK(divide(2200, two) == Layers{2, 1});
  CHECK(divide(1200, two) == Layers{1, 1});
  CHECK(divide(750, two) == Layers{1, 0});
  CHECK(divide(400, two) == Layers{0, 0});
}

TEST_CASE("[M-071] a screen of priority 255 goes before a camera of 1") {
  std::vector<Demand> demands = {simulcast(150, 500, 1500), simulcast(150, 500, 1500)};
  demands[1].priority = 255;
  CHECK(divide(750, demands) == Layers{0, 1});
  CHECK(divide(200, demands) == Layers{kPaused, 0});
}

TEST_CASE("[M-072] nothing is paused that may not be; else what does not fit, the least important first") {
  std::vector<Demand> demands = {simulcast(150, 500, 1500), simulcast(150, 500, 1500), simulcast(150, 500, 1500)};
  demands[1].priority = 2;
  CHECK(divide(0, demands, false) == Layers{0, 0, 0});
  CHECK(divide(350, demands) == Layers{0, 0, kPaused});
  CHECK(divide(200, demands) == Layers{kPaused, 0, kPaused});
  CHECK(divide(0, demands) == Layers{kPaused, kPaused, kPaused});
  CHECK(divide(600, demands) == Layers{0, 0, 0});
}

TEST_CASE("a layer that is had is kept while it fits; one more needs a tenth to spare") {
  CHECK(divide(500, {simulcast(150, 500, 1500, 1)}) == Layers{1});
  CHECK(divide(499, {simulcast(150, 500, 1500, 1)}) == Layers{0});
  CHECK(divide(530, {simulcast(150, 500, 1500, 0)}) == Layers{0});
  CHECK(divide(536, {simulcast(150, 500, 1500, 0)}) == Layers{1});
  CHECK(divide(160, {simulcast(150, 500, 1500)}) == Layers{kPaused});
  CHECK(divide(165, {simulcast(150, 500, 1500)}) == Layers{0});
}

TEST_CASE("layers that are not sent count for nothing, and the wish is the limit") {
  auto demand = simulcast(150, 0, 0);
  demand.sent = 1;
  CHECK(divide(1000, {demand}) == Layers{2});  // free to take a better one when it comes
  demand.max_layer = 1;
  CHECK(divide(1000, {demand}) == Layers{1});
  demand = simulcast(0, 0, 1500);  // more than was asked for, but nothing else is sent
  demand.sent = 4;
  demand.max_layer = 0;
  CHECK(divide(2000, {demand}) == Layers{2});
  CHECK(divide(1000, {demand}) == Layers{kPaused});
  demand.sent = 0;
  CHECK(divide(0, {demand}) == Layers{0});
}

TEST_CASE("[M-073] what is given fits, for random tracks: seeds 1 to 300") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    std::vector<Demand> demands(1 + random.below(12));
    for (auto& demand : demands) {
      std::int64_t bitrate = 0;
      for (auto& layer : demand.bitrates) layer = Bitrate{bitrate += random.below(1'000'000)};
      demand.sent = static_cast<std::uint8_t>(random.below(8));
      demand.max_layer = static_cast<std::uint8_t>(random.below(3));
      demand.priority = static_cast<std::uint8_t>(1 + random.below(255));
      demand.current = random.below(2) == 0 ? kPausedLayer : static_cast<std::uint8_t>(random.below(3));
    }
    const Bitrate capacity{random.below(4'000'000)};
    const bool may_pause = random.below(2) == 0;
    Layers layers(demands.size());
    allocate(capacity, demands, may_pause, layers);
    std::int64_t total = 0;
    bool only_lowest = true;
    for (std::size_t i = 0; i < demands.size(); ++i) {
      const auto given = layers[i] == kPausedLayer ? 0u : demands[i].sent & ((2u << layers[i]) - 1);
      if (demands[i].sent != 0 && !may_pause) CHECK(given != 0);
      if (given == 0) continue;
      const auto layer = static_cast<std::size_t>(std::bit_width(given) - 1);
      total += demands[i].bitrates[layer].bps;
      only_lowest &= layer == static_cast<std::size_t>(std::countr_zero(demands[i].sent));
      const bool above_wish = layer > demands[i].max_layer;
      CHECK((!above_wish || (demands[i].sent & ((2u << demands[i].max_layer) - 1)) == 0));
    }
    CHECK((total <= capacity.bps || (!may_pause && only_lowest)));
  }
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
  for (int i = 0; i < 3; ++i) CHECK_FALSE(estimate(500 - 10 * i));
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

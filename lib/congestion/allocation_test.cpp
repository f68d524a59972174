// SPDX-License-Identifier: Apache-2.0
#include "congestion/allocation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

using namespace sfu;
using namespace sfu::congestion;
using namespace std::chrono_literals;

namespace {

using Layers = std::vector<std::uint8_t>;

// Without temporal layers.
Demand simulcast(std::int64_t low, std::int64_t medium, std::int64_t high, std::uint8_t current = kPausedLayer) {
  Demand demand;
  demand.bitrates[0].fill(Bitrate::kilobits(low));
  demand.bitrates[1].fill(Bitrate::kilobits(medium));
  demand.bitrates[2].fill(Bitrate::kilobits(high));
  demand.sent = 7;
  if (current != kPausedLayer) demand.current = {current, 3};
  return demand;
}

std::vector<Allowance> share(std::int64_t kilobits, const std::vector<Demand>& demands,
                             MayPause may_pause = MayPause::kAny) {
  std::vector<Allowance> allowances(demands.size());
  allocate(Bitrate::kilobits(kilobits), demands, may_pause, allowances);
  return allowances;
}

Layers divide(std::int64_t kilobits, const std::vector<Demand>& demands, MayPause may_pause = MayPause::kAny) {
  Layers layers;
  for (const Allowance& allowance : share(kilobits, demands, may_pause)) layers.push_back(allowance.layer);
  return layers;
}

constexpr std::uint8_t kNothing = kPausedLayer;

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
  CHECK(divide(200, demands) == Layers{kNothing, 0});
}

TEST_CASE("[M-072] nothing is paused that may not be; else what does not fit, the least important first") {
  std::vector<Demand> demands = {simulcast(150, 500, 1500), simulcast(150, 500, 1500), simulcast(150, 500, 1500)};
  demands[1].priority = 2;
  CHECK(divide(0, demands, MayPause::kNone) == Layers{0, 0, 0});
  CHECK(divide(350, demands) == Layers{0, 0, kNothing});
  CHECK(divide(200, demands) == Layers{kNothing, 0, kNothing});
  CHECK(divide(0, demands) == Layers{kNothing, kNothing, kNothing});
  CHECK(divide(600, demands) == Layers{0, 0, 0});
}

TEST_CASE("a layer that is had is kept while it fits; one more needs a twentieth to spare") {
  CHECK(divide(500, {simulcast(150, 500, 1500, 1)}) == Layers{1});
  CHECK(divide(499, {simulcast(150, 500, 1500, 1)}) == Layers{0});
  CHECK(divide(517, {simulcast(150, 500, 1500, 0)}) == Layers{0});
  CHECK(divide(518, {simulcast(150, 500, 1500, 0)}) == Layers{1});
  CHECK(divide(157, {simulcast(150, 500, 1500)}) == Layers{kNothing});
  CHECK(divide(158, {simulcast(150, 500, 1500)}) == Layers{0});
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
  CHECK(divide(1000, {demand}) == Layers{kNothing});
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
      for (auto& layer : demand.bitrates) {
        for (auto& temporal : layer) temporal = Bitrate{bitrate += random.below(300'000)};
      }
      demand.sent = static_cast<std::uint8_t>(random.below(8));
      demand.max_layer = static_cast<std::uint8_t>(random.below(3));
      demand.max_temporal = static_cast<std::uint8_t>(random.below(4));
      demand.priority = static_cast<std::uint8_t>(1 + random.below(255));
      if (random.below(2) == 0) {
        demand.current = {static_cast<std::uint8_t>(random.below(3)), static_cast<std::uint8_t>(random.below(4))};
      }
    }
    const Bitrate capacity{random.below(6'000'000)};
    const auto may_pause = static_cast<MayPause>(random.below(3));
    std::vector<Allowance> given(demands.size());
    const auto division = allocate(capacity, demands, may_pause, given);
    std::int64_t total = 0;
    std::int64_t most = 0;
    bool only_lowest = true;
    bool all_served = true;
    std::size_t starved = 0;
    std::size_t had = 0;
    for (std::size_t i = 0; i < demands.size(); ++i) {
      const Demand& demand = demands[i];
      const unsigned wished = demand.sent & ((2u << demand.max_layer) - 1);
      const unsigned best = wished != 0 ? std::bit_width(wished) - 1 : std::countr_zero(demand.sent);
      if (demand.sent == 0) continue;
      most += demand.bitrates[best][demand.max_temporal].bps;
      if (given[i].paused()) {
        CHECK(may_pause != MayPause::kNone);
        all_served = false;
        ++starved;
        continue;
      }
      ++had;
      // What comes of what it may have.
      const auto come = demand.sent & ((2u << given[i].layer) - 1);
      REQUIRE(come != 0);
      const auto layer = static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(come)) - 1);
      const std::size_t temporal = std::min(given[i].temporal, demand.max_temporal);
      total += demand.bitrates[layer][temporal].bps;
      only_lowest &= layer == static_cast<std::size_t>(std::countr_zero(demand.sent)) && temporal == 0;
      all_served &= layer == best && temporal == demand.max_temporal;
      CHECK((layer <= demand.max_layer || wished == 0));
    }
    const bool forced = may_pause == MayPause::kNone || (may_pause == MayPause::kAllButOne && had == 1);
    CHECK((total <= capacity.bps || (forced && only_lowest)));
    CHECK(division.starved == starved);
    if (may_pause == MayPause::kAllButOne) CHECK((had > 0 || starved == 0));
    CHECK(division.everything.bps == most);
    CHECK((division.next_step.bps == 0) == (all_served && total <= capacity.bps));
    if (total > capacity.bps) CHECK(division.next_step.bps == total);
    if (!all_served && total <= capacity.bps) CHECK(division.next_step.bps > total);
  }
}

TEST_CASE("[M-071] what one of two equals has, the other does not take from it as bitrates waver") {
  // There is room for two lowest layers and one better one.
  for (const std::int64_t capacity : {610, 640, 700, 790}) {
    CAPTURE(capacity);
    CHECK(divide(capacity, {simulcast(100, 500, 2000, 0), simulcast(100, 500, 2000, 1)}) == Layers{0, 1});
    CHECK(divide(capacity, {simulcast(100, 500, 2000, 1), simulcast(100, 500, 2000, 0)}) == Layers{1, 0});
    auto important = simulcast(100, 500, 2000, 0);
    important.priority = 2;
    CHECK(divide(capacity, {simulcast(100, 500, 2000, 1), important}) ==
          (capacity < 625 ? Layers{1, 0} : Layers{0, 1}));
  }
  // Nor the only layer that there is room for.
  CHECK(divide(180, {simulcast(150, 500, 2000), simulcast(150, 500, 2000, 0)}) == Layers{kPausedLayer, 0});
}

TEST_CASE(
    "[M-072] before the path is known, the most important has its lowest layer whether it is known to fit or not") {
  auto screen = simulcast(1700, 1700, 1700);
  screen.priority = 255;
  const auto camera = simulcast(1500, 1500, 1500);
  CHECK(share(1000, {camera, screen}, MayPause::kAllButOne) == std::vector{kPaused, Allowance{2, 3}});
  CHECK(share(1000, {camera, screen}) == std::vector{kPaused, kPaused});
  CHECK(share(1000, {camera, camera}, MayPause::kAllButOne)[1] == kPaused);
  // Where one fits, it is that.
  CHECK(share(1600, {camera, camera}, MayPause::kAllButOne)[1] == kPaused);
  CHECK(divide(1000, {simulcast(900, 1500, 2000)}, MayPause::kAllButOne) == Layers{0});
}

TEST_CASE("[M-071] between two spatial layers there are the temporal ones") {
  Demand demand;
  demand.sent = 3;
  demand.bitrates[0] = {Bitrate{50}, Bitrate{70}, Bitrate{100}, Bitrate{100}};
  demand.bitrates[1] = {Bitrate{90}, Bitrate{200}, Bitrate{400}, Bitrate{400}};
  const auto given = [&](std::int64_t bps) {
    std::vector<Allowance> allowances(1);
    allocate(Bitrate{bps}, std::vector{demand}, MayPause::kAny, allowances);
    return allowances.front();
  };
  CHECK(given(40) == kPaused);
  CHECK(given(60) == Allowance{0, 0});
  CHECK(given(80) == Allowance{0, 1});
  CHECK(given(120) == Allowance{1, 0});  // more, and for less than all of the lower
  CHECK(given(300) == Allowance{1, 1});
  CHECK(given(500) == Allowance{2, 3});  // all that comes, and what may come
  demand.max_temporal = 1;
  CHECK(given(500) == Allowance{2, 1});
}

// SPDX-License-Identifier: Apache-2.0
#include "runtime/lending_policy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using sfu::runtime::LendingOrder;
using sfu::runtime::LendingPolicy;

namespace {

// Workers of which the first one has a room of so many packets an interval; the others have loads of their own.
struct World {
  double choosing = 0.00001;  // of a core, for a packet
  double sealing = 0.00005;
  std::uint64_t packets = 10'000;
  std::vector<double> others;         // loads, the first one's included
  std::vector<std::uint64_t> lent{};  // by worker
  LendingPolicy policy{0.5};
  int orders = 0;

  explicit World(std::vector<double> loads) : others(std::move(loads)), lent(others.size(), 0) {}

  std::uint64_t kept() const {
    std::uint64_t kept = packets;
    for (const std::uint64_t some : lent) kept -= some;
    return kept;
  }
  std::vector<double> loads() const {
    std::vector<double> loads = others;
    loads[0] += choosing * static_cast<double>(packets) + sealing * static_cast<double>(kept());
    for (std::size_t i = 1; i < loads.size(); ++i) loads[i] += sealing * static_cast<double>(lent[i]);
    return loads;
  }
  void run(int intervals) {
    for (int i = 0; i < intervals; ++i) {
      const auto now = loads();
      const auto order = policy.decide({0, now, kept(), lent});
      if (!order) continue;
      ++orders;
      if (order->recall) {
        lent[order->sibling] -= std::min(order->packets, lent[order->sibling]);
      } else {
        lent[order->sibling] += std::min(order->packets, kept());
      }
    }
  }
};

}  // namespace

TEST_CASE("a worker that is not busy lends nothing") {
  World world({0, 0});
  world.packets = 5'000;  // 0.3 of a core
  world.run(20);
  CHECK(world.orders == 0);
}

TEST_CASE("a busy worker evens out its load with that of its siblings, and then leaves it alone") {
  for (const std::size_t workers : {2, 4}) {
    CAPTURE(workers);
    World world(std::vector<double>(workers, 0));
    world.packets = 30'000;
    world.run(100);
    const auto loads = world.loads();
    const double mean = 1.8 / static_cast<double>(workers);
    CHECK(std::ranges::max(loads) < std::max(0.5, 1.1 * mean));
    const int settled = world.orders;
    world.run(100);
    CHECK(world.orders == settled);
  }
}

TEST_CASE("a sibling that gets work of its own is relieved, and one that is busier is never lent to") {
  World world({0, 0, 0.9});
  world.run(100);
  CHECK(world.lent[2] == 0);
  CHECK(world.lent[1] > 0);
  const std::uint64_t before = world.lent[1];
  world.others[1] = 0.5;
  world.run(100);
  CHECK(world.lent[1] < before / 2);
}

TEST_CASE("when a worker could do all by itself with ease, it takes everything back") {
  World world({0, 0});
  world.run(50);
  REQUIRE(world.lent[1] > 0);
  world.packets /= 4;
  world.lent[1] /= 4;
  world.run(20);
  CHECK(world.kept() == world.packets);
}

TEST_CASE("where the limit is 0, any difference is evened out, and nothing is taken back") {
  World world({0, 0});
  world.policy = LendingPolicy(0);
  world.packets = 100;
  world.run(50);
  const auto loads = world.loads();
  CHECK(loads[1] == doctest::Approx(loads[0]).epsilon(0.15));
}

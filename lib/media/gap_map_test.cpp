// SPDX-License-Identifier: Apache-2.0
#include "media/gap_map.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/random.hpp"

using namespace sfu;
using media::GapMap;

TEST_CASE("numbers left out in a row close up, and those before them keep their place") {
  GapMap<8> map;
  map.begin(100, 7);
  CHECK(map.map(100) == 7);
  CHECK(map.map(103) == 10);
  map.exclude(104);
  map.exclude(105);
  CHECK(map.map(106) == 11);
  CHECK(map.map(102) == 9);
  CHECK_FALSE(map.map(104));
  CHECK_FALSE(map.map(105));
  CHECK_FALSE(map.map(99));
}

TEST_CASE("numbers may be left out from the very first on") {
  GapMap<8> map;
  map.begin(5, 5);
  map.exclude(5);
  map.exclude(6);
  CHECK(map.map(7) == 5);
  CHECK_FALSE(map.map(6));
}

TEST_CASE("what is older than the remembered ranges has no place, rather than a wrong one") {
  GapMap<4> map;
  map.begin(0, 0);
  for (int i = 0; i < 10; ++i) map.exclude(10 * i + 5);
  CHECK(map.map(96) == 86);
  CHECK(map.map(94) == 85);
  CHECK_FALSE(map.map(12));
  CHECK_FALSE(map.map(95));
}

TEST_CASE("any sequence of drops maps the rest one to one, without a hole") {
  const std::uint64_t seed = 20240601;
  CAPTURE(seed);
  SeededRandom random(seed);
  for (int run = 0; run < 50; ++run) {
    GapMap<100> map;
    const std::int64_t first = random.u16();
    map.begin(first, 1000);
    std::set<std::int64_t> dropped;
    const unsigned share = random.below(6);
    for (std::int64_t in = first; in < first + 100; ++in) {
      if (random.below(10) >= share) continue;
      map.exclude(in);
      dropped.insert(in);
    }
    std::int64_t expected = 1000;
    for (std::int64_t in = first; in < first + 200; ++in) {
      if (dropped.contains(in)) {
        CHECK_FALSE(map.map(in));
      } else {
        CHECK(map.map(in) == expected++);
      }
    }
    GapMap<8> smaller;
    smaller.assign(map);
    CHECK(smaller.map(first + 150) == map.map(first + 150));
  }
}

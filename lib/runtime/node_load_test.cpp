// SPDX-License-Identifier: Apache-2.0
#include "runtime/node_load.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::runtime;
using namespace std::chrono_literals;

TEST_CASE("a worker's load is measured once a second while anything passes, and forgotten when it sleeps") {
  NodeLoad load;
  Instant now{100s};
  CHECK(load.deadline() == kNever);
  load.touch(now);
  CHECK(load.deadline() == now + 1s);
  CHECK_FALSE(load.due(now + 999ms));
  load.add_bytes(3000);
  now += 1500ms;
  REQUIRE(load.due(now));
  load.measure(now, 7);
  CHECK(load.tracks() == 7);
  CHECK(load.bytes_per_second(now) == 2000);
  CHECK(load.bytes_per_second(now + 3s) == 2000);
  CHECK(load.bytes_per_second(now + 4s) == 0);

  CHECK(load.deadline() == now + 1s);
  now += 1s;
  load.measure(now, 0);
  CHECK(load.tracks() == 0);
  CHECK(load.bytes_per_second(now) == 0);
  CHECK(load.deadline() == kNever);  // nothing has passed: it may sleep
}

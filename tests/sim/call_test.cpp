// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "simulation.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

TEST_CASE("two clients join a room, connect, and see each other") {
  Simulation simulation(1);
  Client& alice = simulation.join("room", "alice");
  Client& bob = simulation.join("room", "bob");
  REQUIRE(simulation.run_until(
      [&] { return alice.session().subscriber_connected() && bob.session().subscriber_connected(); }, 5s));
  CHECK(alice.joined()->room().name() == "room");
}

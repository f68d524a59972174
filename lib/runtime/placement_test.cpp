// SPDX-License-Identifier: Apache-2.0
#include "runtime/placement.hpp"

#include <doctest/doctest.h>

using sfu::runtime::Placement;

TEST_CASE("new rooms go to the worker with the fewest, and a room stays where it is") {
  Placement placement(2);
  CHECK(placement.enter("a") == 0);
  CHECK(placement.enter("b") == 1);
  CHECK(placement.enter("a") == 0);
  CHECK(placement.enter("c") == 0);
  CHECK(placement.enter("d") == 1);
}

TEST_CASE("a room that ends while someone is on the way in keeps its worker for him") {
  Placement placement(2);
  placement.enter("a");
  placement.settled("a", true);
  const unsigned worker = placement.enter("a");
  placement.ended("a");
  CHECK(placement.find("a") == worker);
  placement.settled("a", true);
  CHECK(placement.find("a") == worker);
  placement.ended("a");
  CHECK_FALSE(placement.find("a").has_value());
}

TEST_CASE("a join that was turned away leaves nothing behind") {
  Placement placement(2);
  placement.enter("a");
  placement.settled("a", false);
  CHECK_FALSE(placement.find("a").has_value());
  CHECK(placement.enter("b") == 0);
}

TEST_CASE("a new room goes where its maker wants it, and one that exists stays") {
  Placement placement(2);
  CHECK(placement.enter("a", 1) == 1);
  CHECK(placement.enter("a", 0) == 1);
  CHECK(placement.enter("b") == 0);
}

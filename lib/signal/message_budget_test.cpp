// SPDX-License-Identifier: Apache-2.0
#include "signal/message_budget.hpp"

#include <doctest/doctest.h>

#include "base/time.hpp"
#include "signal/codec.hpp"

using namespace sfu;
using namespace sfu::signal;
using namespace std::chrono_literals;

namespace {

// How many of so many messages, one each `every`, are taken.
int taken(int messages, Duration every, std::size_t bytes) {
  ManualClock clock;
  MessageBudget budget(clock.now());
  int count = 0;
  while (count < messages && budget.take(clock.now(), bytes)) {
    ++count;
    clock.advance(every);
  }
  return count;
}

}  // namespace

TEST_CASE("a client that sends 10 000 messages a second is cut off before the second is over") {
  CHECK(taken(20'000, 100us, 10) > 5'000);
  CHECK(taken(20'000, 100us, 10) < 6'000);
}

TEST_CASE("a client within reason is never cut off") {
  CHECK(taken(5'000, 0s, 200) == 5'000);           // asks for each track of a large room at once
  CHECK(taken(1'000'000, 3ms, 200) == 1'000'000);  // 333 a second, for 50 minutes
  CHECK(taken(10'000, 300ms, 500'000) == 10'000);  // very large offers, again and again
  CHECK(taken(8, 0s, kMaxMessageSize) == 8);       // the largest messages there are
}

TEST_CASE("large messages count for more: 2 MiB each, as fast as they come, are too much within a few") {
  CHECK(taken(100, 1ms, kMaxMessageSize) == 8);
}

TEST_CASE("what was used up comes back with time, and what was too much has cost nothing") {
  ManualClock clock;
  MessageBudget budget(clock.now());
  for (int i = 0; i < 5'000; ++i) REQUIRE(budget.take(clock.now(), 1));
  clock.advance(1s);
  for (int i = 0; i < 500; ++i) REQUIRE(budget.take(clock.now(), 1));
  for (int i = 0; i < 5'000; ++i) REQUIRE_FALSE(budget.take(clock.now(), 1));
  clock.advance(2ms);
  CHECK(budget.take(clock.now(), 1));
  CHECK_FALSE(budget.is_full(clock.advance(9s)));
  CHECK(budget.is_full(clock.advance(2s)));
}

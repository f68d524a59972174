// SPDX-License-Identifier: Apache-2.0
#include "runtime/message_budgets.hpp"

#include <doctest/doctest.h>

#include "base/time.hpp"

using namespace sfu;
using namespace sfu::runtime;
using namespace std::chrono_literals;

namespace {

// Messages that one connection gets through at once before it is closed.
int flood(MessageBudgets& budgets, Instant now, const std::string& identity) {
  const auto budget = budgets.of(now, "hall", identity);
  int taken = 0;
  while (budget->take(now, 100)) ++taken;
  return taken;
}

}  // namespace

TEST_CASE("who floods, is closed and connects again in a loop gets no more through than who stays connected") {
  ManualClock clock;
  MessageBudgets budgets;
  int taken = flood(budgets, clock.now(), "mallory");
  CHECK(taken == 5'000);
  for (int i = 0; i < 100; ++i) taken += flood(budgets, clock.advance(10ms), "mallory");
  CHECK(taken <= 5'501);  // 500 a second

  CHECK(flood(budgets, clock.now(), "alice") == 5'000);
  clock.advance(20s);
  CHECK(flood(budgets, clock.now(), "mallory") == 5'000);
}

TEST_CASE("connections of one identity at the same time share its budget") {
  MessageBudgets budgets;
  const auto one = budgets.of(Instant{}, "hall", "mallory");
  const auto other = budgets.of(Instant{}, "hall", "mallory");
  const auto elsewhere = budgets.of(Instant{}, "lobby", "mallory");
  int taken = 0;
  while (one->take(Instant{}, 100)) ++taken;
  CHECK(taken == 5'000);
  CHECK_FALSE(other->take(Instant{}, 100));
  CHECK(elsewhere->take(Instant{}, 100));
}

TEST_CASE("budgets that are full again, and nobody's, are forgotten") {
  ManualClock clock;
  MessageBudgets budgets;
  const auto kept = budgets.of(clock.now(), "hall", "alice");
  for (int i = 0; i < 10'000; ++i) {
    CHECK(budgets.of(clock.now(), "hall", std::to_string(i))->take(clock.now(), 100));
    clock.advance(1s);
  }
  CHECK(budgets.size() < 200);
  CHECK(budgets.of(clock.now(), "hall", "alice") == kept);
}

// SPDX-License-Identifier: Apache-2.0
#include "media/repeat_budget.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace std::chrono_literals;
using media::RepeatBudget;

namespace {

constexpr std::size_t kPacket = 1000;

// Packets that could be repeated while `packets` of the same size are sent, one each 10 ms, if `wanted(i)` says so.
template <typename Wanted>
int repeat_while_sending(RepeatBudget& budget, Instant& now, int packets, Wanted&& wanted) {
  int repeated = 0;
  for (int i = 0; i < packets; ++i) {
    budget.sent(now, kPacket);
    now += 10ms;
    while (wanted(i) && budget.has_any()) {
      budget.repeated(kPacket);
      ++repeated;
    }
  }
  return repeated;
}

}  // namespace

TEST_CASE("[M-062] whatever is asked for, a quarter of what is sent is repeated") {
  RepeatBudget budget;
  Instant now{1s};
  const int repeated = repeat_while_sending(budget, now, 1000, [](int) { return true; });
  CHECK(repeated >= 250);
  CHECK(repeated <= 252);
}

TEST_CASE("[M-062] what is lost at once, after a time without losses, is repeated at once") {
  RepeatBudget budget;
  Instant now{1s};
  const int repeated = repeat_while_sending(budget, now, 1000, [](int i) { return i == 999; });
  CHECK(repeated >= 25);  // a quarter of a second's packets at least
  CHECK(repeated <= 53);  // and of two seconds' at most
  CHECK_FALSE(budget.has_any());
}

TEST_CASE("[M-062] repeats that nobody asked for leave some for those that are asked for") {
  RepeatBudget budget;
  Instant now{1s};
  budget.sent(now, kPacket);
  CHECK(budget.is_ample());
  budget.repeated(kPacket);
  CHECK_FALSE(budget.is_ample());
  CHECK(budget.has_any());
}

TEST_CASE("[M-062] what was saved before a pause is forgotten little by little, and a debt is not forgiven") {
  RepeatBudget budget;
  Instant now{1s};
  for (int i = 0; i < 100; ++i) budget.sent(now, kPacket);
  for (int i = 0; i < 10; ++i) budget.sent(now += 5s, 4);
  CHECK(repeat_while_sending(budget, now, 1, [](int) { return true; }) <= 2);
  now += 60s;
  budget.sent(now, 4);
  CHECK_FALSE(budget.is_ample());
}

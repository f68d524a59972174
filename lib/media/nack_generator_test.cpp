// SPDX-License-Identifier: Apache-2.0
#include "media/nack_generator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace sfu;
using namespace std::chrono_literals;
using media::NackGenerator;

TEST_CASE("[M-025] a loss is asked for 20 ms later by time alone, five times, further and further apart") {
  const Instant start{1s};
  for (const Duration rtt : {Duration(8ms), Duration(100ms), Duration(350ms)}) {
    CAPTURE(rtt.count());
    NackGenerator nack;
    nack.missing(start, 1000, 1001);
    std::vector<Instant> asked;
    while (nack.deadline() != kNever) {
      const Instant now = nack.deadline();
      if (!nack.take(now, rtt).empty()) asked.push_back(now);
    }
    REQUIRE(asked.size() == 5);
    CHECK(asked[0] - start == 20ms);
    double wait = static_cast<double>(rtt.count());
    for (int n = 1; n < 5; ++n) {
      const auto expected = std::clamp<Duration>(Duration(static_cast<Duration::rep>(wait)), 20ms, 400ms);
      CHECK(asked[static_cast<std::size_t>(n)] - asked[static_cast<std::size_t>(n) - 1] == expected);
      wait *= 1.25;
    }
    CHECK(nack.size() == 0);
  }
}

TEST_CASE("a receiver that shows what it gets asks ten times") {
  NackGenerator nack(NackGenerator::kClientTries);
  nack.missing(Instant{1s}, 1000, 1001);
  int asked = 0;
  while (nack.deadline() != kNever) asked += nack.take(nack.deadline(), 40ms).empty() ? 0 : 1;
  CHECK(asked == 10);
}

TEST_CASE("[M-025] the 101st missing number takes the place of the oldest") {
  NackGenerator nack;
  nack.missing(Instant{1s}, 500, 600);
  CHECK(nack.size() == 100);
  nack.missing(Instant{1s}, 700, 701);
  CHECK(nack.size() == 100);
  const auto due = nack.take(Instant{2s}, 50ms);
  REQUIRE(due.size() == 100);
  CHECK(due.front() == 501);
  CHECK(due.back() == 700);

  NackGenerator burst;
  burst.missing(Instant{1s}, 0, 1000);
  CHECK(burst.take(Instant{2s}, 50ms).front() == 900);
}

TEST_CASE("what arrives is not asked for again") {
  NackGenerator nack;
  nack.missing(Instant{1s}, 65530, 65540);
  nack.arrived(Instant{1s}, 65535, false);
  nack.arrived(Instant{1s}, 12, false);
  const auto due = nack.take(Instant{1s} + 20ms, 50ms);
  CHECK(due.size() == 9);
  for (const std::uint16_t number : due) CHECK(number != 65535);
  for (std::int64_t number = 65530; number < 65540; ++number) nack.arrived(Instant{1s}, number, false);
  CHECK(nack.deadline() == kNever);
}

TEST_CASE(
    "[M-025] a sender that answers later than its round trip says is given that time, and is not given up before") {
  Instant now{1s};
  NackGenerator nack;
  const auto asked_for = [&](std::int64_t number, int answered_at) {  // how long, until it comes or is given up
    nack.missing(now, number, number + 1);
    now = nack.deadline();
    const Instant begun = now;
    for (int asked = 0; nack.deadline() != kNever;) {
      now = std::max(now, nack.deadline());
      asked += nack.take(now, 15ms).empty() ? 0 : 1;
      if (asked != answered_at) continue;
      now += 60ms - (now - begun);
      nack.arrived(now, number, true);
    }
    return now - begun;
  };
  CHECK(asked_for(1, 0) < 150ms);
  for (std::int64_t number = 2; number < 10; ++number) CHECK(asked_for(number, 2) == 60ms);
  CHECK(asked_for(10, 0) > 400ms);
  CHECK(nack.take_given_up() == 10);
}

TEST_CASE("[M-025] a sender that repeats nothing again within its round trip is not asked again before") {
  Instant now{1s};
  NackGenerator nack;
  for (std::int64_t number = 1; number < 5; ++number) {
    nack.missing(now, number, number + 1);
    now = nack.deadline();
    CHECK_FALSE(nack.take(now, 40ms).empty());
    nack.arrived(now += 42ms, number, true);
  }
  nack.missing(now, 5, 6);
  const Instant asked = nack.deadline();
  CHECK_FALSE(nack.take(asked, 40ms).empty());
  CHECK(nack.deadline() - asked >= 50ms);
  CHECK(nack.deadline() - asked <= 55ms);
}

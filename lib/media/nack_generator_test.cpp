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
  nack.arrived(65535);
  nack.arrived(12);
  const auto due = nack.take(Instant{1s} + 20ms, 50ms);
  CHECK(due.size() == 9);
  for (const std::uint16_t number : due) CHECK(number != 65535);
  for (std::int64_t number = 65530; number < 65540; ++number) nack.arrived(number);
  CHECK(nack.deadline() == kNever);
}

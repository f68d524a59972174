// SPDX-License-Identifier: Apache-2.0
#include "sequence_log.hpp"

#include <doctest/doctest.h>

using sfu::load::SequenceLog;

TEST_CASE("what is missing between the first number and the last is lost, across the wrap") {
  SequenceLog log;
  for (const int number : {65533, 65534, 0, 1, 3}) CHECK(log.add(static_cast<std::uint16_t>(number)));
  CHECK(log.expected() == 7);
  CHECK(log.received() == 5);
  CHECK(log.lost() == 2);
}

TEST_CASE("a repair is no loss, and a repetition counts once") {
  SequenceLog log;
  CHECK(log.add(10));
  CHECK(log.add(12));
  CHECK(log.lost() == 1);
  CHECK(log.add(11));
  CHECK(log.lost() == 0);
  CHECK_FALSE(log.add(11));
  CHECK_FALSE(log.add(12));
  CHECK(log.received() == 3);
}

TEST_CASE("after begin() only what is newer counts") {
  SequenceLog log;
  for (std::uint16_t number = 0; number < 100; ++number) {
    if (number != 50) CHECK(log.add(number));
  }
  log.begin();
  CHECK(log.lost() == 0);
  CHECK_FALSE(log.add(50));  // a late repair of what was before
  CHECK(log.expected() == 0);
  CHECK(log.add(101));
  CHECK(log.expected() == 2);
  CHECK(log.lost() == 1);
}

TEST_CASE("begin() before anything came counts from what comes first") {
  SequenceLog log;
  log.begin();
  CHECK(log.add(500));
  CHECK(log.expected() == 1);
  CHECK(log.lost() == 0);
}

TEST_CASE("a gap longer than what is remembered is lost as a whole, and numbers far behind are left out") {
  SequenceLog log;
  CHECK(log.add(0));
  CHECK(log.add(5000));
  CHECK(log.lost() == 4999);
  CHECK_FALSE(log.add(100));
  CHECK(log.add(4999));
  CHECK(log.add(4500));
  CHECK(log.lost() == 4997);
}

// SPDX-License-Identifier: Apache-2.0
#include "net/newcomers.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::net;
using namespace std::chrono_literals;

namespace {

IpAddress host(unsigned number) {
  return IpAddress::v4({10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
}

}  // namespace

TEST_CASE("who connects too often from one address loses its oldest connection, and nobody else does") {
  Newcomers newcomers;
  Newcomers::Id id = 0;
  CHECK_FALSE(newcomers.add(++id, host(7), Instant{}));
  for (std::size_t i = 0; i < Newcomers::kMostOfOrigin; ++i) CHECK_FALSE(newcomers.add(++id, host(1), Instant{}));
  CHECK(newcomers.add(++id, host(1), Instant{}) == 2);
  CHECK(newcomers.add(++id, host(1), Instant{}) == 3);
  CHECK_FALSE(newcomers.add(++id, host(7), Instant{}));
  CHECK(newcomers.size() == Newcomers::kMostOfOrigin + 2);
}

TEST_CASE("all addresses of an IPv6 network are one origin") {
  Newcomers newcomers;
  Newcomers::Id id = 0;
  const auto address = [](std::size_t i) { return *IpAddress::parse("2001:db8::" + std::to_string(i + 1)); };
  for (std::size_t i = 0; i < Newcomers::kMostOfOrigin; ++i) CHECK_FALSE(newcomers.add(++id, address(i), Instant{}));
  CHECK(newcomers.add(++id, address(5000), Instant{}) == 1);
  CHECK_FALSE(newcomers.add(++id, *IpAddress::parse("2001:db8:0:1::1"), Instant{}));
}

TEST_CASE("when there are too many in all, the oldest of the address that has most goes") {
  Newcomers newcomers;
  Newcomers::Id id = 0;
  for (unsigned i = 0; i < Newcomers::kMost - 3; ++i) CHECK_FALSE(newcomers.add(++id, host(i), Instant{}));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(newcomers.add(++id, host(9999), Instant{}));
  CHECK(newcomers.add(++id, host(5000), Instant{}) == Newcomers::kMost - 2);
  CHECK(newcomers.size() == Newcomers::kMost);
}

TEST_CASE("[M-011] a newcomer has 30 seconds") {
  Newcomers newcomers;
  const Instant now{};
  CHECK(newcomers.deadline() == kNever);
  newcomers.add(1, host(1), now);
  newcomers.add(2, host(1), now + 1s);
  newcomers.add(3, host(2), now + 2s);
  newcomers.remove(2);
  CHECK(newcomers.deadline() == now + 30s);
  CHECK_FALSE(newcomers.pop_overdue(now + 30s - 1ns));
  CHECK(newcomers.pop_overdue(now + 30s) == 1);
  CHECK_FALSE(newcomers.pop_overdue(now + 31s));
  CHECK(newcomers.pop_overdue(now + 32s) == 3);
  CHECK(newcomers.deadline() == kNever);
}

// SPDX-License-Identifier: Apache-2.0
#include "room/recent_nonces.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::room;
using namespace std::chrono_literals;

TEST_CASE("[M-083] a nonce is known for two seconds, whole, however many came since") {
  RecentNonces nonces;
  const Instant begin = Instant{} + 1h;
  CHECK_FALSE(nonces.has_seen(begin, "message-nonce-001"));
  CHECK_FALSE(nonces.has_seen(begin, "message-nonce-002"));
  for (int i = 0; i < 5000; ++i) CHECK_FALSE(nonces.has_seen(begin + 1s, std::to_string(i)));
  CHECK(nonces.has_seen(begin + 1999ms, "message-nonce-001"));
  CHECK_FALSE(nonces.has_seen(begin + 2s, "message-nonce-001"));
  CHECK(nonces.has_seen(begin + 3s, "message-nonce-001"));
}

TEST_CASE("of nonces no more are kept than there is room for, the newest") {
  RecentNonces nonces;
  const std::size_t more = RecentNonces::kMost + 10;
  for (std::size_t i = 0; i < more; ++i) REQUIRE_FALSE(nonces.has_seen(Instant{}, std::to_string(i)));
  CHECK(nonces.has_seen(Instant{}, std::to_string(more - 1)));
  CHECK(nonces.has_seen(Instant{}, std::to_string(more - RecentNonces::kMost)));
  CHECK_FALSE(nonces.has_seen(Instant{}, "0"));
  // Long ones as well.
  RecentNonces long_ones;
  const std::size_t count = RecentNonces::kMostBytes / 1'000'000 + 2;
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE_FALSE(long_ones.has_seen(Instant{}, std::string(1'000'000, static_cast<char>('a' + i))));
  }
  CHECK_FALSE(long_ones.has_seen(Instant{}, std::string(1'000'000, 'a')));
}

// SPDX-License-Identifier: Apache-2.0
#include "runtime/revocations.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::runtime;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{1'700'000'000s};

Claims claims(std::optional<WallTime> not_before, std::optional<WallTime> issued_at = {},
              const std::string& room = "hall", const std::string& identity = "ada") {
  Claims of_one;
  of_one.identity = identity;
  of_one.video = VideoGrant{.room_join = true, .room = room};
  of_one.not_before = not_before;
  of_one.issued_at = issued_at;
  return of_one;
}

}  // namespace

TEST_CASE("a token is refused that was made before, for the same room and identity") {
  Revocations revocations;
  CHECK(revocations.check(kNow, claims(kNow - 1s)));
  revocations.revoke(kNow, "hall", "ada", kNow, {});
  const auto refused = revocations.check(kNow, claims(kNow - 1s));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kUnauthenticated);
  CHECK(refused.error().message == "invalid authorization token: token is revoked");
  CHECK(revocations.check(kNow, claims(kNow)));
  CHECK_FALSE(revocations.check(kNow, claims({}, kNow - 1s)));
  CHECK(revocations.check(kNow, claims({}, kNow)));
  CHECK_FALSE(revocations.check(kNow, claims({}, {})));  // who knows when
  CHECK(revocations.check(kNow, claims(kNow - 1s, {}, "yard")));
  CHECK(revocations.check(kNow, claims(kNow - 1s, {}, "hall", "ben")));
  CHECK(revocations.check(kNow, Claims()));
  revocations.revoke(kNow, "hall", "", kNow, {});
  CHECK(revocations.check(kNow, claims(kNow - 1s, {}, "hall", "")));  // a server SDK's
}

TEST_CASE("the latest moment counts") {
  Revocations revocations;
  revocations.revoke(kNow, "hall", "ada", kNow + 10s, {});
  revocations.revoke(kNow, "hall", "ada", kNow, {});
  CHECK_FALSE(revocations.check(kNow, claims(kNow + 9s)));
  CHECK(revocations.size() == 1);
}

TEST_CASE("an entry is forgotten when the tokens that it refuses have expired") {
  Revocations revocations;
  revocations.revoke(kNow, "hall", "ada", kNow, kNow + 1h);
  revocations.revoke(kNow, "hall", "ben", kNow, kNow + 48h);
  CHECK_FALSE(revocations.check(kNow + 24h, claims(kNow - 1s)));
  CHECK(revocations.check(kNow + 24h + 61s, claims(kNow - 1s)));
  CHECK_FALSE(revocations.check(kNow + 48h, claims(kNow - 1s, {}, "hall", "ben")));
  CHECK(revocations.check(kNow + 48h + 61s, claims(kNow - 1s, {}, "hall", "ben")));
  revocations.revoke(kNow + 49h, "yard", "ada", kNow, {});
  CHECK(revocations.size() == 1);
}

TEST_CASE("of too many entries the one goes that ends first") {
  Revocations revocations;
  for (std::size_t i = 0; i < Revocations::kMost; ++i) {
    revocations.revoke(kNow, "hall", std::to_string(i), kNow, kNow + 30h + std::chrono::seconds(i));
  }
  revocations.revoke(kNow, "hall", "one more", kNow, kNow + 72h);
  CHECK(revocations.size() == Revocations::kMost);
  CHECK(revocations.check(kNow, claims(kNow - 1s, {}, "hall", "0")));
  CHECK_FALSE(revocations.check(kNow, claims(kNow - 1s, {}, "hall", "1")));
  CHECK_FALSE(revocations.check(kNow, claims(kNow - 1s, {}, "hall", "one more")));
}

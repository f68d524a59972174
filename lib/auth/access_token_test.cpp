// SPDX-License-Identifier: Apache-2.0
#include "sfu/access_token.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{1'700'000'000s};

Claims joining() {
  Claims claims;
  claims.identity = "alice";
  claims.video = VideoGrant{.room_join = true, .room = "stage"};
  return claims;
}

Error refusal(const Claims& claims, const AccessTokenOptions& options = {}) {
  const auto token = make_access_token(claims, "key", "secret", options);
  REQUIRE_FALSE(token);
  return token.error();
}

}  // namespace

TEST_CASE("a token lasts six hours unless it is told otherwise, and its key's verifier takes it") {
  const TokenVerifier verifier({{"key", "secret"}, {"other", "another"}});
  const auto token = make_access_token(joining(), "key", "secret", {.now = kNow});
  REQUIRE(token);
  const auto claims = verifier.verify(*token, kNow + 6h);
  REQUIRE(claims);
  CHECK(claims->api_key == "key");
  CHECK(claims->identity == "alice");
  CHECK(claims->not_before == kNow);
  CHECK(claims->expires_at == kNow + 6h);
  CHECK(claims->video->room == "stage");
  CHECK(verifier.verify(*token, kNow + 6h + 61s).error().code == Errc::kUnauthenticated);

  const auto brief = make_access_token(joining(), "other", "another", {.ttl = 1min, .now = kNow});
  CHECK(verifier.verify(*brief, kNow)->expires_at == kNow + 1min);
  CHECK(verifier.verify(*make_access_token(joining(), "key", "wrong", {.now = kNow}), kNow).error().message ==
        "invalid authorization token: signature is not valid");
  CHECK(verifier.verify(*make_access_token(joining(), "stranger", "secret", {.now = kNow}), kNow).error().code ==
        Errc::kNotFound);
}

TEST_CASE("without a time the system's counts, and a verifier may be stricter about clocks") {
  TokenVerifier strict({{"key", "secret"}}, 0s);
  CHECK(strict.verify(*make_access_token(joining(), "key", "secret")));
  const auto token = make_access_token(joining(), "key", "secret", {.ttl = 1min, .now = kNow});
  CHECK(strict.verify(*token, kNow + 1min));
  CHECK_FALSE(strict.verify(*token, kNow + 61s));
  TokenVerifier moved = std::move(strict);
  CHECK(moved.verify(*token, kNow));
}

TEST_CASE("a token that would be good for nothing is refused") {
  CHECK(make_access_token(joining(), "", "secret").error().code == Errc::kInvalidArgument);
  CHECK(make_access_token(joining(), "key", "").error().code == Errc::kInvalidArgument);
  Claims nobody = joining();
  nobody.identity.clear();
  CHECK(refusal(nobody).code == Errc::kInvalidArgument);
  nobody.video->room_join = false;  // as servers use them
  CHECK(make_access_token(nobody, "key", "secret"));
  Claims broken = joining();
  broken.room_config = "[]";
  CHECK(refusal(broken).code == Errc::kInvalidArgument);
}

TEST_CASE("a room configuration shows no secrets unless it is meant to") {
  for (const std::string egress :
       {R"({"room":{"fileOutputs":[{"s3":{"secret":"x"}}]}})", R"({"tracks":{"aliOSS":{"secret":"x"}}})",
        R"({"tracks":{"gcp":{"credentials":"{}"}}})",
        R"({"participant":{"file_outputs":[{"azure":{"account_key":"x"}}]}})",
        R"({"room":{"streamOutputs":[{"urls":["rtmp://x"]}]}})"}) {
    CAPTURE(egress);
    Claims claims = joining();
    claims.room_config = R"({"metadata":"m","egress":)" + egress + "}";
    CHECK(refusal(claims).code == Errc::kPermissionDenied);
    CHECK(make_access_token(claims, "key", "secret", {.allow_sensitive_room_config = true}));
  }
  Claims harmless = joining();
  harmless.room_config = R"({"metadata":"{\"secret\":\"x\"}","agents":[{"metadata":"secret"}],
                             "egress":{"room":{"fileOutputs":[{"s3":{"bucket":"b","secret":""}}]}}})";
  CHECK(make_access_token(harmless, "key", "secret"));
}

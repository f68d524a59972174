// SPDX-License-Identifier: Apache-2.0
#include "auth/auth.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/base64url.hpp"
#include "auth/body_digest.hpp"
#include "base/bytes.hpp"

using namespace sfu;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};
const auth::KeyMap kKeys({{"devkey", "secret"}, {"other", "another secret"}, {"empty", ""}});

std::string hmac(std::string_view text, std::string_view secret) {
  unsigned char digest[32];
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), as_bytes(text).data(), text.size(), digest,
       &length);
  return std::string(as_text(ByteView(digest, length)));
}

// A token of any header and payload, signed as one of ours would be.
std::string signed_token(std::string_view payload, std::string_view header = R"({"alg":"HS256"})",
                         std::string_view secret = "secret") {
  const std::string text = auth::encode_base64url(header) + '.' + auth::encode_base64url(payload);
  return text + '.' + auth::encode_base64url(hmac(text, secret));
}

std::string payload_with(std::string_view claims) {
  return R"({"iss":"devkey","sub":"alice","exp":1700000600)" + std::string(claims) + "}";
}

Error error_of(std::string_view token, WallTime now = kNow) {
  const auto result = auth::verify(token, kKeys, now);
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

Claims claims_of(std::string_view token) {
  auto result = auth::verify(token, kKeys, kNow);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
  return *result;
}

}  // namespace

TEST_CASE("the example of RFC 7515 A.1 verifies with its key") {
  const auto key =
      auth::decode_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
                             auth::Padding::kForbidden);
  REQUIRE(key.has_value());
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto claims = auth::verify(token, auth::KeyMap({{"joe", *key}}), WallTime(1'300'819'000s));
  REQUIRE(claims.has_value());
  CHECK(claims->api_key == "joe");
  CHECK(claims->expires_at == WallTime(1'300'819'380s));
}

TEST_CASE("a token that was made says the same when it is verified") {
  Claims claims;
  claims.identity = "alice";
  claims.name = "Alice \xf0\x9f\x98\x80";
  claims.metadata = R"({"seat":"\"4\""})";
  claims.attributes = {{"a", "1"}, {"b", ""}};
  claims.kind = ParticipantKind::kAgent;
  claims.kind_details = {"cloud_agent"};
  claims.room_config = R"({"emptyTimeout":3})";
  claims.room_preset = "big";
  claims.sip = SipGrant{true, false};
  claims.agent = AgentGrant{.simulation_admin = true};
  claims.inference = InferenceGrant{.perform = true};
  claims.observability = ObservabilityGrant{};
  auto& video = claims.video.emplace();
  video.room_join = true;
  video.room = "stage";
  video.can_publish = false;
  video.can_update_own_metadata = true;
  video.can_publish_sources = {"camera", "screen_share"};
  video.hidden = true;

  const auto again = claims_of(auth::make_token(claims, "other", "another secret", kNow, 10min));
  CHECK(again.api_key == "other");
  CHECK(again.expires_at == kNow + 10min);
  CHECK(again.not_before == kNow);
  CHECK(again.identity == claims.identity);
  CHECK(again.name == claims.name);
  CHECK(again.metadata == claims.metadata);
  CHECK(again.attributes == claims.attributes);
  CHECK(again.kind == ParticipantKind::kAgent);
  CHECK(again.kind_details == claims.kind_details);
  CHECK(again.room_config == claims.room_config);
  CHECK(again.room_preset == "big");
  REQUIRE(again.agent);
  CHECK_FALSE(again.agent->admin);
  CHECK(again.agent->simulation_admin);
  CHECK(again.inference->perform);
  CHECK_FALSE(again.observability->write);
  REQUIRE(again.sip.has_value());
  CHECK(again.sip->admin);
  REQUIRE(again.video.has_value());
  CHECK(again.video->room_join);
  CHECK(again.video->room == "stage");
  CHECK(again.video->hidden);
  CHECK_FALSE(again.video->recorder);
  CHECK(again.video->can_publish_sources == video.can_publish_sources);
  CHECK(again.video->can_publish == false);
  CHECK_FALSE(again.video->can_subscribe.has_value());
}

TEST_CASE("[C-013] grants that a token leaves out take the protocol's defaults") {
  const auto grant = *claims_of(signed_token(payload_with(R"(,"video":{})"))).video;
  CHECK_FALSE(grant.room_join);
  CHECK(grant.may_publish());
  CHECK(grant.may_subscribe());
  CHECK(grant.may_publish_data());
  CHECK_FALSE(grant.may_update_own_metadata());
  CHECK_FALSE(grant.may_subscribe_metrics());
  // Data follows publishing unless it is named.
  CHECK_FALSE(claims_of(signed_token(payload_with(R"(,"video":{"canPublish":false})"))).video->may_publish_data());
  CHECK(claims_of(signed_token(payload_with(R"(,"video":{"canPublish":false,"canPublishData":true})")))
            .video->may_publish_data());
  CHECK_FALSE(claims_of(signed_token(payload_with(R"(,"name":"x")"))).video.has_value());
}

TEST_CASE("[S-005][C-002][C-003] exp is mandatory; 50 s expired is accepted and 70 s refused") {
  const auto token = signed_token(R"({"iss":"devkey","sub":"alice","exp":1700000000})");
  CHECK(auth::verify(token, kKeys, kNow + 50s).has_value());
  CHECK(error_of(token, kNow + 70s).message == "invalid authorization token: token is expired (exp)");
  CHECK(error_of(signed_token(R"({"iss":"devkey","sub":"alice"})")).message ==
        "invalid authorization token: claim exp is missing");
}

TEST_CASE("[C-003][C-004] nbf has the same leeway as exp, and iat is not looked at") {
  const auto token = signed_token(payload_with(R"(,"nbf":1700000100)"));
  CHECK(auth::verify(token, kKeys, kNow + 50s).has_value());
  CHECK(error_of(token, kNow + 30s).code == Errc::kUnauthenticated);
  CHECK(claims_of(signed_token(payload_with(R"(,"iat":1900000000)"))).identity == "alice");
}

TEST_CASE("times may have fractions and may be absurd") {
  CHECK(claims_of(signed_token(R"({"iss":"devkey","exp":1700000000.5})")).expires_at == kNow + 500ms);
  CHECK(auth::verify(signed_token(R"({"iss":"devkey","exp":1e300})"), kKeys, kNow).has_value());
  CHECK_FALSE(auth::verify(signed_token(R"({"iss":"devkey","exp":-1e300})"), kKeys, kNow).has_value());
  CHECK_FALSE(auth::verify(signed_token(R"({"iss":"devkey","exp":"tomorrow"})"), kKeys, kNow).has_value());
  CHECK_FALSE(auth::verify(signed_token(R"({"iss":"devkey","exp":17000,"nbf":0e700000000})"), kKeys, kNow).has_value());
  CHECK_FALSE(auth::verify(signed_token(payload_with(R"(,"nbf":0e700000000)")), kKeys, kNow).has_value());
}

TEST_CASE("[C-012] the identity is sub, or jti when there is no sub") {
  CHECK(claims_of(signed_token(payload_with(R"(,"jti":"bob","identity":"eve")"))).identity == "alice");
  CHECK(claims_of(signed_token(R"({"iss":"devkey","exp":1700000600,"jti":"bob"})")).identity == "bob");
  CHECK(claims_of(signed_token(R"({"iss":"devkey","exp":1700000600,"identity":"eve"})")).identity.empty());
}

TEST_CASE("[C-005] an unparsable token, an unknown key and a bad signature are told apart") {
  for (const std::string token : {"", "x", "a.b", "a.b.c", "..", "e30.e30.", "eyJhbGciOiJIUzI1NiJ9.W10.AAAA"}) {
    CAPTURE(token);
    CHECK(error_of(token).code == Errc::kMalformed);
    CHECK(error_of(token).message == "invalid authorization token");
  }
  const auto good = signed_token(payload_with(""));
  CHECK(error_of(good + "=").code == Errc::kMalformed);
  CHECK(error_of(good + ".e30").code == Errc::kMalformed);

  for (const std::string payload : {R"({"iss":"nobody","exp":1700000600})", R"({"exp":1700000600})",
                                    R"({"iss":"","exp":1700000600})", R"({"iss":"empty","exp":1700000600})"}) {
    CAPTURE(payload);
    CHECK(error_of(signed_token(payload, R"({"alg":"HS256"})", "")).code == Errc::kNotFound);
    CHECK(error_of(signed_token(payload, R"({"alg":"HS256"})", "")).message == "invalid API key");
  }

  const auto forged = error_of(signed_token(payload_with(""), R"({"alg":"HS256"})", "guess"));
  CHECK(forged.code == Errc::kUnauthenticated);
  CHECK(forged.message.starts_with("invalid authorization token: "));
}

TEST_CASE("any change to a token is noticed") {
  const auto token = auth::make_token(claims_of(signed_token(payload_with(""))), "devkey", "secret", kNow, 10min);
  REQUIRE(auth::verify(token, kKeys, kNow).has_value());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    // The last character of the signature holds two bits that do not count.
    if (i + 1 < token.size()) CHECK_FALSE(auth::verify(changed, kKeys, kNow).has_value());
    CHECK_FALSE(auth::verify(token.substr(0, i), kKeys, kNow).has_value());
  }
}

TEST_CASE("[C-001] only HS256 is accepted, whatever the header says") {
  for (const std::string header :
       {R"({"alg":"none"})", R"({"alg":"HS384"})", R"({"alg":"RS256"})", R"({"alg":"hs256"})", R"({"alg":""})"}) {
    CAPTURE(header);
    CHECK(error_of(signed_token(payload_with(""), header)).code == Errc::kUnauthenticated);
  }
  const auto unsigned_one =
      auth::encode_base64url(R"({"alg":"none"})") + '.' + auth::encode_base64url(payload_with("")) + '.';
  CHECK(error_of(unsigned_one).code == Errc::kUnauthenticated);
}

TEST_CASE("a token longer than a request line is refused unread, and a large one is not") {
  CHECK(claims_of(signed_token(payload_with(R"(,"metadata":")" + std::string(500'000, 'm') + "\""))).metadata.size() ==
        500'000);
  CHECK(error_of(signed_token(payload_with(R"(,"metadata":")" + std::string(900'000, 'm') + "\""))).code ==
        Errc::kMalformed);
  CHECK(error_of(signed_token(std::string(200'000, '['))).code == Errc::kMalformed);
}

TEST_CASE(
    "[C-011] grants are read by the rules of those who write them: any case, null is absent, a wrong type is refused") {
  const auto claims = claims_of(signed_token(payload_with(
      R"(,"Video":{"ROOMJOIN":true,"room":"r","canPublish":null,"canPublishSources":null,"later":[1]},"KIND":"Sip",
          "name":null,"roomConfig":null,"unknown":{"a":1})")));
  CHECK(claims.video->room_join);
  CHECK(claims.video->may_publish());
  CHECK(claims.kind == ParticipantKind::kSip);
  CHECK(claims.name.empty());

  for (const std::string wrong :
       {R"("video":[])", R"("video":{"roomJoin":1})", R"("video":{"canPublish":"true"})", R"("name":3)",
        R"("attributes":{"a":1})", R"("kindDetails":"forwarded")", R"("roomConfig":"big")", R"("sip":{"admin":0})",
        R"("agent":{"admin":"yes"})", R"("inference":[])", R"("observability":{"write":1})"}) {
    CAPTURE(wrong);
    CHECK(error_of(signed_token(payload_with("," + wrong))).code == Errc::kUnauthenticated);
  }
  CHECK(claims_of(signed_token(payload_with(R"(,"kind":"robot")"))).kind == ParticipantKind::kStandard);
}

TEST_CASE("base64url takes padding only where it is allowed, and no foreign character") {
  using auth::Padding;
  for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xfe\xfd"}) {
    CHECK(auth::decode_base64url(auth::encode_base64url(text), Padding::kForbidden) == text);
  }
  CHECK(auth::decode_base64url("Zm8=", Padding::kOptional) == "fo");
  CHECK(auth::decode_base64url("Zg==", Padding::kOptional) == "f");
  CHECK(auth::decode_base64url("Zm8", Padding::kOptional) == "fo");
  for (const std::string bad : {"Z", "Zm9vY", "Zm8==", "Zg=", "Z===", "Zm+v", "Zm/v", "Zm9v\n", "=", "Z=8="}) {
    CAPTURE(bad);
    CHECK_FALSE(auth::decode_base64url(bad, Padding::kOptional).has_value());
  }
  CHECK_FALSE(auth::decode_base64url("Zm8=", Padding::kForbidden).has_value());
}

TEST_CASE("a token vouches for a body by its digest, and for no other") {
  CHECK(auth::body_digest("hello") == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
  CHECK(auth::is_body_digest("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", "hello"));
  for (const char* other :
       {"", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCR="}) {
    CHECK_FALSE(auth::is_body_digest(other, "hello"));
  }
  Claims claims;
  claims.sha256 = auth::body_digest("body");
  CHECK(claims_of(auth::make_token(claims, "devkey", "secret", kNow, 5min)).sha256 == claims.sha256);
}

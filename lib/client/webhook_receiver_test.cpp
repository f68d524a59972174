// SPDX-License-Identifier: Apache-2.0
#include "sfu/webhook_receiver.hpp"

#include <doctest/doctest.h>

#include "auth/auth.hpp"
#include "auth/body_digest.hpp"

using namespace sfu;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

const std::string kBody =
    R"({"event":"participant_left","room":{"sid":"RM_1","name":"hall","emptyTimeout":300,"creationTimeMs":"1699999999000"},)"
    R"("participant":{"sid":"PA_1","identity":"alice","state":"DISCONNECTED","disconnectReason":"SERVER_SHUTDOWN"},)"
    R"("id":"EV_1","createdAt":"1700000000","comesLater":{"in":"another version"}})";

std::string token_for(std::string_view body, Duration age = {}, std::string_view secret = "secret") {
  Claims claims;
  claims.sha256 = auth::body_digest(body);
  return auth::make_token(claims, "key", secret, kNow - age, 5min);
}

Result<WebhookEvent> receive(std::string_view body, std::string_view authorization) {
  return WebhookReceiver({{"key", "secret"}, {"other", "another secret"}}).receive(body, authorization, kNow);
}

Error refused(std::string_view body, std::string_view authorization) {
  const auto event = receive(body, authorization);
  REQUIRE_FALSE(event);
  return event.error();
}

}  // namespace

TEST_CASE("[C-068] an event that was signed with one of our keys is read, whatever else it holds") {
  const auto event = receive(kBody, token_for(kBody));
  REQUIRE(event);
  CHECK(event->event == "participant_left");
  CHECK(event->id == "EV_1");
  CHECK(event->created_at == kNow);
  REQUIRE(event->room);
  CHECK(event->room->name == "hall");
  CHECK(event->room->empty_timeout == 300s);
  CHECK(event->room->created_at == kNow - 1s);
  REQUIRE(event->participant);
  CHECK(event->participant->identity == "alice");
  CHECK(event->participant->state == ParticipantState::kDisconnected);
  CHECK_FALSE(event->track);
  CHECK(event->egress_info.empty());
  CHECK(event->json == kBody);
}

TEST_CASE("events of other parts of the protocol keep their JSON") {
  const std::string body = R"({"event":"egress_ended","egressInfo":{"egressId":"EG_1","status":"EGRESS_COMPLETE"}})";
  const auto event = receive(body, token_for(body));
  REQUIRE(event);
  CHECK(event->egress_info == R"({"egressId":"EG_1","status":"EGRESS_COMPLETE"})");
}

TEST_CASE("[C-068] a body that was changed, and a token that is not ours or too old, are refused with the reason") {
  std::string changed = kBody;
  changed[changed.find("alice")] = 'A';
  CHECK(refused(changed, token_for(kBody)).message == "the body is not the one that was signed");
  CHECK(refused(kBody, "").message == "the request has no Authorization header");
  CHECK(refused(kBody, "nonsense").message == "invalid authorization token");
  CHECK(refused(kBody, "Bearer " + token_for(kBody)).code == Errc::kUnauthenticated);
  CHECK(refused(kBody, token_for(kBody, {}, "guessed")).message ==
        "invalid authorization token: signature is not valid");
  CHECK(refused(kBody, token_for(kBody, 10min)).message == "invalid authorization token: token is expired (exp)");
  Claims person;
  person.identity = "alice";
  CHECK(refused(kBody, auth::make_token(person, "key", "secret", kNow, 5min)).message ==
        "the token is none of a webhook: it has no sha256");
  const std::string stranger = auth::make_token(person, "stranger", "secret", kNow, 5min);
  CHECK(refused(kBody, stranger).message == "invalid API key");
  CHECK(refused(kBody, stranger).code == Errc::kUnauthenticated);
}

TEST_CASE("a body that is no event is refused, also when it is signed") {
  for (const std::string body : {"", "[]", "{", "null", "{}", R"({"event":7})", R"({"event":"x","room":"hall"})"}) {
    CAPTURE(body);
    const Error error = refused(body, token_for(body));
    CHECK(error.code == Errc::kMalformed);
    CHECK(error.message.starts_with("the body is no webhook event: "));
  }
}

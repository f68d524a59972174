// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

sfu_access_token_options signing() {
  sfu_access_token_options options;
  SFU_INIT(options);
  options.api_key = kKey.key;
  options.api_secret = kKey.value;
  return options;
}

std::string make(const sfu_claims& claims, const sfu_access_token_options& options = signing()) {
  char* token = nullptr;
  SFU_REQUIRE(sfu_access_token_create(&claims, &options, &token));
  std::string copy = token;
  SFU_CHECK(sfu_free(token));
  return copy;
}

struct Verifier {
  Verifier() { SFU_REQUIRE(sfu_token_verifier_create(&kKey, 1, SFU_NONE, &verifier)); }
  ~Verifier() { SFU_CHECK(sfu_token_verifier_release(verifier)); }
  sfu_token_verifier* verifier = nullptr;
};

}  // namespace

TEST_CASE("a token says again all that it was made with") {
  static const char* const sources[] = {"camera", "microphone"};
  static const char* const details[] = {"forwarded"};
  static const sfu_pair attributes[] = {{"colour", "blue"}, {"size", "7"}};
  sfu_video_grant video;
  SFU_INIT(video);
  video.room_join = video.room_create = video.room_list = video.room_record = video.room_admin = 1;
  video.ingress_admin = video.hidden = video.recorder = video.agent = 1;
  video.room = "stage";
  video.destination_room = "hall";
  video.can_publish = SFU_OFF;
  video.can_subscribe = SFU_ON;
  video.can_update_own_metadata = SFU_ON;
  video.can_publish_sources = sources;
  video.can_publish_source_count = 2;
  sfu_sip_grant sip;
  SFU_INIT(sip);
  sip.call = 1;
  sfu_agent_grant agent;
  SFU_INIT(agent);
  agent.admin = 1;
  sfu_inference_grant inference;
  SFU_INIT(inference);
  inference.perform = 1;
  sfu_observability_grant observability;
  SFU_INIT(observability);
  observability.write = 1;
  sfu_claims claims;
  SFU_INIT(claims);
  claims.kind = SFU_PARTICIPANT_KIND_SIP;
  claims.identity = "alice";
  claims.name = "Älice";
  claims.metadata = "{}";
  claims.attributes = attributes;
  claims.attribute_count = 2;
  claims.kind_details = details;
  claims.kind_detail_count = 1;
  claims.video = &video;
  claims.sip = &sip;
  claims.agent = &agent;
  claims.inference = &inference;
  claims.observability = &observability;
  claims.room_config = R"({"name":"stage"})";
  claims.room_preset = "big";
  const std::string token = make(claims);

  const Verifier verifier;
  const sfu_claims* read = nullptr;
  SFU_REQUIRE(sfu_token_verifier_verify(verifier.verifier, token.c_str(), 0, &read));
  CHECK(read->size == sizeof(sfu_claims));
  CHECK(std::string(read->api_key) == kKey.key);
  CHECK(read->kind == SFU_PARTICIPANT_KIND_SIP);
  CHECK(std::string(read->identity) == "alice");
  CHECK(std::string(read->name) == "Älice");
  REQUIRE(read->attribute_count == 2);
  CHECK(std::string(read->attributes[1].key) == "size");
  CHECK(std::string(read->attributes[1].value) == "7");
  REQUIRE(read->kind_detail_count == 1);
  CHECK(std::string(read->kind_details[0]) == "forwarded");
  REQUIRE(read->video != nullptr);
  CHECK(std::string(read->video->room) == "stage");
  CHECK(std::string(read->video->destination_room) == "hall");
  CHECK(read->video->room_join == 1);
  CHECK(read->video->recorder == 1);
  CHECK(read->video->can_publish == SFU_OFF);
  CHECK(read->video->can_subscribe == SFU_ON);
  CHECK(read->video->can_publish_data == SFU_DEFAULT);
  REQUIRE(read->video->can_publish_source_count == 2);
  CHECK(std::string(read->video->can_publish_sources[1]) == "microphone");
  REQUIRE(read->sip != nullptr);
  CHECK(read->sip->call == 1);
  CHECK(read->sip->admin == 0);
  REQUIRE(read->agent != nullptr);
  CHECK(read->agent->admin == 1);
  REQUIRE(read->inference != nullptr);
  CHECK(read->inference->perform == 1);
  REQUIRE(read->observability != nullptr);
  CHECK(read->observability->write == 1);
  CHECK(std::string(read->room_preset) == "big");
  CHECK(std::string(read->room_config).find("stage") != std::string::npos);
  CHECK(read->expires_at_ms > read->not_before_ms);
  SFU_CHECK(sfu_free(read));
}

TEST_CASE("what a token may not say, and what is no token, is refused with its reason") {
  sfu_claims claims;
  SFU_INIT(claims);
  sfu_access_token_options options = signing();
  char* token = nullptr;
  options.api_key = nullptr;
  CHECK(sfu_access_token_create(&claims, &options, &token) == SFU_ERROR_INVALID_ARGUMENT);
  options = signing();
  claims.kind = 99;
  CHECK(sfu_access_token_create(&claims, &options, &token) == SFU_ERROR_INVALID_ARGUMENT);
  claims.kind = 0;
  claims.room_config = "no JSON";
  CHECK(sfu_access_token_create(&claims, &options, &token) == SFU_ERROR_INVALID_ARGUMENT);
  claims.room_config = nullptr;
  CHECK(sfu_access_token_create(&claims, &options, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(token == nullptr);

  const Verifier verifier;
  const sfu_claims* read = nullptr;
  CHECK(sfu_token_verifier_verify(verifier.verifier, "nonsense", 0, &read) == SFU_ERROR_MALFORMED);
  claims.identity = "alice";
  options.ttl_ms = 1000;
  options.now_ms = 1'700'000'000'000;
  const std::string old = make(claims, options);
  SFU_CHECK(sfu_token_verifier_verify(verifier.verifier, old.c_str(), 1'700'000'000'500, &read));
  SFU_CHECK(sfu_free(read));
  CHECK(sfu_token_verifier_verify(verifier.verifier, old.c_str(), 0, &read) == SFU_ERROR_UNAUTHENTICATED);
  options = signing();
  options.api_key = "another";
  const std::string strange = make(claims, options);
  CHECK(sfu_token_verifier_verify(verifier.verifier, strange.c_str(), 0, &read) == SFU_ERROR_NOT_FOUND);
}

TEST_CASE("a webhook is read if it is signed, and of this body") {
  // What a server posts; the digest is that of the body, in base64.
  const std::string body =
      R"({"event":"room_started","id":"EV_1","room":{"sid":"RM_1","name":"stage"},"createdAt":"1"})";
  sfu_claims claims;
  SFU_INIT(claims);
  claims.sha256 = "g7LPj3eHZJqoVeYySju0/DLTQEtB43gcqUYoc/Xis80=";
  const std::string token = make(claims);
  sfu_webhook_receiver* receiver = nullptr;
  SFU_REQUIRE(sfu_webhook_receiver_create(&kKey, 1, &receiver));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(body.data());
  const sfu_webhook_event* event = nullptr;
  SFU_REQUIRE(sfu_webhook_receiver_receive(receiver, bytes, body.size(), token.c_str(), 0, &event));
  CHECK(std::string(event->event) == "room_started");
  CHECK(std::string(event->id) == "EV_1");
  REQUIRE(event->room != nullptr);
  CHECK(std::string(event->room->name) == "stage");
  CHECK(event->participant == nullptr);
  CHECK(std::string(event->json) == body);
  SFU_CHECK(sfu_free(event));
  CHECK(sfu_webhook_receiver_receive(receiver, bytes, body.size() - 1, token.c_str(), 0, &event) ==
        SFU_ERROR_UNAUTHENTICATED);
  CHECK(sfu_webhook_receiver_receive(receiver, bytes, body.size(), nullptr, 0, &event) == SFU_ERROR_UNAUTHENTICATED);
  CHECK(sfu_webhook_receiver_receive(receiver, nullptr, 7, token.c_str(), 0, &event) == SFU_ERROR_INVALID_ARGUMENT);
  SFU_CHECK(sfu_webhook_receiver_release(receiver));
}

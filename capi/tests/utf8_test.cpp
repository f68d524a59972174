// SPDX-License-Identifier: Apache-2.0
// Strings that are not UTF-8: refused by the name of their field, wherever they come in; bytes of strangers, and names
// of files, are no such strings.
#include <doctest/doctest.h>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

const char* const kBad = "caf\xe9";

// "" if the call was refused as it should.
std::string not_refused(sfu_status status, const std::string& field) {
  if (status != SFU_ERROR_INVALID_ARGUMENT) return field + ": " + sfu_status_name(status);
  return why() == field + " is not UTF-8" ? "" : why();
}

template <typename C>
C made() {
  C object;
  SFU_INIT(object);
  return object;
}

}  // namespace

#define REFUSED(call, field) CHECK(not_refused(call, field) == "")

TEST_CASE("an engine and its rooms are made of UTF-8") {
  sfu_engine* engine = nullptr;
  sfu_engine_options options = null_options();
  options.node_id = kBad;
  REFUSED(sfu_engine_create(&options, &engine), "node_id");
  options = null_options();
  auto rooms = made<sfu_room_options>();
  rooms.metadata = kBad;
  options.room_defaults = &rooms;
  REFUSED(sfu_engine_create(&options, &engine), "metadata");
  options = null_options();
  options.stun_servers = &kBad;
  options.stun_server_count = 1;
  REFUSED(sfu_engine_create(&options, &engine), "stun_servers");
  CHECK(engine == nullptr);

  engine = null_engine();
  REFUSED(sfu_engine_create_room(engine, kBad, nullptr, nullptr, nullptr), "the room's name");
  auto configuration = made<sfu_room_configuration>();
  const sfu_pair tag = {"key", kBad};
  configuration.tags = &tag;
  configuration.tag_count = 1;
  REFUSED(sfu_engine_create_room(engine, "hall", &configuration, nullptr, nullptr), "tags");
  SFU_REQUIRE(sfu_engine_create_room(engine, "hall", nullptr, nullptr, nullptr));
  sfu_room* room = nullptr;
  REFUSED(sfu_engine_room(engine, kBad, &room), "the room's name");
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  REFUSED(sfu_room_set_metadata(room, kBad), "metadata");
  auto data = made<sfu_data_options>();
  data.topic = kBad;
  REFUSED(sfu_room_send_data(room, nullptr, 0, &data), "topic");
  data = made<sfu_data_options>();
  data.to = &kBad;
  data.to_count = 1;
  REFUSED(sfu_room_send_data(room, nullptr, 0, &data), "to");
  data = made<sfu_data_options>();
  const std::uint8_t nonce[16] = {0xff};
  data.nonce = nonce;
  data.nonce_length = sizeof nonce;
  SFU_CHECK(sfu_room_send_data(room, nullptr, 0, &data));
  auto dispatch = made<sfu_agent_dispatch>();
  dispatch.agent_name = kBad;
  REFUSED(sfu_room_add_agent_dispatch(room, &dispatch, nullptr), "agent_name");
  sfu_participant* participant = nullptr;
  REFUSED(sfu_room_participant(room, kBad, &participant), "the identity");
  SFU_CHECK(sfu_room_release(room));
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("a participant is of UTF-8, and so is what it says") {
  sfu_engine* engine = null_engine();
  sfu_room* room = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  auto claims = made<sfu_claims>();
  claims.identity = kBad;
  auto who = made<sfu_local_participant_options>();
  who.claims = &claims;
  const auto callbacks = made<sfu_client_callbacks>();
  sfu_client* client = nullptr;
  REFUSED(sfu_room_join(room, &who, &callbacks, &client), "identity");
  claims.identity = "bot";
  const sfu_pair attribute = {kBad, "value"};
  claims.attributes = &attribute;
  claims.attribute_count = 1;
  REFUSED(sfu_room_join(room, &who, &callbacks, &client), "attributes");
  char* access = nullptr;
  auto signing = made<sfu_access_token_options>();
  signing.api_key = "devkey";
  signing.api_secret = "a secret of at least thirty-two characters";
  REFUSED(sfu_access_token_create(&claims, &signing, &access), "attributes");
  CHECK(access == nullptr);
  CHECK(client == nullptr);

  TestClient bot(room, "bot");
  auto changes = made<sfu_participant_changes>();
  changes.name = kBad;
  sfu_participant* participant = nullptr;
  SFU_REQUIRE(sfu_room_participant(room, "bot", &participant));
  REFUSED(sfu_participant_update(participant, &changes), "name");
  REFUSED(sfu_client_update(bot.client, &changes), "name");
  changes = made<sfu_participant_changes>();
  changes.metadata = kBad;
  REFUSED(sfu_participant_update(participant, &changes), "metadata");
  auto request = made<sfu_rpc_request>();
  request.method = "m";
  request.payload = kBad;
  const auto done = [](void*, const sfu_rpc_result*) { CHECK_FALSE("it is never called"); };
  REFUSED(sfu_participant_perform_rpc(participant, &request, done, nullptr), "payload");
  REFUSED(sfu_client_perform_rpc(bot.client, "ear", &request, done, nullptr), "payload");
  request.payload = nullptr;
  REFUSED(sfu_client_perform_rpc(bot.client, kBad, &request, done, nullptr), "identity");

  auto track = made<sfu_publish_options>();
  track.name = kBad;
  REFUSED(sfu_client_publish(bot.client, "voice", &track), "name");
  REFUSED(sfu_client_subscribe(bot.client, kBad, 1), "track_sid");
  REFUSED(sfu_client_send_text(bot.client, kBad, 4, nullptr), "the text");
  const char within[] = {'a', '\0', 'b'};
  SFU_CHECK(sfu_client_send_text(bot.client, within, sizeof within, nullptr));
  auto stream = made<sfu_stream_options>();
  stream.topic = kBad;
  REFUSED(sfu_client_send_text(bot.client, "text", 4, &stream), "topic");
  REFUSED(sfu_client_open_stream(bot.client, "id", 1, &stream), "topic");
  REFUSED(sfu_client_open_stream(bot.client, kBad, 1, nullptr), "the id");
  REFUSED(sfu_client_close_stream(bot.client, "id", kBad), "reason");
  auto data = made<sfu_data_options>();
  data.topic = kBad;
  REFUSED(sfu_client_send_data(bot.client, nullptr, 0, &data), "topic");
  SFU_CHECK(sfu_participant_release(participant));
  SFU_CHECK(sfu_room_release(room));
}

TEST_CASE("what strangers send, and names of files, may be any bytes") {
  sfu_engine* engine = null_engine();
  auto request = made<sfu_connect_request>();
  const sfu_pair query = {"access_token", kBad};
  const sfu_pair header = {"User-Agent", kBad};
  request.path = "/rtc/validate";
  request.query = &query;
  request.query_count = 1;
  request.headers = &header;
  request.header_count = 1;
  std::int32_t status = 0;
  SFU_CHECK(sfu_engine_validate(engine, &request, &status, nullptr));
  CHECK(status == 401);
  SFU_CHECK(sfu_engine_release(engine));

  sfu_token_verifier* verifier = nullptr;
  SFU_REQUIRE(sfu_token_verifier_create(&kKey, 1, 0, &verifier));
  const sfu_claims* claims = nullptr;
  CHECK(sfu_token_verifier_verify(verifier, kBad, 0, &claims) != SFU_ERROR_INVALID_ARGUMENT);
  CHECK(claims == nullptr);
  SFU_CHECK(sfu_token_verifier_release(verifier));

  sfu_media_file* file = nullptr;
  CHECK(sfu_media_file_open("/nowhere/caf\xe9.ogg", 0, &file) == SFU_ERROR_NOT_FOUND);
}

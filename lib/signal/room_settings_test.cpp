// SPDX-License-Identifier: Apache-2.0
#include "signal/room_settings.hpp"

#include <doctest/doctest.h>

#include "signal/connect.hpp"

using namespace sfu;
using namespace sfu::signal;
using namespace std::chrono_literals;

namespace {

RoomConfiguration read(std::string_view json) {
  auto configuration = read_room_configuration(json);
  REQUIRE(configuration.has_value());
  return *std::move(configuration);
}

ConnectPlan plan_with(std::string_view room_config, std::string preset = {}) {
  ConnectPlan plan;
  plan.room = "stage";
  plan.claims.room_preset = std::move(preset);
  if (!room_config.empty()) plan.room_configuration = read(room_config);
  return plan;
}

}  // namespace

TEST_CASE("a token's room configuration is read in both spellings of protobuf's JSON") {
  const auto camel = read(R"({
    "name": "ignored", "emptyTimeout": 60, "departureTimeout": "5", "maxParticipants": 3, "metadata": "m",
    "minPlayoutDelay": 100, "maxPlayoutDelay": 2000, "syncStreams": true, "replayEnabled": true, "future": [1],
    "tags": {"tier": "gold"}, "agents": [{"agentName": "helper"}], "egress": {"tracks": {"filepath": "a"}}})");
  CHECK(camel.empty_timeout == 60s);
  CHECK(camel.departure_timeout == 5s);
  CHECK(camel.max_participants == 3);
  CHECK(camel.metadata == "m");
  CHECK(camel.playout_delay.min == 100ms);
  CHECK(camel.playout_delay.max == 2s);
  CHECK(camel.sync_streams);
  CHECK(camel.tags.at("tier") == "gold");
  CHECK(camel.agents == R"([{"agentName":"helper"}])");
  CHECK(camel.egress == R"({"tracks":{"filepath":"a"}})");
  const auto snake = read(R"({"empty_timeout": 60, "max_participants": 3, "metadata": null, "sync_streams": null})");
  CHECK(snake.empty_timeout == 60s);
  CHECK(snake.max_participants == 3);
  CHECK(snake.metadata.empty());
}

TEST_CASE("a room configuration with a wrong type is refused by its field") {
  for (const char* json :
       {"[]", "{", R"({"emptyTimeout": -1})", R"({"emptyTimeout": 1.5})", R"({"maxParticipants": "x"})",
        R"({"maxParticipants": 4294967296})", R"({"maxParticipants": 0e700000000})", R"({"metadata": 1})",
        R"({"syncStreams": 1})", R"({"tags": {"a": 1}})", R"({"agents": {}})", R"({"egress": []})"}) {
    CAPTURE(json);
    const auto configuration = read_room_configuration(json);
    REQUIRE_FALSE(configuration.has_value());
    CHECK(configuration.error().code == Errc::kMalformed);
  }
}

TEST_CASE("[S-085] the token's configuration beats the preset, and the preset the defaults") {
  room::RoomOptions defaults;
  defaults.max_participants = 9;
  defaults.metadata = "default";
  RoomPresets presets;
  auto& preset = presets["webinar"];
  preset.empty_timeout = 60s;
  preset.max_participants = 100;
  preset.sync_streams = true;
  preset.agents = "[]";
  preset.tags = {{"tier", "preset"}};

  const auto plain = room_options(plan_with({}), defaults, presets);
  CHECK(plain->name == "stage");
  CHECK(plain->max_participants == 9);
  CHECK(plain->empty_timeout == 300s);
  CHECK(plain->metadata == "default");

  const auto from_preset = room_options(plan_with({}, "webinar"), defaults, presets);
  CHECK(from_preset->empty_timeout == 60s);
  CHECK(from_preset->max_participants == 100);
  CHECK(from_preset->sync_streams);
  CHECK(from_preset->agents == "[]");
  CHECK(from_preset->metadata == "default");
  CHECK(from_preset->departure_timeout == 20s);
  CHECK(from_preset->tags.empty());  // control-plane spec 2.4: not a preset's to give

  const auto both =
      room_options(plan_with(R"({"maxParticipants": 2, "metadata": "token", "tags": {"tier": "token"}})", "webinar"),
                   defaults, presets);
  CHECK(both->max_participants == 2);
  CHECK(both->metadata == "token");
  CHECK(both->empty_timeout == 60s);
  CHECK(both->tags.at("tier") == "token");
}

TEST_CASE("[S-085] a preset that is not configured fails the session, with a status that is no 404") {
  const auto options = room_options(plan_with({}, "nobody's"), {}, {});
  REQUIRE_FALSE(options.has_value());
  const Rejection rejection = session_failed(options.error());
  CHECK(rejection.status == 500);
  CHECK(rejection.body == "connection closed by media: unknown room configuration nobody's");
}

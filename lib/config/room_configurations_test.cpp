// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "config/config.hpp"
#include "config/testing.hpp"

namespace sfu::config {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("[S-085] presets for rooms are read by name, in either spelling of their fields") {
  const Settings settings = parsed(R"(
room:
  room_configurations:
    webinar:
      empty_timeout: 60
      departure_timeout: 5
      max_participants: 100
      metadata: from the preset
      min_playout_delay: 100
      max_playout_delay: 2000
      sync_streams: true
      tags: {tier: gold}
      agents:
        - agent_name: "helper"
          metadata: 'say "hi"'
          attempts: 3
      egress: {room: {file_outputs: [{filepath: a.mp4, live: true}]}}
    camel: {emptyTimeout: 7, replay_enabled: true, name: camel}
    nothing:
)");
  CHECK(settings.warnings.empty());
  const RoomPresets& presets = settings.room_presets;
  REQUIRE(presets.size() == 3);
  const RoomConfiguration& webinar = presets.at("webinar");
  CHECK(webinar.empty_timeout == 60s);
  CHECK(webinar.departure_timeout == 5s);
  CHECK(webinar.max_participants == 100);
  CHECK(webinar.metadata == "from the preset");
  CHECK(webinar.playout_delay.min == 100ms);
  CHECK(webinar.playout_delay.max == 2s);
  CHECK(webinar.sync_streams);
  CHECK(webinar.tags.at("tier") == "gold");
  CHECK(webinar.agents == R"([{"agent_name":"helper","metadata":"say \"hi\"","attempts":3}])");
  CHECK(webinar.egress == R"({"room":{"file_outputs":[{"filepath":"a.mp4","live":true}]}})");
  CHECK(presets.at("camel").empty_timeout == 7s);
  CHECK(presets.at("nothing").max_participants == 0);
}

TEST_CASE("a preset's unknown field or wrong type is refused with its full name and line") {
  CHECK(refused("room:\n  room_configurations:\n    a:\n      max_participant: 1\n") ==
        "config.yaml:4: room.room_configurations.a.max_participant is unknown in a room configuration");
  CHECK(refused("room:\n  room_configurations:\n    a: {empty_timeout: soon}\n") ==
        "config.yaml:3: room.room_configurations.a.empty_timeout must be a number from 0 to 4294967295, not soon");
  CHECK(refused("room:\n  room_configurations:\n    a: {agents: helper}\n") ==
        "config.yaml:3: room.room_configurations.a.agents must be a list");
  CHECK(refused("room:\n  room_configurations: [a]\n") ==
        "config.yaml:2: room.room_configurations must be a map of keys and values");
}

TEST_CASE("every room's playout delay counts when it is enabled, and streams may be kept in sync") {
  const Settings on = parsed("room: {playout_delay: {enabled: true, min: 100, max: 500}, sync_streams: true}");
  CHECK(on.room.playout_delay.min == 100ms);
  CHECK(on.room.playout_delay.max == 500ms);
  CHECK(on.room.sync_streams);
  const Settings off = parsed("room: {playout_delay: {enabled: false, min: 100, max: 500}}");
  CHECK(off.room.playout_delay.max == 0ms);
}

}  // namespace
}  // namespace sfu::config

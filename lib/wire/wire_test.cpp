// SPDX-License-Identifier: Apache-2.0
#include "wire/wire.hpp"

#include <doctest/doctest.h>
#include <livekit_models.pb.h>
#include <livekit_rtc.pb.h>

using namespace sfu;

TEST_CASE("full JSON writes what is not set: defaults, empty lists and null, and 64-bit numbers as text") {
  livekit::Room room;
  room.set_name("h\"all");
  room.set_creation_time(1'700'000'000);
  room.add_enabled_codecs()->set_mime("audio/opus");
  CHECK(wire::to_full_json(room) ==
        R"({"sid":"","name":"h\"all","empty_timeout":0,"max_participants":0,"creation_time":"1700000000",)"
        R"("turn_password":"","enabled_codecs":[{"mime":"audio/opus","fmtp_line":""}],"metadata":"",)"
        R"("num_participants":0,"active_recording":false,"num_publishers":0,"version":null,"departure_timeout":0,)"
        R"("creation_time_ms":"0"})");
}

TEST_CASE("full JSON leaves out members of a oneof and optional fields that are not set, and writes enums by name") {
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload("\xff\x01", 2);
  packet.mutable_user()->mutable_topic();
  const std::string json = wire::to_full_json(packet);
  CHECK(json.contains(R"("kind":"RELIABLE")"));
  CHECK(json.contains(R"("payload":"/wE=")"));
  CHECK(json.contains(R"("topic":"")"));
  CHECK_FALSE(json.contains("start_time"));
  CHECK_FALSE(json.contains("speaker"));
}

TEST_CASE("full JSON writes maps, and numbers that no enum names") {
  livekit::ParticipantInfo info;
  info.mutable_attributes()->insert({"seat", "3"});
  info.set_state(static_cast<livekit::ParticipantInfo::State>(77));
  const std::string json = wire::to_full_json(info);
  CHECK(json.contains(R"("attributes":{"seat":"3"})"));
  CHECK(json.contains(R"("state":77)"));
  CHECK(json.contains(R"("permission":null)"));
}

TEST_CASE("what full JSON writes is read back the same") {
  livekit::SpeakerInfo speaker;
  speaker.set_sid("PA_x");
  speaker.set_level(0.25F);
  livekit::SpeakerInfo again;
  REQUIRE(wire::parse_json_quietly(again, wire::to_full_json(speaker)));
  CHECK(again.SerializeAsString() == speaker.SerializeAsString());
}

TEST_CASE("the first JSON value of a text is found, whatever follows it") {
  CHECK(wire::first_json_value(R"({"a":"}"}{"b":1)") == R"({"a":"}"})");
  CHECK(wire::first_json_value("12") == "12");
  CHECK(wire::first_json_value("").empty());
  CHECK(wire::first_json_value("  ").empty());
  CHECK(wire::first_json_value(R"({"a":)").empty());
  CHECK(wire::first_json_value("{a:1}").empty());
}

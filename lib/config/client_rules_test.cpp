// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "config/testing.hpp"

using namespace sfu;
using namespace sfu::config::testing;

TEST_CASE("an operator's own rules for clients are read") {
  const auto settings = parsed(R"(
client_configuration:
  - when: c.browser == "edge" && c.protocol < 15
    merge: false
    disabled_codecs: [video/AV1]
    disabled_publish_codecs: [video/H264, video/VP9]
    resume_connection: disabled
    force_relay: enabled
    video_hardware_encoder: disabled
    screen_hardware_encoder: enabled
  - {when: 'true'}
)");
  REQUIRE(settings.client_rules.size() == 2);
  const ClientConfigRule& rule = settings.client_rules[0];
  CHECK(rule.when == R"(c.browser == "edge" && c.protocol < 15)");
  CHECK_FALSE(rule.merge);
  CHECK(rule.then.disabled_codecs == std::vector<std::string>{"video/AV1"});
  CHECK(rule.then.disabled_publish_codecs.size() == 2);
  CHECK(rule.then.resume_connection == ClientSetting::kDisabled);
  CHECK(rule.then.force_relay == ClientSetting::kEnabled);
  CHECK(rule.then.video_hardware_encoder == ClientSetting::kDisabled);
  CHECK(rule.then.screen_hardware_encoder == ClientSetting::kEnabled);
  CHECK(settings.client_rules[1].merge);
}

TEST_CASE("a rule that cannot be evaluated is refused at the start") {
  CHECK(refused("client_configuration:\n- when: c.planet == \"mars\"\n") ==
        "config.yaml:2: client_configuration[0].when cannot be evaluated: there is no field c.planet");
  CHECK(refused("client_configuration:\n- when: (true\n") ==
        "config.yaml:2: client_configuration[0].when cannot be evaluated: at character 6: a ) is missing");
  CHECK(refused("client_configuration: [{merge: true}]") ==
        "config.yaml:1: client_configuration[0] must have a condition, when");
  CHECK(refused("client_configuration: [{when: 'true', force_relay: 1}]") ==
        "config.yaml:1: client_configuration[0].force_relay must be enabled or disabled, not 1");
  CHECK(refused("client_configuration: [{when: 'true', disabled_codecs: [AV1]}]") ==
        "config.yaml:1: client_configuration[0].disabled_codecs[0] must be a mime such as video/AV1, not AV1");
  CHECK(refused("client_configuration: [{if: 'true'}]").starts_with("config.yaml:1: client_configuration[0].if is"));
}

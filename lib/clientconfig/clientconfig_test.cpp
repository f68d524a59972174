// SPDX-License-Identifier: Apache-2.0
#include "clientconfig/clientconfig.hpp"

#include <doctest/doctest.h>

using namespace sfu::clientconfig;
using Codecs = std::vector<std::string_view>;

TEST_CASE("Safari is not given AV1, and from after 18.3 is not asked for VP9") {
  for (const std::string_view old : {"17.4.1", "18.3", "18.2", "", "beta"}) {
    CAPTURE(old);
    const auto rules = rules_for({.browser = "Safari", .browser_version = old, .os = "Mac OS X", .device_model = {}});
    CHECK(rules.disabled_codecs == Codecs{"video/AV1"});
    CHECK(rules.disabled_publish_codecs.empty());
  }
  for (const std::string_view recent : {"18.4", "18.10", "26.0"}) {
    CAPTURE(recent);
    const auto rules = rules_for({.browser = "safari", .browser_version = recent, .os = "iOS", .device_model = {}});
    CHECK(rules.disabled_publish_codecs == Codecs{"video/VP9"});
  }
}

TEST_CASE("Firefox on Linux and Android is not asked for H264") {
  for (const std::string_view os : {"Linux", "linux", "Android"}) {
    const auto rules = rules_for({.browser = "Firefox", .browser_version = "140.0", .os = os, .device_model = {}});
    CHECK(rules.disabled_publish_codecs == Codecs{"video/H264"});
    CHECK(rules.disabled_codecs.empty());
  }
  CHECK(rules_for({.browser = "Firefox", .browser_version = "140.0", .os = "Windows", .device_model = {}}).empty());
}

TEST_CASE("one phone whose H264 encoder is broken is known by its model") {
  const Client phone{
      .browser = "Chrome", .browser_version = "120", .os = "Android", .device_model = "Xiaomi 2201117TI"};
  CHECK(rules_for(phone).disabled_publish_codecs == Codecs{"video/H264"});
}

TEST_CASE("others have no rules") {
  CHECK(rules_for({}).empty());
  CHECK(rules_for({.browser = "Chrome", .browser_version = "140", .os = "Linux", .device_model = {}}).empty());
}

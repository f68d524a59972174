// SPDX-License-Identifier: Apache-2.0
#include "clientconfig/clientconfig.hpp"

#include <doctest/doctest.h>

#include "clientconfig/expression.hpp"
#include "clientconfig/version.hpp"

using namespace sfu;
using namespace sfu::clientconfig;
using Codecs = std::vector<std::string>;

namespace {

ClientDescription browser(std::string name, std::string version, std::string os, std::string device = "") {
  ClientDescription client;
  client.sdk = "js";
  client.version = "2.16.10";
  client.protocol = 16;
  client.browser = std::move(name);
  client.browser_version = std::move(version);
  client.os = std::move(os);
  client.device_model = std::move(device);
  return client;
}

std::optional<ClientConfiguration> told(const ClientDescription& client, std::vector<ClientConfigRule> own = {}) {
  const auto provider = make_client_config(std::move(own));
  REQUIRE(provider);
  return (*provider)->configuration(client);
}

// "true", "false", or why not.
std::string outcome(const std::string& text, const ClientDescription& client) {
  const auto expression = Expression::parse(text);
  if (!expression) return expression.error().message;
  const auto fits = expression->matches(client);
  return fits ? (*fits ? "true" : "false") : fits.error().message;
}

ClientConfigRule rule(std::string when, Codecs publish, bool merge = true) {
  ClientConfigRule made{std::move(when), {}, merge};
  made.then.disabled_publish_codecs = std::move(publish);
  return made;
}

}  // namespace

TEST_CASE("[C-070] Safari is not given AV1, and from after 18.3 is not asked for VP9") {
  for (const std::string old : {"17.4.1", "18.3", "18.3.0", "18.2", ""}) {
    CAPTURE(old);
    const auto rules = told(browser("safari", old, "mac os x"));
    REQUIRE(rules);
    CHECK(rules->disabled_codecs == Codecs{"video/AV1"});
    CHECK(rules->disabled_publish_codecs.empty());
  }
  for (const std::string recent : {"18.4", "18.3.1", "18.10", "26.0"}) {
    CAPTURE(recent);
    const auto rules = told(browser("safari", recent, "ios"));
    REQUIRE(rules);
    CHECK(rules->disabled_codecs == Codecs{"video/AV1"});
    CHECK(rules->disabled_publish_codecs == Codecs{"video/VP9"});
  }
}

TEST_CASE("[C-071] Firefox on Linux and Android is not asked for H264, and others have no rules") {
  for (const std::string os : {"linux", "android"}) {
    for (const std::string name : {"firefox", "firefox mobile"}) {
      const auto rules = told(browser(name, "140.0", os));
      REQUIRE(rules);
      CHECK(rules->disabled_publish_codecs == Codecs{"video/H264"});
      CHECK(rules->disabled_codecs.empty());
    }
  }
  CHECK_FALSE(told(browser("firefox", "140.0", "windows")));
  CHECK_FALSE(told(browser("chrome", "140", "linux")));
  CHECK_FALSE(told({}));
}

TEST_CASE("one phone whose H264 encoder is broken is known by its model") {
  const auto rules = told(browser("chrome", "120", "android", "xiaomi 2201117ti"));
  REQUIRE(rules);
  CHECK(rules->disabled_publish_codecs == Codecs{"video/H264"});
}

TEST_CASE("[C-072] versions compare by their numbers, and what is none by its letters") {
  const ClientDescription client = browser("chrome", "beta", "linux");  // of SDK 2.16.10
  CHECK(outcome(R"(c.version < "2.17.1")", client) == "true");
  CHECK(outcome(R"(c.version > "2.9.1")", client) == "true");
  CHECK(outcome(R"(c.version == "2.16.10")", client) == "true");
  CHECK(outcome(R"("2.17" > c.version)", client) == "true");
  CHECK(outcome(R"(c.version >= "2.16.10-rc.1")", client) == "true");
  CHECK(outcome(R"(c.browser_version > "9")", client) == "true");  // letters
  CHECK(outcome(R"(c.sdk < "2.9")", client) == "false");

  const std::vector<std::string> ascending = {
      "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1",
      "1.0.1",       "1.9",           "1.10+build.5"};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    CAPTURE(ascending[i]);
    CHECK(*Version::parse(ascending[i - 1]) < *Version::parse(ascending[i]));
  }
  CHECK(*Version::parse("1.2") == *Version::parse("1.2.0"));
  for (const char* bad : {"", "1.", "1.2.3.4", "01.2", "v1.2", "1.2-", "1.2-a..b", "1.2+", "x"}) {
    CAPTURE(bad);
    CHECK_FALSE(Version::parse(bad));
  }
}

TEST_CASE("expressions join, negate and compare as they are written") {
  const ClientDescription client = browser("chrome", "140", "linux");
  CHECK(outcome(R"(c.browser == "chrome" && c.os == "linux")", client) == "true");
  CHECK(outcome(R"(c.browser == "edge" || c.browser == "chrome" && c.os != "linux")", client) == "false");
  CHECK(outcome(R"((c.browser == "edge" || c.browser == "chrome") && !(c.os == "windows"))", client) == "true");
  CHECK(outcome("c.protocol >= 16 && c.protocol < 17", client) == "true");
  CHECK(outcome("c.protocol <= 15", client) == "false");
  CHECK(outcome("!true", client) == "false");
  CHECK(outcome("true == false", client) == "false");
  CHECK(outcome(R"(c.protocol == "16")", client) == "false");  // a number is no text
  CHECK(outcome(R"(c.device_model == "a \" b")", client) == "false");
}

TEST_CASE("an expression that makes no sense is refused with the place") {
  const ClientDescription client;
  CHECK(outcome("", client) == "at character 1: a value is missing");
  CHECK(outcome(R"(c.os == )", client) == "at character 9: a value is missing");
  CHECK(outcome(R"(c.os == "linux)", client) == "at character 15: a \" is missing");
  CHECK(outcome("(true", client) == "at character 6: a ) is missing");
  CHECK(outcome("true true", client) == "at character 6: something follows the expression");
  CHECK(outcome("c.protocol > 1.5", client) == "at character 17: not a whole number: 1.5");
  CHECK(outcome(std::string(100, '!') + "true", client).ends_with("nested too deep"));
  CHECK(outcome(R"(c.protocol < "a")", client) == "values of these kinds have no order");
  CHECK(outcome("c.protocol", client) == "a condition is wanted where there is a value");
  CHECK_FALSE(make_client_config({rule("(", {})}));
}

TEST_CASE("[C-072] a rule with an unknown field fits nobody, and the others go on") {
  CHECK(outcome(R"(c.planet == "mars")", {}) == "there is no field c.planet");
  CHECK(outcome(R"(false && c.planet == "mars")", {}) == "false");  // never looked at
  const auto rules = told(browser("safari", "18.3", "ios"),
                          {rule(R"(c.planet == "mars")", {"video/VP8"}), rule(R"(c.os == "ios")", {"video/H265"})});
  REQUIRE(rules);
  CHECK(rules->disabled_publish_codecs == Codecs{"video/H265"});
  CHECK(rules->disabled_codecs == Codecs{"video/AV1"});
  CHECK(check(R"(c.planet == "mars")").error().message == "there is no field c.planet");
  CHECK(check(R"(c.os == "mars")"));
}

TEST_CASE("own rules are merged with the known ones and with each other, unless one of them stands alone") {
  const ClientDescription safari = browser("safari", "18.4", "ios");
  ClientConfigRule relay = rule("true", {"video/H265"});
  relay.then.force_relay = ClientSetting::kEnabled;
  relay.then.resume_connection = ClientSetting::kEnabled;
  ClientConfigRule later = rule(R"(c.browser == "safari")", {"video/VP8"});
  later.then.resume_connection = ClientSetting::kDisabled;
  const auto merged = told(safari, {relay, later});
  REQUIRE(merged);
  CHECK(merged->disabled_publish_codecs == Codecs{"video/VP9", "video/H265", "video/VP8"});
  CHECK(merged->force_relay == ClientSetting::kEnabled);
  CHECK(merged->resume_connection == ClientSetting::kDisabled);

  later.merge = false;
  CHECK(told(safari, {relay, later}) == later.then);
}

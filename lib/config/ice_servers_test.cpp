// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "config/config.hpp"
#include "config/testing.hpp"
#include "temporary_folder.hpp"

namespace sfu::config {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using Protocol = TurnServer::Protocol;

TEST_CASE("TURN and STUN servers for clients are read") {
  const Settings settings = parsed(R"(
rtc:
  turn_servers:
    - host: relay.example
      port: 3478
      protocol: udp
      secret: shared
      ttl: 600
    - {host: relay.example, port: 443, protocol: tls, username: u, credential: c}
    - {host: default.example, port: 1, secret: s}
  stun_servers: ["stun.example:3478"]
)");
  CHECK(settings.warnings.empty());
  const auto& turn = settings.ice_servers.turn;
  REQUIRE(turn.size() == 3);
  CHECK(turn[0].host == "relay.example");
  CHECK(turn[0].port == 3478);
  CHECK(turn[0].protocol == Protocol::kUdp);
  CHECK(turn[0].secret == "shared");
  CHECK(turn[0].ttl == 600s);
  CHECK(turn[1].protocol == Protocol::kTls);
  CHECK(turn[1].username == "u");
  CHECK(turn[1].credential == "c");
  CHECK(turn[2].protocol == Protocol::kTcp);
  CHECK(turn[2].ttl == 4h);
  CHECK(settings.ice_servers.stun == std::vector<std::string>{"stun.example:3478"});
}

TEST_CASE("[C-091] a TURN credential's lifetime has LiveKit's default and bounds") {
  const auto ttl = [](const std::string& written) {
    return parsed("rtc: {turn_servers: [{host: h, secret: s, ttl: " + written + "}]}").ice_servers.turn[0].ttl;
  };
  CHECK(ttl("0") == 14400s);
  CHECK(ttl("-1") == 300s);
  CHECK(ttl("86401") == 86400s);
  CHECK(ttl("60") == 60s);
  CHECK(ttl("-31536000") == 300s);
  CHECK(ttl("31536000") == 86400s);
}

TEST_CASE("[C-077] a TURN server that nobody could use is refused") {
  CHECK(refused("rtc:\n  turn_servers:\n  - host: h\n") ==
        "config.yaml:3: rtc.turn_servers[0] must have a secret or secret_file, or both username and credential");
  CHECK(refused("rtc: {turn_servers: [{host: h, username: u}]}") ==
        "config.yaml:1: rtc.turn_servers[0] must have a secret or secret_file, or both username and credential");
  CHECK(refused("rtc: {turn_servers: [{secret: s}]}") == "config.yaml:1: rtc.turn_servers[0] must have a host");
  CHECK(refused("rtc: {turn_servers: [{host: h, secret: s, protocol: sctp}]}") ==
        "config.yaml:1: rtc.turn_servers[0].protocol must be udp, tcp or tls, not sctp");
  CHECK(refused("rtc: {turn_servers: [{host: h, secret: s, ttl: long}]}") ==
        "config.yaml:1: rtc.turn_servers[0].ttl must be a number from -4294967295 to 4294967295, not long");
  CHECK(
      refused("rtc: {turn_servers: [{hosts: h}]}").starts_with("config.yaml:1: rtc.turn_servers[0].hosts is unknown"));
  CHECK(refused("rtc: {stun_servers: [stun.example]}") ==
        "config.yaml:1: rtc.stun_servers[0] must be host:port, not stun.example");
}

TEST_CASE("a TURN server's secret may be in a file, which others must not reach and which must hold something") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/secret";
  Settings settings = parsed(
      "rtc: {turn_servers: [{host: a, secret: mine, secret_file: /none}, {host: b, secret_file: " + path + "}]}");
  CHECK(load_turn_secrets(settings).error().code == Errc::kNotFound);
  std::ofstream(path) << " \n";
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  CHECK(load_turn_secrets(settings).error().code == Errc::kPermissionDenied);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(load_turn_secrets(settings).error().message == path + ": the secret file is blank");
  std::ofstream(path) << "shared secret\n";
  REQUIRE(load_turn_secrets(settings));
  CHECK(settings.ice_servers.turn[0].secret == "mine");
  CHECK(settings.ice_servers.turn[1].secret == "shared secret");
}

}  // namespace
}  // namespace sfu::config

// SPDX-License-Identifier: Apache-2.0
#include "signal/ice_servers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sfu;
using namespace sfu::signal;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{1'433'892'318s};

TurnServer turn(std::string host, TurnServer::Protocol protocol, std::uint16_t port = 3478) {
  TurnServer server;
  server.host = std::move(host);
  server.port = port;
  server.protocol = protocol;
  server.username = "fixed";
  server.credential = "password";
  return server;
}

IceServers three() {
  IceServers servers;
  servers.turn.push_back(turn("udp.example", TurnServer::Protocol::kUdp));
  servers.turn.push_back(turn("tcp.example", TurnServer::Protocol::kTcp));
  servers.turn.push_back(turn("tls.example", TurnServer::Protocol::kTls, 443));
  servers.stun = {"stun.example:3478", "stun2.example:19302"};
  return servers;
}

std::vector<std::string> urls(const IceServerList& list) {
  std::vector<std::string> all;
  for (const auto& server : list) all.insert(all.end(), server.urls().begin(), server.urls().end());
  return all;
}

}  // namespace

TEST_CASE("[C-092] TURN servers come first, with their transport in the URL, then STUN") {
  const auto list = ice_servers(three(), "PA_x", kNow, false);
  CHECK(urls(list) == std::vector<std::string>{
                          "turn:udp.example:3478?transport=udp", "turn:tcp.example:3478?transport=tcp",
                          "turns:tls.example:443?transport=tcp", "stun:stun.example:3478", "stun:stun2.example:19302"});
  CHECK(list[0].username() == "fixed");
  CHECK(list[0].credential() == "password");
  CHECK(list[3].username().empty());
  IceServers v6;
  v6.turn.push_back(turn("2001:db8::1", TurnServer::Protocol::kUdp));
  CHECK(urls(ice_servers(v6, "PA_x", kNow, false))[0] == "turn:[2001:db8::1]:3478?transport=udp");
}

TEST_CASE("nobody is sent to servers that were not configured") {
  CHECK(ice_servers({}, "PA_x", kNow, false).empty());
}

TEST_CASE("[S-086] a shared secret gives each participant a credential that ends after the server's ttl") {
  IceServers servers;
  auto& server = servers.turn.emplace_back(turn("relay.example", TurnServer::Protocol::kUdp));
  server.secret = "logen";
  server.ttl = 1h;
  const auto list = ice_servers(servers, "PA_alice", kNow, false);
  CHECK(list[0].username() == "1433895918:PA_alice");
  CHECK(list[0].credential() == "F85MpuMWePKNSRc+8YdvFMj4Up8=");
}

TEST_CASE("[S-086] who is to use TLS is told of TLS alone") {
  CHECK(urls(ice_servers(three(), "PA_x", kNow, true)) ==
        std::vector<std::string>{"turns:tls.example:443?transport=tcp"});
  CHECK(has_tls_relay(three()));
  IceServers none = three();
  none.turn.pop_back();
  CHECK_FALSE(has_tls_relay(none));
}

TEST_CASE("what a participant prefers is remembered for five minutes, for its room and identity alone") {
  IcePreferences preferences;
  const Instant now{};
  preferences.set(now, "stage", "alice", livekit::TLS);
  CHECK(preferences.find(now + 5min, "stage", "alice") == livekit::TLS);
  CHECK(preferences.find(now + 5min + 1ms, "stage", "alice") == livekit::UDP);
  CHECK(preferences.find(now, "stage", "bob") == livekit::UDP);
  CHECK(preferences.find(now, "hall", "alice") == livekit::UDP);
  preferences.set(now + 1min, "stage", "alice", livekit::TCP);
  CHECK(preferences.find(now + 6min, "stage", "alice") == livekit::TCP);
  preferences.set(now + 2min, "stage", "alice", livekit::UDP);
  CHECK(preferences.find(now + 2min, "stage", "alice") == livekit::UDP);
}

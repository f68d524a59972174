// SPDX-License-Identifier: Apache-2.0
#include "signal/ice_servers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "auth/turn_credentials.hpp"

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

IceServerList told(const IceServers& servers, std::string_view sid, bool tls_only, const EmbeddedTurn& own = {}) {
  return ice_servers(servers, own, {.api_key = "devkey", .participant_sid = sid, .now = kNow, .tls_only = tls_only});
}

std::vector<std::string> urls(const IceServerList& list) {
  std::vector<std::string> all;
  for (const auto& server : list) all.insert(all.end(), server.urls().begin(), server.urls().end());
  return all;
}

}  // namespace

TEST_CASE("[C-092] TURN servers come first, with their transport in the URL, then STUN") {
  const auto list = told(three(), "PA_x", false);
  CHECK(urls(list) == std::vector<std::string>{
                          "turn:udp.example:3478?transport=udp", "turn:tcp.example:3478?transport=tcp",
                          "turns:tls.example:443?transport=tcp", "stun:stun.example:3478", "stun:stun2.example:19302"});
  CHECK(list[0].username() == "fixed");
  CHECK(list[0].credential() == "password");
  CHECK(list[3].username().empty());
  IceServers v6;
  v6.turn.push_back(turn("2001:db8::1", TurnServer::Protocol::kUdp));
  CHECK(urls(told(v6, "PA_x", false))[0] == "turn:[2001:db8::1]:3478?transport=udp");
}

TEST_CASE("nobody is sent to servers that were not configured") {
  CHECK(told({}, "PA_x", false).empty());
}

TEST_CASE("[S-086] a shared secret gives each participant a credential that ends after the server's ttl") {
  IceServers servers;
  auto& server = servers.turn.emplace_back(turn("relay.example", TurnServer::Protocol::kUdp));
  server.secret = "logen";
  server.ttl = 1h;
  const auto list = told(servers, "PA_alice", false);
  CHECK(list[0].username() == "1433895918:PA_alice");
  CHECK(list[0].credential() == "F85MpuMWePKNSRc+8YdvFMj4Up8=");
}

TEST_CASE("[S-086] who is to use TLS is told of TLS alone") {
  CHECK(urls(told(three(), "PA_x", true)) == std::vector<std::string>{"turns:tls.example:443?transport=tcp"});
  CHECK(has_tls_relay(three(), {}));
  IceServers none = three();
  none.turn.pop_back();
  CHECK_FALSE(has_tls_relay(none, {}));
}

TEST_CASE("[C-092] this server's own TURN comes before all others, by UDP at each address and by TLS at its domain") {
  EmbeddedTurn own;
  own.udp_urls = {"turn:192.0.2.1:3478?transport=udp", "turn:[2001:db8::1]:3478?transport=udp"};
  own.tls_url = "turns:turn.example.org:443?transport=tcp";
  own.keys = std::make_shared<const auth::KeyMap>(auth::KeyMap::Keys{{"a", "other"}, {"devkey", "secret"}});
  own.credential_ttl = 300s;
  const auto list = told(three(), "PA_x", false, own);
  REQUIRE(list.size() == 5);
  CHECK(std::vector<std::string>(list[0].urls().begin(), list[0].urls().end()) ==
        std::vector<std::string>{own.udp_urls[0], own.udp_urls[1], own.tls_url});
  const auto user = auth::read_turn_username(list[0].username(), *own.keys);
  REQUIRE(user);
  CHECK(user->api_key == "devkey");
  CHECK(user->participant_sid == "PA_x");
  CHECK(user->expires_at == kNow + 300s);
  CHECK(user->password == list[0].credential());

  CHECK(urls(told(three(), "PA_x", true, own)) ==
        std::vector<std::string>{own.tls_url, "turns:tls.example:443?transport=tcp"});
  CHECK(has_tls_relay({}, own));
  own.tls_url.clear();
  CHECK_FALSE(has_tls_relay({}, own));
  CHECK(told({}, "PA_x", true, own).empty());
}

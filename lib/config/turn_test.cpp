// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "config/testing.hpp"

namespace sfu::config {

using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("the TURN server is there when it is enabled, with LiveKit's defaults") {
  CHECK_FALSE(parsed("").turn.enabled());
  const Settings off = parsed("turn: {enabled: false, domain: t.example, tls_port: 5349, udp_port: 3478}");
  CHECK_FALSE(off.turn.enabled());
  CHECK(off.warnings.empty());

  const Settings on = parsed("turn: {enabled: true, udp_port: 3478}");
  CHECK(on.warnings.empty());
  CHECK(on.turn.udp_port == 3478);
  CHECK(on.turn.tls_port == 0);
  CHECK(on.turn.advertised_tls_port == 443);
  CHECK(on.turn.relay_port_first == 30000);
  CHECK(on.turn.relay_port_last == 40000);
  CHECK(on.turn.bind_addresses.empty());
  CHECK(on.turn.allocations_per_participant == 12);
  CHECK(on.turn.credential_ttl == 300s);
  CHECK(on.turn.allowed_peers.empty());
  CHECK(on.turn.denied_peers.empty());
}

TEST_CASE("every key of the TURN server is read") {
  const TurnOptions turn = parsed(R"(
turn:
  enabled: true
  domain: turn.example.org
  cert_file: cert.pem
  key_file: key.pem
  udp_port: 443
  tls_port: 5349
  advertised_tls_port: 5349
  external_tls: true
  relay_range_start: 1024
  relay_range_end: 2047
  bind_addresses: [192.0.2.1, "::"]
  per_user_relay_allocation_limit: 3
  ttl_seconds: 60
  allow_restricted_peer_cidrs: [10.0.0.0/8, 127.0.0.1/32]
  deny_peer_cidrs: [10.9.0.0/16]
)")
                               .turn;
  CHECK(turn.domain == "turn.example.org");
  CHECK(turn.certificate_file == "cert.pem");
  CHECK(turn.key_file == "key.pem");
  CHECK(turn.udp_port == 443);
  CHECK(turn.tls_port == 5349);
  CHECK(turn.advertised_tls_port == 5349);
  CHECK(turn.external_tls);
  CHECK(turn.relay_port_first == 1024);
  CHECK(turn.relay_port_last == 2047);
  CHECK(turn.bind_addresses == std::vector{*IpAddress::parse("192.0.2.1"), IpAddress()});
  CHECK(turn.allocations_per_participant == 3);
  CHECK(turn.credential_ttl == 60s);
  CHECK(turn.allowed_peers.size() == 2);
  CHECK(turn.denied_peers == std::vector{*IpNetwork::parse("10.9.0.0/16")});
}

TEST_CASE("[C-077] limits and lifetimes of the TURN server are brought into their bounds, and ports must fit") {
  const auto with = [](const std::string& keys) {
    return parsed("turn: {enabled: true, udp_port: 1, " + keys + "}").turn;
  };
  CHECK(with("per_user_relay_allocation_limit: 0").allocations_per_participant == 0);
  CHECK(with("per_user_relay_allocation_limit: -1").allocations_per_participant == 0);
  CHECK(with("ttl_seconds: 0").credential_ttl == 300s);
  CHECK(with("ttl_seconds: -5").credential_ttl == 300s);
  CHECK(with("ttl_seconds: 100000").credential_ttl == 24h);
  CHECK(refused("turn: {enabled: true, udp_port: 1, relay_range_start: 9, relay_range_end: 8}") ==
        "config.yaml: turn.relay_range_end must not be below turn.relay_range_start, which must not be 0");
  CHECK(refused("turn: {udp_prot: 1}") == "config.yaml:1: unknown key turn.udp_prot; did you mean turn.udp_port?");
}

TEST_CASE("in development three relay ports do, unless the file says otherwise") {
  CHECK(parsed("development: true\nturn: {enabled: true, udp_port: 1}").turn.relay_port_last == 30002);
  CHECK(parsed("development: true\nturn: {enabled: true, udp_port: 1, relay_range_end: 30100}").turn.relay_port_last ==
        30100);
}

}  // namespace sfu::config

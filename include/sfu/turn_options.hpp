// SPDX-License-Identifier: Apache-2.0
// The TURN server that an engine has inside (RFC 8656): clients who get no UDP through to the engine send all over one
// connection to it, by UDP, or by TLS over TCP, which passes where nothing but the web does. It relays for participants
// of the engine alone, whose credentials come with JoinResponse. TURN servers that others run: sfu/ice_servers.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sfu/address.hpp"
#include "sfu/time.hpp"

namespace sfu {

struct TurnOptions {
  std::uint16_t udp_port = 0;  // 0: not by UDP; 3478 is usual
  std::uint16_t tls_port = 0;  // 0: not by TLS; 5349 is usual, 443 passes most firewalls
  // Whoever is before tls_port has ended TLS: there it is TCP.
  bool external_tls = false;
  // The port of `domain` that clients are told of, whatever leads from there to tls_port.
  std::uint16_t advertised_tls_port = 443;
  std::string domain;            // that the certificate is for; needed with tls_port
  std::string certificate_file;  // PEM, with what leads to an authority; needed with tls_port unless external_tls
  std::string key_file;          // PEM

  // What stands for clients: a UDP port for each allocation, two or three for each client. Open them in the firewall
  // only if participants are to be reached by other than this engine.
  std::uint16_t relay_port_first = 30000;
  std::uint16_t relay_port_last = 40000;
  std::vector<IpAddress> bind_addresses;  // as EngineOptions::bind_addresses, which is the default

  std::uint32_t allocations_per_participant = 12;       // at a time; 0: no limit
  Duration credential_ttl = std::chrono::seconds(300);  // within which allocations are to be asked for
  // Clients reach this engine's own media through the relay, and addresses of the internet. Of private, loopback and
  // link-local ones they reach these:
  std::vector<IpNetwork> allowed_peers;
  std::vector<IpNetwork> denied_peers;  // beat all that is allowed
  // API keys with their secrets, which credentials are made with: with the one that signed the participant's token, or
  // the first. None: a secret of the engine's own. sfu::Server gives its keys.
  std::map<std::string, std::string> keys;

  bool enabled() const { return udp_port != 0 || tls_port != 0; }
};

}  // namespace sfu

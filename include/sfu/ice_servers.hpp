// SPDX-License-Identifier: Apache-2.0
// The STUN and TURN servers that clients are told of. With none, clients are told of none: a client reaches the engine
// by the addresses that the engine offers, and nobody's traffic goes to strangers without being asked to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sfu/time.hpp"

namespace sfu {

// A TURN server that someone else runs. Clients get the user name and credential that are given here, or, with a
// secret that the server shares, some of their own that expire (`use-auth-secret` of coturn).
struct TurnServer {
  enum class Protocol { kUdp, kTcp, kTls };

  std::string host;
  std::uint16_t port = 3478;
  Protocol protocol = Protocol::kUdp;
  std::string username;
  std::string credential;
  std::string secret;                    // beats the two above
  Duration ttl = std::chrono::hours(4);  // of a credential made with the secret
};

struct IceServers {
  std::vector<TurnServer> turn;
  std::vector<std::string> stun;  // "host:port"
};

}  // namespace sfu

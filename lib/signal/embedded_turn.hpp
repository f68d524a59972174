// SPDX-License-Identifier: Apache-2.0
// What clients are told of the engine's own TURN server. A plain value.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "auth/auth.hpp"
#include "sfu/time.hpp"

namespace sfu::signal {

struct EmbeddedTurn {
  std::vector<std::string> udp_urls;
  std::string tls_url;                       // empty: not by TLS
  std::shared_ptr<const auth::KeyMap> keys;  // has one at least, if there is a URL
  Duration credential_ttl{};
};

}  // namespace sfu::signal

// SPDX-License-Identifier: Apache-2.0
// Who may join: turns the token that a client shows into the claims it is given. With a view of the room, a PolicyHook
// decides.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sfu/claims.hpp"
#include "sfu/result.hpp"
#include "sfu/time.hpp"

namespace sfu {

// Implemented by a host with tokens of its own. Called from any thread, also at once; must not block.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // The claims of a valid token. The client reads the error's message, with status 401.
  virtual Result<Claims> authenticate(std::string_view token, WallTime now) const = 0;
  // A token with these claims that is good for `ttl` from now, which clients reconnect with; "" if there are none.
  virtual std::string refresh(const Claims& claims, WallTime now, Duration ttl) const = 0;
};

// LiveKit's access tokens: signed with the secret of one of these API keys (key to secret). Refreshed ones are signed
// with the first key.
std::unique_ptr<Authenticator> make_token_authenticator(std::map<std::string, std::string> keys);

}  // namespace sfu

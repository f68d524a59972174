// SPDX-License-Identifier: Apache-2.0
// Credentials for TURN servers (signalling 3.6, control-plane spec 7.2): those of any server that shares a secret with
// us, and those of LiveKit's embedded one, whose secret is an API key's. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "auth/auth.hpp"
#include "base/result.hpp"
#include "sfu/time.hpp"

namespace sfu::auth {

struct TurnCredentials {
  std::string username;
  std::string password;
};

// "<expiry>:<user>", and its HMAC-SHA1 in base64 (draft-uberti-behave-turn-rest-00, which coturn and others follow).
TurnCredentials make_shared_secret_credentials(std::string_view secret, std::string_view user, WallTime expires_at);

// Of the embedded server: the API key, the participant and the expiry packed into the user name, and a digest of those
// with the key's secret.
TurnCredentials make_turn_credentials(std::string_view api_key, std::string_view secret,
                                      std::string_view participant_sid, WallTime expires_at);

// Whom such a user name stands for, and the password that proves it: what RFC 8489 9.2.2 makes its key of.
struct TurnUser {
  std::string api_key;
  std::string participant_sid;
  WallTime expires_at;
  std::string password;
};
// Says nothing of the time: only a new allocation needs one that has not expired. Errors: kMalformed, kNotFound (not
// one of our keys).
Result<TurnUser> read_turn_username(std::string_view username, const KeyProvider& keys);

}  // namespace sfu::auth

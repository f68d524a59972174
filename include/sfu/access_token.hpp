// SPDX-License-Identifier: Apache-2.0
// LiveKit's access tokens: made here for clients and for server SDKs, and verified here.
//   Claims claims;
//   claims.identity = "alice";
//   claims.video = VideoGrant{.room_join = true, .room = "stage"};
//   auto token = make_access_token(claims, "key", "secret");
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sfu/claims.hpp"
#include "sfu/result.hpp"
#include "sfu/time.hpp"

namespace sfu {

struct AccessTokenOptions {
  Duration ttl = std::chrono::hours(6);  // from `now`
  std::optional<WallTime> now{};         // nullopt: the system's clock
  // Tokens are shown to clients: passwords of storage, and addresses of streams, in claims.room_config are refused
  // unless this says that it is meant so.
  bool allow_sensitive_room_config = false;
};

// A token with all that `claims` say, but for api_key, not_before, issued_at and expires_at, which follow from the
// rest. Errors: kInvalidArgument (no key, no secret, a roomJoin without an identity, a room_config that is no JSON
// object), kPermissionDenied (what AccessTokenOptions::allow_sensitive_room_config says). Any thread.
Result<std::string> make_access_token(const Claims& claims, std::string_view api_key, std::string_view api_secret,
                                      const AccessTokenOptions& options = {});

// Verifies tokens that were signed with the secret of one of its keys (key to secret). Any thread.
class TokenVerifier {
 public:
  // `leeway`: clocks differ; `exp` and `nbf` are taken this much wider.
  explicit TokenVerifier(std::map<std::string, std::string> keys, Duration leeway = std::chrono::seconds(60));
  ~TokenVerifier();
  TokenVerifier(TokenVerifier&&) noexcept;
  TokenVerifier& operator=(TokenVerifier&&) noexcept;

  // Errors: kMalformed (not a token), kNotFound (not one of the keys), kUnauthenticated (signature, algorithm, time, or
  // a claim of a wrong type), each with the text that LiveKit's server answers.
  Result<Claims> verify(std::string_view token, std::optional<WallTime> now = std::nullopt) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu

// SPDX-License-Identifier: Apache-2.0
// Access tokens: JSON Web Tokens (RFC 7519) signed by HMAC-SHA256 with the secret of an API key, and nothing else: no
// other algorithm, no `none`. verify() turns one into Claims (sfu/claims.hpp), make_token() the other way. Pure
// functions of the token, the keys and the time; any thread. Where a request carries its token, and what a missing one
// means, is signal's matter. The only folder that sees Boost.JSON for tokens and OpenSSL's HMAC.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sfu/claims.hpp"
#include "sfu/time.hpp"

namespace sfu::auth {

// Where secrets come from. Called from any thread.
class KeyProvider {
 public:
  virtual ~KeyProvider() = default;
  virtual std::optional<std::string> secret(std::string_view api_key) const = 0;
};

// Keys from the configuration; immutable once made.
class KeyMap final : public KeyProvider {
 public:
  using Keys = std::map<std::string, std::string, std::less<>>;
  explicit KeyMap(Keys keys) : keys_(std::move(keys)) {}

  std::optional<std::string> secret(std::string_view api_key) const override;
  const Keys& keys() const { return keys_; }

 private:
  Keys keys_;
};

// Clocks differ: `exp` and `nbf` are taken this much wider.
inline constexpr Duration kLeeway = std::chrono::seconds(60);
// What a request line may hold (signalling 1.1); a longer one is refused before it is looked at.
inline constexpr std::size_t kMaxTokenSize = 1024 * 1024;

// Errors carry the text that the client is answered with (signalling 1.5), and tell themselves apart by their code:
// kMalformed: not a token; kNotFound: not one of our keys; kUnauthenticated: signature, algorithm, time or a claim.
Result<Claims> verify(std::string_view token, const KeyProvider& keys, WallTime now, Duration leeway = kLeeway);

// Signs `claims` with `secret` as the key `api_key`, good for `ttl` from `now`. The claims' own api_key, not_before,
// issued_at and expires_at are not looked at.
std::string make_token(const Claims& claims, std::string_view api_key, std::string_view secret, WallTime now,
                       Duration ttl);

}  // namespace sfu::auth

// SPDX-License-Identifier: Apache-2.0
#include "sfu/authenticator.hpp"

#include "auth/auth.hpp"

namespace sfu {
namespace {

class TokenAuthenticator final : public Authenticator {
 public:
  explicit TokenAuthenticator(auth::KeyMap::Keys keys) : keys_(std::move(keys)) {}

  Result<Claims> authenticate(std::string_view token, WallTime now) const override {
    return auth::verify(token, keys_, now);
  }

  std::string refresh(const Claims& claims, WallTime now, Duration ttl) const override {
    if (keys_.keys().empty()) return {};
    const auto& [key, secret] = *keys_.keys().begin();
    return auth::make_token(claims, key, secret, now, ttl);
  }

 private:
  auth::KeyMap keys_;
};

}  // namespace

std::unique_ptr<Authenticator> make_token_authenticator(std::map<std::string, std::string> keys) {
  return std::make_unique<TokenAuthenticator>(auth::KeyMap::Keys(keys.begin(), keys.end()));
}

}  // namespace sfu

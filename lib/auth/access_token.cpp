// SPDX-License-Identifier: Apache-2.0
#include "sfu/access_token.hpp"

#include <utility>

#include "auth/auth.hpp"
#include "auth/claims_text.hpp"
#include "auth/room_config_secrets.hpp"
#include "base/time.hpp"
#include "base/utf8.hpp"

namespace sfu {

Result<std::string> make_access_token(const Claims& claims, std::string_view api_key, std::string_view api_secret,
                                      const AccessTokenOptions& options) {
  if (api_key.empty() || api_secret.empty()) {
    return fail(Errc::kInvalidArgument, "an access token needs an API key and its secret");
  }
  if (claims.video && claims.video->room_join && claims.identity.empty()) {
    return fail(Errc::kInvalidArgument, "a token that lets its bearer join a room needs an identity");
  }
  SFU_CHECK_OK(check_utf8("api_key", api_key));
  SFU_CHECK_OK(auth::check_utf8(claims));
  if (!claims.room_config.empty()) {
    SFU_TRY(const std::string secret, auth::secret_in_room_config(claims.room_config));
    if (!secret.empty() && !options.allow_sensitive_room_config) {
      return fail(Errc::kPermissionDenied, "the room configuration of a token shows its bearer " + secret);
    }
  }
  return auth::make_token(claims, api_key, api_secret, options.now.value_or(SystemClock().wall_now()), options.ttl);
}

class TokenVerifier::Impl {
 public:
  Impl(auth::KeyMap::Keys keys, Duration leeway) : keys_(std::move(keys)), leeway_(leeway) {}
  Result<Claims> verify(std::string_view token, WallTime now) const { return auth::verify(token, keys_, now, leeway_); }

 private:
  auth::KeyMap keys_;
  Duration leeway_;
};

TokenVerifier::TokenVerifier(std::map<std::string, std::string> keys, Duration leeway)
    : impl_(std::make_unique<Impl>(auth::KeyMap::Keys(keys.begin(), keys.end()), leeway)) {}
TokenVerifier::~TokenVerifier() = default;
TokenVerifier::TokenVerifier(TokenVerifier&&) noexcept = default;
TokenVerifier& TokenVerifier::operator=(TokenVerifier&&) noexcept = default;

Result<Claims> TokenVerifier::verify(std::string_view token, std::optional<WallTime> now) const {
  return impl_->verify(token, now.value_or(SystemClock().wall_now()));
}

}  // namespace sfu

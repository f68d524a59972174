// SPDX-License-Identifier: Apache-2.0
#include "auth/credentials.hpp"

namespace sfu::auth {

Result<std::optional<Claims>> claims_of(std::string_view authorization, std::string_view access_token,
                                        const Authenticator& authenticator, WallTime now) {
  constexpr std::string_view kPrefix = "Bearer ";
  std::string_view token = access_token;
  if (!authorization.empty()) {
    if (!authorization.starts_with(kPrefix)) {
      return fail(Errc::kUnauthenticated, "invalid authorization header. Must start with Bearer ");
    }
    token = authorization.substr(kPrefix.size());
  }
  if (token.empty()) return std::optional<Claims>();
  SFU_TRY(auto claims, authenticator.authenticate(token, now));
  return std::optional(std::move(claims));
}

}  // namespace sfu::auth

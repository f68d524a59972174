// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/tokens.h"

#include "capi/claims.hpp"
#include "capi/handles.hpp"
#include "capi/input.hpp"
#include "capi/kinds.hpp"
#include "capi/results.hpp"
#include "sfu/access_token.hpp"

namespace sfu::capi {

template <>
struct Handle<sfu_token_verifier> {
  using Object = TokenVerifier;
  static constexpr unsigned kKind = kinds::kTokenVerifier;
  static constexpr const char* kName = "sfu_token_verifier";
};

}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_access_token_create(const sfu_claims* claims, const sfu_access_token_options* options, char** token) {
  return enter([&] {
    needs_place(token);
    const auto in = read(options);
    sfu::AccessTokenOptions how{.now = wall_time(in.now_ms, "now_ms"),
                                .allow_sensitive_room_config = in.allow_sensitive_room_config != 0};
    if (in.ttl_ms != 0) how.ttl = milliseconds(in.ttl_ms, "ttl_ms");
    const auto made = value(
        sfu::make_access_token(from_c(claims), text(in.api_key, "api_key"), text(in.api_secret, "api_secret"), how));
    *token = give([&](Arena& arena) { return arena.text(made); });
  });
}

sfu_status sfu_token_verifier_create(const sfu_pair* keys, size_t key_count, int64_t leeway_ms,
                                     sfu_token_verifier** verifier) {
  return enter([&] {
    needs_place(verifier);
    sfu::Duration leeway = std::chrono::minutes(1);
    set_time(leeway, leeway_ms, "leeway_ms");
    *verifier = add<sfu_token_verifier>(std::make_shared<sfu::TokenVerifier>(pairs(keys, key_count, "keys"), leeway));
  });
}

sfu_status sfu_token_verifier_release(sfu_token_verifier* verifier) {
  return release(verifier);
}

sfu_status sfu_token_verifier_verify(sfu_token_verifier* verifier, const char* token, int64_t now_ms,
                                     const sfu_claims** claims) {
  return enter([&] {
    needs_place(claims);
    const auto verified = value(find(verifier)->verify(as_is(token), wall_time(now_ms, "now_ms")));
    *claims = give([&](Arena& arena) { return to_c(arena, verified); });
  });
}

// SPDX-License-Identifier: Apache-2.0
#include "auth/auth.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <utility>

#include "auth/base64url.hpp"
#include "auth/claims_json.hpp"
#include "base/bytes.hpp"

namespace sfu::auth {
namespace {

using Signature = std::array<std::uint8_t, 32>;

Signature sign(std::string_view signed_part, std::string_view secret) {
  Signature signature{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), as_bytes(signed_part).data(), signed_part.size(),
       signature.data(), &length);
  return signature;
}

bool matches(const Signature& expected, std::string_view given) {
  return given.size() == expected.size() && CRYPTO_memcmp(expected.data(), given.data(), expected.size()) == 0;
}

// The parts of a compact JWS (RFC 7515 7.1), decoded.
struct Parts {
  std::string_view signed_part;
  std::string header;
  std::string payload;
  std::string signature;
};

std::optional<Parts> split(std::string_view token) {
  if (token.size() > kMaxTokenSize) return std::nullopt;
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto header = decode_base64url(token.substr(0, first), Padding::kForbidden);
  auto payload = decode_base64url(token.substr(first + 1, second - first - 1), Padding::kForbidden);
  auto signature = decode_base64url(token.substr(second + 1), Padding::kForbidden);  // a third dot is foreign to it
  if (!header || !payload || !signature) return std::nullopt;
  return Parts{token.substr(0, second), std::move(*header), std::move(*payload), std::move(*signature)};
}

Failure unauthenticated(std::string_view why) {
  return fail(Errc::kUnauthenticated, "invalid authorization token: " + std::string(why));
}

}  // namespace

std::optional<std::string> KeyMap::secret(std::string_view api_key) const {
  const auto found = keys_.find(api_key);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

Result<Claims> verify(std::string_view token, const KeyProvider& keys, WallTime now, Duration leeway) {
  const auto parts = split(token);
  const auto algorithm = parts ? read_algorithm(parts->header) : std::nullopt;
  const auto issuer = parts ? read_issuer(parts->payload) : std::nullopt;
  if (!algorithm || !issuer) return fail(Errc::kMalformed, "invalid authorization token");

  const auto secret = issuer->empty() ? std::nullopt : keys.secret(*issuer);
  // An empty secret would let anyone sign.
  if (!secret || secret->empty()) return fail(Errc::kNotFound, "invalid API key");
  // The header must not choose how it is checked (RFC 8725 3.1).
  if (*algorithm != "HS256") return unauthenticated("unexpected signature algorithm");
  if (!matches(sign(parts->signed_part, *secret), parts->signature)) return unauthenticated("signature is not valid");

  auto claims = read_claims(parts->payload);
  if (!claims) return unauthenticated(claims.error().message);
  if (claims->not_before && now + leeway < *claims->not_before) return unauthenticated("token not valid yet (nbf)");
  if (now - leeway > claims->expires_at) return unauthenticated("token is expired (exp)");
  return claims;
}

std::string make_token(const Claims& claims, std::string_view api_key, std::string_view secret, WallTime now,
                       Duration ttl) {
  Claims stamped = claims;
  stamped.api_key = api_key;
  stamped.not_before = now;
  stamped.expires_at = now + ttl;
  std::string token = encode_base64url(write_header()) + '.' + encode_base64url(write_claims(stamped));
  const Signature signature = sign(token, secret);
  token += '.';
  token += encode_base64url(as_text(signature));
  return token;
}

}  // namespace sfu::auth

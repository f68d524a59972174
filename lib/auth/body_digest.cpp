// SPDX-License-Identifier: Apache-2.0
#include "auth/body_digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "auth/base64.hpp"
#include "auth/secrets.hpp"

namespace sfu::auth {

std::string body_digest(std::string_view body) {
  std::array<std::uint8_t, 32> digest{};
  EVP_Digest(body.data(), body.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return encode_base64(digest);
}

bool is_body_digest(std::string_view claimed, std::string_view body) {
  return same_secret(claimed, body_digest(body));
}

}  // namespace sfu::auth

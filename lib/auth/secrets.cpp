// SPDX-License-Identifier: Apache-2.0
#include "auth/secrets.hpp"

#include <openssl/crypto.h>

namespace sfu::auth {

bool same_secret(std::string_view given, std::string_view expected) {
  return given.size() == expected.size() && CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

}  // namespace sfu::auth

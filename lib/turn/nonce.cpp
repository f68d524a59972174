// SPDX-License-Identifier: Apache-2.0
#include "turn/nonce.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.hpp"

namespace sfu::turn {
namespace {

constexpr std::size_t kExpiryDigits = 16;

std::uint64_t seconds(Instant instant) {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(instant.time_since_epoch()).count());
}

}  // namespace

Nonces::Text Nonces::seal(std::uint64_t expiry, const SocketAddress& client) const {
  std::array<std::uint8_t, 8 + 16 + 2> sealed;
  store_be64(sealed.data(), expiry);
  std::ranges::copy(client.ip.bytes(), sealed.begin() + 8);
  store_be16(sealed.data() + 24, client.port);
  std::array<std::uint8_t, 32> digest{};
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), sealed.data(), sealed.size(), digest.data(), nullptr);
  constexpr std::string_view kDigits = "0123456789abcdef";
  Text text;
  for (std::size_t i = 0; i < kSize; ++i) {
    const std::uint8_t byte = i < kExpiryDigits ? sealed[i / 2] : digest[(i - kExpiryDigits) / 2];
    text[i] = kDigits[i % 2 == 0 ? byte >> 4 : byte & 0xF];
  }
  return text;
}

Nonces::Text Nonces::make(Instant now, const SocketAddress& client) const {
  return seal(seconds(now + kLifetime), client);
}

bool Nonces::accepts(Instant now, const SocketAddress& client, std::string_view nonce) const {
  if (nonce.size() != kSize) return false;
  const std::string_view digits = nonce.substr(0, kExpiryDigits);
  std::uint64_t expiry = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), expiry, 16);
  if (error != std::errc() || end != digits.data() + digits.size() || expiry < seconds(now)) return false;
  const Text expected = seal(expiry, client);
  return CRYPTO_memcmp(expected.data(), as_bytes(nonce).data(), kSize) == 0;
}

}  // namespace sfu::turn

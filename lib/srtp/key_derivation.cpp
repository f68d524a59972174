// SPDX-License-Identifier: Apache-2.0
#include "srtp/key_derivation.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace sfu::srtp {

Result<void> aes_cm_keystream(const std::array<std::uint8_t, 16>& key, const std::array<std::uint8_t, 16>& counter,
                              ByteSpan out) {
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::ranges::fill(out, std::uint8_t{0});
  int written = 0;
  if (context == nullptr ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), counter.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), out.data(), &written, out.data(), static_cast<int>(out.size())) != 1) {
    return fail(Errc::kInternal, "AES failed");
  }
  return {};
}

Result<void> derive_key(const std::array<std::uint8_t, 16>& master_key, ByteView salt, KeyLabel label, ByteSpan out) {
  // The label stands over the seventh of the salt's 14 bytes; the last two count blocks.
  std::array<std::uint8_t, 16> counter{};
  std::copy_n(salt.begin(), std::min<std::size_t>(salt.size(), 14), counter.begin());
  counter[7] = static_cast<std::uint8_t>(counter[7] ^ static_cast<std::uint8_t>(label));
  return aes_cm_keystream(master_key, counter, out);
}

}  // namespace sfu::srtp

// SPDX-License-Identifier: Apache-2.0
#include "srtp/gcm_cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <utility>

namespace sfu::srtp {

void GcmCipher::ContextFree::operator()(EVP_CIPHER_CTX* context) const {
  EVP_CIPHER_CTX_free(context);
}

Result<GcmCipher> GcmCipher::create(ByteView key, ByteView salt, bool encrypt) {
  GcmCipher cipher;
  cipher.context_.reset(EVP_CIPHER_CTX_new());
  // The IV length of 12 is EVP's default.
  if (cipher.context_ == nullptr || key.size() != 16 || salt.size() != kSaltSize ||
      EVP_CipherInit_ex(cipher.context_.get(), EVP_aes_128_gcm(), nullptr, key.data(), nullptr, encrypt ? 1 : 0) != 1) {
    return fail(Errc::kInternal, "AES-GCM is not to be had");
  }
  std::ranges::copy(salt, cipher.salt_.begin());
  return cipher;
}

bool GcmCipher::run(ByteView header, ByteView trailer, ByteSpan text) {
  int size = 0;
  for (const ByteView associated : {header, trailer}) {
    if (!associated.empty() &&
        EVP_CipherUpdate(context_.get(), nullptr, &size, associated.data(), static_cast<int>(associated.size())) != 1) {
      return false;
    }
  }
  if (!text.empty() &&
      EVP_CipherUpdate(context_.get(), text.data(), &size, text.data(), static_cast<int>(text.size())) != 1) {
    return false;
  }
  std::uint8_t none[16];
  return EVP_CipherFinal_ex(context_.get(), none, &size) == 1;
}

bool GcmCipher::seal(const Nonce& nonce, ByteView header, ByteView trailer, ByteSpan text, std::uint8_t* tag) {
  // EVP_CTRL_AEAD_GET_TAG is this and some more: 440 ns instead of 426 for 1100 bytes, 224 instead of 204 for 100.
  OSSL_PARAM to_tag[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, kTagSize),
                         OSSL_PARAM_construct_end()};
  return EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data(), -1) == 1 &&
         run(header, trailer, text) && EVP_CIPHER_CTX_get_params(context_.get(), to_tag) == 1;
}

bool GcmCipher::open(const Nonce& nonce, ByteView header, ByteView trailer, ByteSpan text, const std::uint8_t* tag) {
  return EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data(), -1) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, const_cast<std::uint8_t*>(tag)) == 1 &&
         run(header, trailer, text);
}

// 2 zero bytes, SSRC, ROC, sequence number; the last two are the 48-bit index.
GcmCipher::Nonce GcmCipher::rtp_nonce(std::uint32_t ssrc, std::uint64_t index) const {
  Nonce nonce{};
  store_be32(&nonce[2], ssrc);
  store_be16(&nonce[6], static_cast<std::uint16_t>(index >> 32));
  store_be32(&nonce[8], static_cast<std::uint32_t>(index));
  for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<std::uint8_t>(nonce[i] ^ salt_[i]);
  return nonce;
}

// 2 zero bytes, SSRC, 2 zero bytes, SRTCP index.
GcmCipher::Nonce GcmCipher::rtcp_nonce(std::uint32_t ssrc, std::uint32_t index) const {
  return rtp_nonce(ssrc, index);
}

}  // namespace sfu::srtp

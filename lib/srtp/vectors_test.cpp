// SPDX-License-Identifier: Apache-2.0
// The vectors of RFC 3711 appendix B and RFC 7714 16 and 17. The latter give session keys, so they bypass derivation.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "srtp/gcm_cipher.hpp"
#include "srtp/key_derivation.hpp"
#include "srtp/srtp.hpp"
#include "srtp/test_bytes.hpp"

namespace sfu::srtp {
namespace {

std::array<std::uint8_t, 16> sixteen(std::string_view hex) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(from_hex(hex), bytes.begin());
  return bytes;
}

TEST_CASE("[M-017] RFC 3711 B.2: the AES-CM key stream") {
  const auto key = sixteen("2B7E151628AED2A6ABF7158809CF4F3C");
  Bytes stream(16 * 0xFF02);
  REQUIRE(aes_cm_keystream(key, sixteen("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), stream));
  const auto block = [&](std::size_t index) {
    return Bytes(stream.begin() + static_cast<std::ptrdiff_t>(16 * index),
                 stream.begin() + static_cast<std::ptrdiff_t>(16 * index + 16));
  };
  CHECK(block(0) == from_hex("E03EAD0935C95E80E166B16DD92B4EB4"));
  CHECK(block(1) == from_hex("D23513162B02D0F72A43A2FE4A5F97AB"));
  CHECK(block(2) == from_hex("41E95B3BB0A2E8DD477901E4FCA894C0"));
  CHECK(block(0xFEFF) == from_hex("EC8CDF7398607CB0F2D21675EA9EA1E4"));
  CHECK(block(0xFF00) == from_hex("362B7C3C6773516318A077D7FC5073AE"));
  CHECK(block(0xFF01) == from_hex("6A2CC3787889374FBEB4C81B17BA6C44"));
}

TEST_CASE("[M-017] RFC 3711 B.3: key derivation") {
  const auto master = sixteen("E1F97A0D3E018BE0D64FA32C06DE4139");
  const Bytes salt = from_hex("0EC675AD498AFEEBB6960B3AABE6");
  Bytes key(16);
  REQUIRE(derive_key(master, salt, KeyLabel::kRtpEncryption, key));
  CHECK(key == from_hex("C61E7A93744F39EE10734AFE3FF7A087"));
  Bytes session_salt(14);
  REQUIRE(derive_key(master, salt, KeyLabel::kRtpSalt, session_salt));
  CHECK(session_salt == from_hex("30CBBC08863D8C85D49DB34A9AE1"));
}

TEST_CASE("[M-017] libsrtp's reference packet for AES_CM_128_HMAC_SHA1_80") {
  const Bytes key = from_hex("E1F97A0D3E018BE0D64FA32C06DE4139");
  const Bytes salt = from_hex("0EC675AD498AFEEBB6960B3AABE6");
  const Bytes plain = from_hex("800f1234decafbadcafebabeabababababababababababababababab");
  const Bytes expected = from_hex("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
  auto out = Session::create(Profile::kAes128CmHmacSha1_80, Direction::kOutbound, key, salt);
  auto in = Session::create(Profile::kAes128CmHmacSha1_80, Direction::kInbound, key, salt);
  REQUIRE(out);
  REQUIRE(in);
  Bytes packet = plain;
  packet.resize(plain.size() + kMaxRtpGrowth);
  packet.resize(out->protect_rtp(packet, plain.size()).value());
  CHECK(packet == expected);
  CHECK(std::ranges::equal(in->unprotect_rtp(packet).value(), plain));
}

// RFC 7714 16 and 17: the key and salt ("Quid pro quo") of all examples.
const Bytes kKey = from_hex("000102030405060708090a0b0c0d0e0f");
const Bytes kSalt = from_hex("517569642070726f2071756f");

TEST_CASE("[M-017] RFC 7714 16.1.1 and 16.1.2: an SRTP packet under AEAD_AES_128_GCM") {
  const Bytes plain = from_hex(
      "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 "
      "6573");
  const Bytes expected = from_hex(
      "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833"
      "899d7f27 beb16a91 52cf765e e4390cce");
  auto seal = GcmCipher::create(kKey, kSalt, true);
  auto open = GcmCipher::create(kKey, kSalt, false);
  REQUIRE(seal);
  REQUIRE(open);
  const auto nonce = seal->rtp_nonce(0x5501a0b2, 0xf17b);
  CHECK(Bytes(nonce.begin(), nonce.end()) == from_hex("51753c6580c2726f20718414"));

  Bytes packet = plain;
  packet.resize(plain.size() + GcmCipher::kTagSize);
  const ByteSpan text = ByteSpan(packet).subspan(12, plain.size() - 12);
  REQUIRE(seal->seal(nonce, ByteView(packet).first(12), {}, text, packet.data() + plain.size()));
  CHECK(packet == expected);
  REQUIRE(open->open(nonce, ByteView(packet).first(12), {}, text, packet.data() + plain.size()));
  CHECK(std::ranges::equal(ByteView(packet).first(plain.size()), plain));
}

TEST_CASE("[M-017] RFC 7714 17.1 and 17.2: an SRTCP packet under AEAD_AES_128_GCM") {
  const Bytes plain = from_hex(
      "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef"
      "deadbeef");
  const Bytes expected = from_hex(
      "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded"
      "0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4");
  auto seal = GcmCipher::create(kKey, kSalt, true);
  REQUIRE(seal);
  const Bytes trailer = from_hex("800005d4");
  Bytes packet = plain;
  packet.resize(plain.size() + GcmCipher::kTagSize);
  REQUIRE(seal->seal(seal->rtcp_nonce(0x4d617273, 0x5d4), ByteView(packet).first(8), trailer,
                     ByteSpan(packet).subspan(8, plain.size() - 8), packet.data() + plain.size()));
  packet.insert(packet.end(), trailer.begin(), trailer.end());
  CHECK(packet == expected);
}

}  // namespace
}  // namespace sfu::srtp

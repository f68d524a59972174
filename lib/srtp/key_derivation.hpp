// SPDX-License-Identifier: Apache-2.0
// The session keys of a master key (RFC 3711 4.3), without rekeying: the key derivation rate is 0.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sfu::srtp {

// RFC 3711 4.3.2.
enum class KeyLabel : std::uint8_t {
  kRtpEncryption = 0,
  kRtpSalt = 2,
  kRtcpEncryption = 3,
  kRtcpSalt = 5,
};

// AES in counter mode (RFC 3711 4.1.1): fills `out` with the key stream that begins at `counter`.
Result<void> aes_cm_keystream(const std::array<std::uint8_t, 16>& key, const std::array<std::uint8_t, 16>& counter,
                              ByteSpan out);

// `salt`: 14 bytes, or the 12 of GCM, which count as the first 12 of 14 (RFC 7714 11).
Result<void> derive_key(const std::array<std::uint8_t, 16>& master_key, ByteView salt, KeyLabel label, ByteSpan out);

}  // namespace sfu::srtp

// SPDX-License-Identifier: Apache-2.0
// Base64 with the alphabet for URLs (RFC 4648 5), as tokens and query parameters use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace sfu::auth {

enum class Padding { kForbidden, kOptional };

// Nullopt for any foreign character, for a length that no encoder yields, and for wrong padding. Surplus bits in the
// last character are ignored, as most decoders do.
std::optional<std::string> decode_base64url(std::string_view text, Padding padding);

// Without padding (RFC 7515 2).
std::string encode_base64url(std::string_view bytes);

}  // namespace sfu::auth

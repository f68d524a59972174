// SPDX-License-Identifier: Apache-2.0
// Bytes in letters and digits alone, as LiveKit's TURN credentials have them: groups of six bits from the end of the
// bytes on, lowest first. Letters and digits are two too few for six bits, so a group that reads x1111y keeps only its
// five lower bits, and the sixth belongs to the next.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfu::auth {

std::string encode_base62(std::string_view bytes);
// Nullopt for any foreign character. Leading zero bytes are lost.
std::optional<std::string> decode_base62(std::string_view text);

}  // namespace sfu::auth

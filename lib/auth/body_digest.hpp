// SPDX-License-Identifier: Apache-2.0
// The digest of a body, as the `sha256` claim of a token carries it (Claims::sha256): SHA-256 in Base64 (RFC 4648 4).
#pragma once

#include <string>
#include <string_view>

namespace sfu::auth {

std::string body_digest(std::string_view body);

// In a time that does not tell how much of it is right.
bool is_body_digest(std::string_view claimed, std::string_view body);

}  // namespace sfu::auth

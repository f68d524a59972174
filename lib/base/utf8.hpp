// SPDX-License-Identifier: Apache-2.0
// What comes from elsewhere as bytes; messages and JSON hold UTF-8 only (RFC 3629).
#pragma once

#include <string>
#include <string_view>

namespace sfu {

// Overlong forms and surrogates are none.
bool is_utf8(std::string_view bytes);
// The bytes as they are if they are UTF-8, else nothing: a name in an unknown encoding is of no use to anyone.
std::string utf8_or_empty(std::string_view bytes);

}  // namespace sfu

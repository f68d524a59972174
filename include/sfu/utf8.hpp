// SPDX-License-Identifier: Apache-2.0
// Texts of the API are UTF-8 (RFC 3629), as those of the protocol and of JSON. What is not is refused with
// kInvalidArgument and the name of what it is; where a call has no result, it has no effect.
#pragma once

#include <string_view>

namespace sfu {

// Overlong forms and surrogates are none. Any thread.
bool is_utf8(std::string_view bytes);

}  // namespace sfu

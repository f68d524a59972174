// SPDX-License-Identifier: Apache-2.0
// What comes from elsewhere as bytes; messages and JSON hold UTF-8 only (RFC 3629).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sfu/utf8.hpp"

namespace sfu {

// The bytes as they are if they are UTF-8, else nothing: a name in an unknown encoding is of no use to anyone.
std::string utf8_or_empty(std::string_view bytes);

// What a host gives as `what`. Errors: kInvalidArgument, which names that.
Result<void> check_utf8(std::string_view what, std::string_view text);
Result<void> check_utf8(std::string_view what, const std::vector<std::string>& texts);
Result<void> check_utf8(std::string_view what, const std::map<std::string, std::string>& texts);

}  // namespace sfu

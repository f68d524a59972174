// SPDX-License-Identifier: Apache-2.0
// Request parameters and headers are bytes; messages hold UTF-8 only.
#pragma once

#include <string>
#include <string_view>

namespace sfu::signal {

bool is_utf8(std::string_view bytes);
// The bytes as they are if they are UTF-8, else nothing: a name in an unknown encoding is of no use to anyone.
std::string utf8_or_empty(std::string_view bytes);

}  // namespace sfu::signal

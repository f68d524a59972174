// SPDX-License-Identifier: Apache-2.0
// Base64 with the standard alphabet and padding (RFC 4648 4).
#pragma once

#include <string>

#include "base/bytes.hpp"

namespace sfu::auth {

std::string encode_base64(ByteView bytes);

}  // namespace sfu::auth

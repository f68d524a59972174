// SPDX-License-Identifier: Apache-2.0
// What a token's bearer should not read: clients see their tokens.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sfu::auth {

// The first thing in a room configuration (JSON) that is a secret: passwords of storage (S3, AliOSS, GCP, Azure), and
// stream outputs, whose addresses hold keys. "" if there is none. Errors: kInvalidArgument (no JSON object).
Result<std::string> secret_in_room_config(std::string_view json);

}  // namespace sfu::auth

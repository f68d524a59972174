// SPDX-License-Identifier: Apache-2.0
// Claims that do not come of a token, whose JSON is UTF-8.
#pragma once

#include "base/result.hpp"
#include "sfu/claims.hpp"

namespace sfu::auth {

// Errors: kInvalidArgument, with the name of the claim.
Result<void> check_utf8(const Claims& claims);

}  // namespace sfu::auth

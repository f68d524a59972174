// SPDX-License-Identifier: Apache-2.0
// Where a request carries its token (control-plane spec 1.2).
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "sfu/authenticator.hpp"

namespace sfu::auth {

// The claims of the token in the Authorization header or, where there is none, in the parameter `access_token`; nullopt
// without a token. Each is empty if it is absent. The error's message is what the client reads, with status 401.
Result<std::optional<Claims>> claims_of(std::string_view authorization, std::string_view access_token,
                                        const Authenticator& authenticator, WallTime now);

}  // namespace sfu::auth

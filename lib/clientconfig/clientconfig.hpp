// SPDX-License-Identifier: Apache-2.0
// What certain clients are told to do otherwise (control-plane spec 4): rules whose conditions are expressions over
// what a client says of itself. The public header has the rules' form; here are the expressions (expression.hpp),
// versions (version.hpp), the rules that are known (known.cpp) and their evaluation (rules.cpp). How it is told to the
// client is signal's matter.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sfu/client_config.hpp"

namespace sfu::clientconfig {

// Whether the expression can be read and names only fields that there are. Errors: kInvalidArgument.
Result<void> check(std::string_view expression);

}  // namespace sfu::clientconfig

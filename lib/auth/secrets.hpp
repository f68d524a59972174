// SPDX-License-Identifier: Apache-2.0
// Compares what somebody gave with what must be kept secret, in a time that tells nothing of how far they agree.
#pragma once

#include <string_view>

namespace sfu::auth {

bool same_secret(std::string_view given, std::string_view expected);

}  // namespace sfu::auth

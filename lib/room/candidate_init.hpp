// SPDX-License-Identifier: Apache-2.0
// RTCIceCandidateInit as JSON: what TrickleRequest carries.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sfu::room {

std::string write_candidate_init(std::string_view candidate, std::string_view ufrag);
// The candidate line; "" is the end of candidates. Errors: kMalformed.
Result<std::string> parse_candidate_init(const std::string& json);

}  // namespace sfu::room

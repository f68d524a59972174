// SPDX-License-Identifier: Apache-2.0
// The `join_request` parameter of the single-connection protocol (signalling 1.4): base64url of a WrappedJoinRequest,
// within it a JoinRequest, plain or gzipped.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "livekit_rtc.pb.h"

namespace sfu::signal {

inline constexpr std::size_t kMaxJoinRequest = 1024 * 1024;  // inflated

// Error messages are the bodies that the client is answered with, status 400.
Result<livekit::JoinRequest> decode_join_request(std::string_view parameter);

}  // namespace sfu::signal

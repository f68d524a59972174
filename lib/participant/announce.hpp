// SPDX-License-Identifier: Apache-2.0
// What a participant says of itself and of what it publishes (signalling 2.4, 2.7).
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "livekit_rtc.pb.h"
#include "participant/events.hpp"

namespace sfu::participant {

inline constexpr int kProtocol = 16;       // of signalling (signalling 3.9)
inline constexpr int kClientProtocol = 2;  // between participants: data streams with inline content, RPC in streams

// Of this library: what it is, and what it understands of what other participants send.
livekit::ClientInfo client_info(std::string_view version);

// Errors: kInvalidArgument, which names what is not.
Result<void> check_utf8(const PublishOptions& options);
livekit::AddTrackRequest to_request(const PublishOptions& options);

}  // namespace sfu::participant

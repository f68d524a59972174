// SPDX-License-Identifier: Apache-2.0
// Where and how a client joins: the URL of the signalling WebSocket, with what the server is told in it (signalling 1.3
// and 1.4). The token goes into a header.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "livekit_rtc.pb.h"

namespace sfu::client {

struct JoinOptions {
  bool auto_subscribe = true;
  bool adaptive_stream = false;
  std::string metadata{};  // these two: in place of the token's, if it allows
  std::map<std::string, std::string> attributes{};
  std::string version{};  // of the program
};

struct ResumeOf {
  std::string participant_sid{};
  livekit::ReconnectReason reason = livekit::RR_SIGNAL_DISCONNECTED;
};

// "ws://host:port/path" of "ws(s)://" or "http(s)://", without a slash at its end. Errors: kInvalidArgument.
Result<std::string> base_url(std::string_view url);

// `/rtc`: two peer connections.
std::string v0_url(const std::string& base, const JoinOptions& options, const std::optional<ResumeOf>& resume);
// `/rtc/v1`: one, whose first offer goes along (not with a resume).
std::string v1_url(const std::string& base, const JoinOptions& options, const std::optional<ResumeOf>& resume,
                   const livekit::SessionDescription& offer);

}  // namespace sfu::client

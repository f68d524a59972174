// SPDX-License-Identifier: Apache-2.0
// SignalRequests and SignalResponses as WebSocket messages: protobuf in binary frames, its JSON form in text frames.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "livekit_rtc.pb.h"

namespace sfu::signal {

enum class Encoding { kBinary, kJson };

// One WebSocket message.
struct Frame {
  std::string bytes;
  bool text = false;
};

// After decompression (signalling 1.6), unless the configuration says otherwise.
inline constexpr std::size_t kMaxMessageSize = 2 * 1024 * 1024;
inline constexpr std::uint16_t kCloseNormal = 1000;  // RFC 6455 7.4.1; all that clients expect
inline constexpr std::uint16_t kClosePolicy = 1008;  // for floods; message_budget.hpp
inline constexpr std::uint16_t kCloseTooBig = 1009;  // for the gateway, before decompression

// Unknown fields are skipped. `size_limit` 0: none. Errors: kLimitExceeded, kMalformed.
Result<livekit::SignalRequest> decode_request(ByteView message, Encoding encoding,
                                              std::size_t size_limit = kMaxMessageSize);
Frame encode_response(const livekit::SignalResponse& response, Encoding encoding);

}  // namespace sfu::signal

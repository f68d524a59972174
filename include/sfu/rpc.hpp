// SPDX-License-Identifier: Apache-2.0
// Remote procedure calls to participants: how they end.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "sfu/time.hpp"

namespace sfu {

// Codes 1001 to 1999 are LiveKit's (1400: no such method; 1402: the payload is too large; 1500: it failed; 1501: no
// connection; 1502: no answer in time; 1503: the callee left); others are the callee's own.
struct RpcError {
  std::uint32_t code = 0;
  std::string message{};
  std::string data{};
};
using RpcResult = std::variant<std::string, RpcError>;

// A call of the host's own: Participant::perform_rpc().
struct RpcRequest {
  std::string method{};
  std::string payload{};  // at most 15 KiB
  Duration response_timeout = std::chrono::seconds(10);
};

}  // namespace sfu

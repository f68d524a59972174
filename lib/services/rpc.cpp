// SPDX-License-Identifier: Apache-2.0
#include "services/rpc.hpp"

#include "services/common.hpp"
#include "sfu/room.hpp"

namespace sfu::services {
namespace {

using twirp::Code;

constexpr std::uint32_t kResponseTimeout = 1502;

Code code_of(std::uint32_t rpc_code) {
  switch (rpc_code) {
    case 1400:                                 // no such method
    case 1402: return Code::kInvalidArgument;  // request too large
    case 1401: return Code::kNotFound;         // no such recipient
    case 1403:                                 // by the server
    case 1404: return Code::kUnimplemented;    // version
    case 1501:                                 // connection
    case kResponseTimeout: return Code::kCanceled;
    case 1503: return Code::kUnavailable;  // the recipient left
    default: return Code::kInternal;
  }
}

}  // namespace

twirp::Refusal refuse(const RpcError& error) {
  std::string text = "RpcError " + std::to_string(error.code) + ": " + error.message;
  if (!error.data.empty()) text += ": " + error.data;
  return twirp::refuse_inside(code_of(error.code), text);
}

void perform_rpc(Engine& engine, const livekit::PerformRpcRequest& in, std::optional<Duration> limit,
                 const RpcAnswer& answer) {
  if (in.destination_identity().empty()) {
    return answer(twirp::refuse_inside(Code::kInvalidArgument, "destination identity is required"));
  }
  RpcRequest request{in.method(), in.payload()};
  if (in.response_timeout_ms() > 0) request.response_timeout = std::chrono::milliseconds(in.response_timeout_ms());
  const bool caller_is_hasty = limit && *limit < request.response_timeout;
  if (caller_is_hasty) request.response_timeout = *limit;
  const auto called = engine.room(in.room())
                          .participant(in.destination_identity())
                          .perform_rpc(request, [answer, caller_is_hasty](const RpcResult& result) {
                            if (const auto* error = std::get_if<RpcError>(&result)) {
                              if (caller_is_hasty && error->code == kResponseTimeout) {
                                return answer(twirp::refuse_inside(Code::kDeadlineExceeded, "request timed out"));
                              }
                              return answer(refuse(*error));
                            }
                            livekit::PerformRpcResponse out;
                            out.set_payload(std::get<std::string>(result));
                            answer(std::move(out));
                          });
  if (!called) answer(refuse(called.error()));
}

}  // namespace sfu::services

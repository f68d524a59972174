// SPDX-License-Identifier: Apache-2.0
#include "room/rpc_calls.hpp"

#include <algorithm>

namespace sfu::room {

std::optional<livekit::DataPacket> RpcCalls::start(Instant now, RpcCallId id, const Participant& callee,
                                                   const RpcRequest& request) {
  if (request.payload.size() > kMaxPayload) {
    ended_.push_back({id, RpcError{1402, "Request payload too large"}});
    return std::nullopt;
  }
  const std::string request_id = make_uuid(state_.random());
  const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(request.response_timeout);
  livekit::DataPacket packet;
  packet.set_kind(livekit::DataPacket::RELIABLE);
  packet.set_participant_identity(request_id);
  packet.add_destination_identities(callee.profile.identity());
  auto& call = *packet.mutable_rpc_request();
  call.set_id(request_id);
  call.set_method(request.method);
  call.set_payload(request.payload);
  call.set_response_timeout_ms(static_cast<std::uint32_t>(timeout.count()));
  call.set_version(1);
  pending_[request_id] = {id, callee.id, now + kAckTimeout, now + request.response_timeout};
  return packet;
}

bool RpcCalls::take(const Participant& sender, const livekit::DataPacket& packet) {
  const bool acknowledges = packet.has_rpc_ack();
  if (pending_.empty() || (!acknowledges && !packet.has_rpc_response())) return false;
  const auto call = pending_.find(acknowledges ? packet.rpc_ack().request_id() : packet.rpc_response().request_id());
  if (call == pending_.end() || call->second.callee != sender.id) return false;
  if (acknowledges) {
    call->second.acknowledged_by = kNever;
  } else if (const auto& response = packet.rpc_response(); response.has_error()) {
    end(call, RpcError{response.error().code(), response.error().message(), response.error().data()});
  } else {
    end(call, response.payload());
  }
  return true;
}

void RpcCalls::advance(Instant now) {
  for (auto call = pending_.begin(); call != pending_.end();) {
    const Pending& pending = call->second;
    if (state_.roster.find(pending.callee) == nullptr) {
      call = end(call, RpcError{1503, "Recipient disconnected"});
    } else if (now >= pending.answered_by) {
      call = end(call, RpcError{1502, "Response timeout"});
    } else if (now >= pending.acknowledged_by) {
      call = end(call, RpcError{1501, "Connection timeout"});
    } else {
      ++call;
    }
  }
}

Instant RpcCalls::deadline() const {
  Instant deadline = kNever;
  for (const auto& [request, call] : pending_) {
    deadline = std::min({deadline, call.acknowledged_by, call.answered_by});
  }
  return deadline;
}

RpcCalls::Calls::iterator RpcCalls::end(Calls::iterator call, RpcResult result) {
  ended_.push_back({call->second.id, std::move(result)});
  return pending_.erase(call);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "participant/rpc.hpp"

#include <algorithm>
#include <charconv>

#include "base/utf8.hpp"

namespace sfu::participant {
namespace {

constexpr const char* kIdAttribute = "lk.rpc_request_id";
constexpr const char* kMethodAttribute = "lk.rpc_request_method";
constexpr const char* kTimeoutAttribute = "lk.rpc_request_response_timeout_ms";
constexpr const char* kVersionAttribute = "lk.rpc_request_version";
constexpr std::size_t kMaxMessage = 256;
// The least that a callee is told, so that the round trip alone does not take it up.
constexpr Duration kLeastTimeout = RpcCaller::kRoundTrip + std::chrono::seconds(1);

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string attribute(const StreamInfo& info, const char* name) {
  const auto found = info.attributes.find(name);
  return found == info.attributes.end() ? std::string() : found->second;
}

std::optional<std::uint32_t> number(const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

livekit::DataPacket packet_to(const std::string& destination) {
  livekit::DataPacket packet;
  packet.add_destination_identities(destination);
  return packet;
}

void acknowledge(const std::string& caller, const std::string& id, RpcOutput out) {
  livekit::DataPacket packet = packet_to(caller);
  packet.mutable_rpc_ack()->set_request_id(id);
  out.packets.push_back(std::move(packet));
}

void send_error(const std::string& caller, const std::string& id, const RpcError& error, RpcOutput out) {
  livekit::DataPacket packet = packet_to(caller);
  livekit::RpcResponse& response = *packet.mutable_rpc_response();
  response.set_request_id(id);
  response.mutable_error()->set_code(error.code);
  response.mutable_error()->set_message(std::string(cut_text(error.message, kMaxMessage)));
  response.mutable_error()->set_data(std::string(cut_text(error.data, kMaxRpcPayload)));
  out.packets.push_back(std::move(packet));
}

}  // namespace

RpcError RpcError::of(Code code) {
  const char* message = "";
  switch (code) {
    case kUnsupportedMethod: message = "Method not supported at destination"; break;
    case kRecipientNotFound: message = "Recipient not found"; break;
    case kRequestPayloadTooLarge: message = "Request payload too large"; break;
    case kUnsupportedServer: message = "RPC not supported by server"; break;
    case kUnsupportedVersion: message = "Unsupported RPC version"; break;
    case kApplicationError: message = "Application error in method handler"; break;
    case kConnectionTimeout: message = "Connection timeout"; break;
    case kResponseTimeout: message = "Response timeout"; break;
    case kRecipientDisconnected: message = "Recipient disconnected"; break;
    case kResponsePayloadTooLarge: message = "Response payload too large"; break;
    case kSendFailed: message = "Failed to send"; break;
  }
  return {code, message, {}};
}

std::string RpcCaller::call(Instant now, const Call& call, int client_protocol, RpcOutput out) {
  std::string id = make_uuid(random_);
  const bool streams = client_protocol >= kRpcStreamsProtocol;
  if (!streams && call.payload.size() > kMaxRpcPayload) {
    completed_.push_back({id, {}, RpcError::of(RpcError::kRequestPayloadTooLarge)});
    return id;
  }
  if (!is_utf8(call.destination) || !is_utf8(call.method) || !is_utf8(call.payload)) {
    RpcError error = RpcError::of(RpcError::kSendFailed);
    error.data = "a call is UTF-8";
    completed_.push_back({id, {}, std::move(error)});
    return id;
  }
  const auto timeout = milliseconds(std::max(call.timeout, kLeastTimeout));
  if (streams) {
    StreamInfo info;
    info.topic = kRpcRequestTopic;
    info.destinations = {call.destination};
    info.attributes = {{kIdAttribute, id},
                       {kMethodAttribute, call.method},
                       {kTimeoutAttribute, std::to_string(timeout)},
                       {kVersionAttribute, "2"}};
    out.streams.emplace_back(std::move(info), call.payload);
  } else {
    livekit::DataPacket packet = packet_to(call.destination);
    livekit::RpcRequest& request = *packet.mutable_rpc_request();
    request.set_id(id);
    request.set_method(call.method);
    request.set_payload(call.payload);
    request.set_response_timeout_ms(static_cast<std::uint32_t>(timeout));
    request.set_version(1);
    out.packets.push_back(std::move(packet));
  }
  pending_[id] = {call.destination, now + kRoundTrip, now + call.timeout};
  return id;
}

void RpcCaller::complete(Calls::iterator call, std::string payload, std::optional<RpcError> error) {
  completed_.push_back({call->first, std::move(payload), std::move(error)});
  pending_.erase(call);
}

void RpcCaller::on_ack(const livekit::RpcAck& ack) {
  if (const auto call = pending_.find(ack.request_id()); call != pending_.end()) call->second.acknowledged_by = kNever;
}

void RpcCaller::on_response(const std::string& sender, const livekit::RpcResponse& response) {
  const auto call = pending_.find(response.request_id());
  if (call == pending_.end() || call->second.destination != sender) return;
  if (!response.has_error()) return complete(call, response.payload(), std::nullopt);
  complete(call, {}, RpcError{response.error().code(), response.error().message(), response.error().data()});
}

void RpcCaller::on_response_stream(const StreamInfo& info, std::string payload, bool error) {
  const auto call = pending_.find(attribute(info, kIdAttribute));
  if (call == pending_.end() || call->second.destination != info.sender) return;
  if (!error) return complete(call, std::move(payload), std::nullopt);
  complete(call, {}, RpcError::of(RpcError::kApplicationError));
}

void RpcCaller::participant_left(std::string_view identity) {
  for (auto call = pending_.begin(); call != pending_.end();) {
    const auto next = std::next(call);
    if (call->second.destination == identity) complete(call, {}, RpcError::of(RpcError::kRecipientDisconnected));
    call = next;
  }
}

void RpcCaller::advance(Instant now) {
  for (auto call = pending_.begin(); call != pending_.end();) {
    const auto next = std::next(call);
    if (now >= call->second.acknowledged_by) {
      complete(call, {}, RpcError::of(RpcError::kConnectionTimeout));
    } else if (now >= call->second.answered_by) {
      complete(call, {}, RpcError::of(RpcError::kResponseTimeout));
    }
    call = next;
  }
}

Instant RpcCaller::deadline() const {
  if (!completed_.empty()) return Instant::min();
  Instant earliest = kNever;
  for (const auto& [id, call] : pending_) earliest = std::min({earliest, call.acknowledged_by, call.answered_by});
  return earliest;
}

Result<void> RpcResponder::add_method(std::string method) {
  if (!methods_.insert(std::move(method)).second) return fail(Errc::kAlreadyExists, "the method has a handler");
  return {};
}

void RpcResponder::remove_method(std::string_view method) {
  if (const auto found = methods_.find(method); found != methods_.end()) methods_.erase(found);
}

void RpcResponder::on_request(const std::string& caller, const livekit::RpcRequest& request, RpcOutput out) {
  acknowledge(caller, request.id(), out);
  if (request.version() != 1) {
    return send_error(caller, request.id(), RpcError::of(RpcError::kUnsupportedVersion), out);
  }
  invoke({.id = request.id(),
          .caller = caller,
          .method = request.method(),
          .payload = request.payload(),
          .timeout = std::chrono::milliseconds(request.response_timeout_ms())},
         out);
}

void RpcResponder::on_request_stream(const StreamInfo& info, std::string payload, bool error, RpcOutput out) {
  const std::string id = attribute(info, kIdAttribute);
  const std::string method = attribute(info, kMethodAttribute);
  const auto timeout = number(attribute(info, kTimeoutAttribute));
  const auto version = number(attribute(info, kVersionAttribute));
  if (id.empty() || method.empty() || !timeout || !version || error) {
    RpcError malformed = RpcError::of(RpcError::kApplicationError);
    malformed.data = "RPC data stream malformed";
    return send_error(info.sender, id, malformed, out);
  }
  acknowledge(info.sender, id, out);
  if (*version != 2) return send_error(info.sender, id, RpcError::of(RpcError::kUnsupportedVersion), out);
  invoke({.id = id,
          .caller = info.sender,
          .method = method,
          .payload = std::move(payload),
          .timeout = std::chrono::milliseconds(*timeout)},
         out);
}

void RpcResponder::invoke(RpcInvoked call, RpcOutput out) {
  if (!methods_.contains(call.method)) {
    return send_error(call.caller, call.id, RpcError::of(RpcError::kUnsupportedMethod), out);
  }
  if (callers_.size() >= kMaxPending) {
    return send_error(call.caller, call.id, RpcError::of(RpcError::kApplicationError), out);
  }
  if (!callers_.emplace(call.id, call.caller).second) return;  // a repeated id
  invoked_.push_back(std::move(call));
}

const std::string* RpcResponder::caller_of(const std::string& id) const {
  const auto found = callers_.find(id);
  return found == callers_.end() ? nullptr : &found->second;
}

Result<void> RpcResponder::respond(const std::string& id, std::string payload, int client_protocol, RpcOutput out) {
  const auto found = callers_.find(id);
  if (found == callers_.end()) return fail(Errc::kNotFound, "no such call");
  const std::string caller = found->second;
  callers_.erase(found);
  if (client_protocol >= kRpcStreamsProtocol) {
    StreamInfo info;
    info.topic = kRpcResponseTopic;
    info.destinations = {caller};
    info.attributes = {{kIdAttribute, id}};
    out.streams.emplace_back(std::move(info), std::move(payload));
  } else if (payload.size() > kMaxRpcPayload) {
    send_error(caller, id, RpcError::of(RpcError::kResponsePayloadTooLarge), out);
  } else {
    livekit::DataPacket packet = packet_to(caller);
    packet.mutable_rpc_response()->set_request_id(id);
    packet.mutable_rpc_response()->set_payload(std::move(payload));
    out.packets.push_back(std::move(packet));
  }
  return {};
}

Result<void> RpcResponder::refuse(const std::string& id, RpcError error, RpcOutput out) {
  const auto found = callers_.find(id);
  if (found == callers_.end()) return fail(Errc::kNotFound, "no such call");
  send_error(found->second, id, error, out);
  callers_.erase(found);
  return {};
}

}  // namespace sfu::participant

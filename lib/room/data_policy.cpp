// SPDX-License-Identifier: Apache-2.0
#include "room/data_policy.hpp"

#include <string>
#include <vector>

namespace sfu::room {

namespace {

using Value = livekit::DataPacket::ValueCase;

DataKind kind_of(const livekit::DataPacket& packet) {
  switch (packet.value_case()) {
    case Value::kUser: return DataKind::kUser;
    case Value::kChatMessage: return DataKind::kChat;
    case Value::kStreamHeader: return DataKind::kStreamStart;
    case Value::kStreamChunk: return DataKind::kStreamChunk;
    case Value::kStreamTrailer: return DataKind::kStreamEnd;
    case Value::kRpcRequest: return DataKind::kRpcRequest;
    case Value::kRpcAck:
    case Value::kRpcResponse: return DataKind::kRpcAnswer;
    case Value::kEncryptedPacket: return DataKind::kEncrypted;
    default: return DataKind::kOther;
  }
}

// Null where the policy sees none.
std::string* payload_of(livekit::DataPacket& packet) {
  switch (packet.value_case()) {
    case Value::kUser: return packet.mutable_user()->mutable_payload();
    case Value::kChatMessage: return packet.mutable_chat_message()->mutable_message();
    case Value::kStreamHeader:
      return packet.stream_header().has_inline_content() ? packet.mutable_stream_header()->mutable_inline_content()
                                                         : nullptr;
    case Value::kStreamChunk: return packet.mutable_stream_chunk()->mutable_content();
    case Value::kRpcRequest: {
      auto& call = *packet.mutable_rpc_request();
      return call.compressed_payload().empty() ? call.mutable_payload() : call.mutable_compressed_payload();
    }
    case Value::kEncryptedPacket: return packet.mutable_encrypted_packet()->mutable_encrypted_value();
    default: return nullptr;
  }
}

std::string_view topic_of(const livekit::DataPacket& packet) {
  switch (packet.value_case()) {
    case Value::kUser: return packet.user().topic();
    case Value::kStreamHeader: return packet.stream_header().topic();
    case Value::kRpcRequest: return packet.rpc_request().method();
    default: return {};
  }
}

std::string_view id_of(const livekit::DataPacket& packet) {
  switch (packet.value_case()) {
    case Value::kChatMessage: return packet.chat_message().id();
    case Value::kStreamHeader: return packet.stream_header().stream_id();
    case Value::kStreamChunk: return packet.stream_chunk().stream_id();
    case Value::kStreamTrailer: return packet.stream_trailer().stream_id();
    case Value::kRpcRequest: return packet.rpc_request().id();
    case Value::kRpcAck: return packet.rpc_ack().request_id();
    case Value::kRpcResponse: return packet.rpc_response().request_id();
    default: return {};
  }
}

}  // namespace

bool passes_policy(const RoomState& state, const Participant& sender, livekit::DataPacket& packet, bool reliable) {
  Policy* policy = state.environment.policy;
  if (policy == nullptr) return true;
  const auto& identities = packet.destination_identities();
  const auto& sids = packet.user().destination_sids();
  const std::vector<std::string> to_identities(identities.begin(), identities.end());
  const std::vector<std::string> to_sids(sids.begin(), sids.end());
  std::string* payload = payload_of(packet);
  auto verdict = policy->ask(DataRequest{.room = state.options.name,
                                         .sender = describe(sender),
                                         .kind = kind_of(packet),
                                         .reliable = reliable,
                                         .topic = topic_of(packet),
                                         .id = id_of(packet),
                                         .payload = payload != nullptr ? as_bytes(*payload) : ByteView(),
                                         .to_identities = to_identities,
                                         .to_sids = to_sids});
  if (verdict.payload && payload != nullptr) payload->assign(verdict.payload->begin(), verdict.payload->end());
  return verdict.allowed;
}

}  // namespace sfu::room

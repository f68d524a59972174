// SPDX-License-Identifier: Apache-2.0
#include "participant/messaging.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace sfu::participant {
namespace {

constexpr int kInlineStreamsProtocol = 2;  // of client_protocol
constexpr std::size_t kMaxUserPayload = 60'000;
constexpr std::string_view kOverflow = "too much waits to be sent";

bool is_utf8(const StreamInfo& info) {
  return sfu::is_utf8(info.id) && sfu::is_utf8(info.topic) && sfu::is_utf8(info.mime_type) && sfu::is_utf8(info.name) &&
         sfu::is_utf8(info.reply_to) && check_utf8("attributes", info.attributes) &&
         check_utf8("destinations", info.destinations);
}

std::int64_t milliseconds(WallTime wall) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
}

}  // namespace

// Takes what RPC makes, and puts it into the queue at the end of the call.
struct Messaging::Batch {
  Batch(Messaging& owner, WallTime at) : messaging(owner), wall(at) {}
  ~Batch() {
    // Others decide how much they ask while nothing can be sent: who gets no answer takes the call for lost.
    if (messaging.is_full()) return;
    messaging.wait(packets);
    for (auto& [info, content] : streams) messaging.send_stream(std::move(info), as_bytes(content), wall);
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  operator RpcOutput() { return {packets, streams}; }

  Messaging& messaging;
  WallTime wall;
  OutgoingStreams::Packets packets;
  std::vector<std::pair<StreamInfo, std::string>> streams;
};

void Messaging::wait(livekit::DataPacket packet, bool reliable) {
  const std::size_t size = packet.ByteSizeLong();
  waiting_bytes_ += size;
  waiting_.push_back({std::move(packet), reliable, size});
}

void Messaging::wait(OutgoingStreams::Packets& packets) {
  for (livekit::DataPacket& packet : packets) wait(std::move(packet), true);
  packets.clear();
}

Result<void> Messaging::send_data(ByteView payload, std::string topic, const std::vector<std::string>& destinations,
                                  bool reliable) {
  if (payload.size() > kMaxUserPayload) return fail(Errc::kLimitExceeded, "more than fits into one packet");
  if (is_full()) return fail(Errc::kLimitExceeded, "too much waits to be sent");
  SFU_CHECK_OK(check_utf8("topic", topic));
  SFU_CHECK_OK(check_utf8("to", destinations));
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload(payload.data(), payload.size());
  if (!topic.empty()) packet.mutable_user()->set_topic(std::move(topic));
  for (const std::string& identity : destinations) packet.add_destination_identities(identity);
  wait(std::move(packet), reliable);
  return {};
}

int Messaging::protocol_of(std::string_view identity) const {
  const livekit::ParticipantInfo* info = roster_.find(identity);
  return info == nullptr ? 0 : info->client_protocol();
}

StreamFeatures Messaging::features_of(const std::vector<std::string>& destinations) const {
  StreamFeatures features{.inline_content = true, .deflate = true};
  const auto consider = [&](const livekit::ParticipantInfo* info) {
    features.inline_content &= info != nullptr && info->client_protocol() >= kInlineStreamsProtocol;
    features.deflate &=
        info != nullptr && std::ranges::find(info->capabilities(), livekit::ClientInfo::CAP_COMPRESSION_DEFLATE_RAW) !=
                               info->capabilities().end();
  };
  for (const std::string& identity : destinations) consider(roster_.find(identity));
  if (destinations.empty()) {
    for (const auto& [identity, info] : roster_.others()) consider(&info);
  }
  return features;
}

std::string Messaging::send_stream(StreamInfo info, ByteView content, WallTime wall) {
  if (!is_utf8(info) || (info.text && !sfu::is_utf8(as_text(content)))) return {};
  info.timestamp_ms = milliseconds(wall);
  const StreamFeatures features = features_of(info.destinations);
  OutgoingStreams::Packets packets;
  std::string id = outgoing_.send(std::move(info), content, features, packets);
  wait(packets);
  return id;
}

std::string Messaging::open_stream(StreamInfo info, WallTime wall) {
  if (!is_utf8(info)) return {};
  info.timestamp_ms = milliseconds(wall);
  OutgoingStreams::Packets packets;
  std::string id = outgoing_.open(std::move(info), packets);
  wait(packets);
  return id;
}

Result<void> Messaging::write_stream(std::string_view id, ByteView bytes) {
  // Nothing may be left out of a stream: it ends here, and its receivers are told why.
  if (is_full()) {
    SFU_CHECK_OK(close_stream(id, kOverflow));
    return fail(Errc::kLimitExceeded, std::string(kOverflow));
  }
  OutgoingStreams::Packets packets;
  SFU_CHECK_OK(outgoing_.write(id, bytes, packets));
  wait(packets);
  return {};
}

Result<void> Messaging::close_stream(std::string_view id, std::string_view reason) {
  SFU_CHECK_OK(check_utf8("reason", reason));
  OutgoingStreams::Packets packets;
  SFU_CHECK_OK(outgoing_.close(id, reason, packets));
  wait(packets);
  return {};
}

std::string Messaging::call(Instant now, const RpcCaller::Call& call, WallTime wall) {
  Batch batch(*this, wall);
  return caller_.call(now, call, protocol_of(call.destination), batch);
}

void Messaging::answer(const std::string& id, RpcResult result, WallTime wall) {
  const std::string* caller = responder_.caller_of(id);
  if (caller == nullptr) return;
  const int protocol = protocol_of(*caller);
  Batch batch(*this, wall);
  const bool good = std::visit(
      [](const auto& said) {
        if constexpr (std::is_same_v<std::decay_t<decltype(said)>, std::string>) {
          return sfu::is_utf8(said);
        } else {
          return sfu::is_utf8(said.message) && sfu::is_utf8(said.data);
        }
      },
      result);
  if (!good) {
    RpcError error = RpcError::of(RpcError::kApplicationError);
    error.data = "the answer is not UTF-8";
    (void)responder_.refuse(id, error, batch);
  } else if (auto* payload = std::get_if<std::string>(&result)) {
    (void)responder_.respond(id, std::move(*payload), protocol, batch);
  } else {
    const sfu::RpcError& error = std::get<sfu::RpcError>(result);
    (void)responder_.refuse(id, {error.code, error.message, error.data}, batch);
  }
}

void Messaging::receive(Instant now, const DataReceived& data, WallTime wall, std::vector<RoomEvent>& events) {
  const livekit::DataPacket& packet = data.packet;
  const std::string& sender = packet.participant_identity();
  switch (packet.value_case()) {
    case livekit::DataPacket::kUser: {
      const std::string& payload = packet.user().payload();
      events.emplace_back(UserData{.sender = sender,
                                   .topic = packet.user().topic(),
                                   .payload = {payload.begin(), payload.end()},
                                   .reliable = data.reliable});
      break;
    }
    case livekit::DataPacket::kRpcRequest: {
      Batch batch(*this, wall);
      responder_.on_request(sender, packet.rpc_request(), batch);
      break;
    }
    case livekit::DataPacket::kRpcAck: caller_.on_ack(packet.rpc_ack()); break;
    case livekit::DataPacket::kRpcResponse: caller_.on_response(sender, packet.rpc_response()); break;
    default: {
      std::vector<StreamEvent> streams;
      incoming_.receive(now, packet, streams);
      tell(streams, wall, events);
      break;
    }
  }
  tell_calls(events);
}

// The streams that carry RPC are nobody else's business.
void Messaging::tell(std::vector<StreamEvent>& streams, WallTime wall, std::vector<RoomEvent>& events) {
  for (StreamEvent& event : streams) {
    auto text = texts_.add(event);
    const bool is_rpc = texts_.carries_rpc(event) || (text && TextCollector::is_rpc(text->info));
    if (!is_rpc) events.emplace_back(std::move(event));
    if (text) take_text(*std::move(text), wall, events);
  }
}

void Messaging::take_text(TextCollector::Text text, WallTime wall, std::vector<RoomEvent>& events) {
  if (text.info.topic == kRpcRequestTopic) {
    Batch batch(*this, wall);
    responder_.on_request_stream(text.info, std::move(text.text), text.broken, batch);
  } else if (text.info.topic == kRpcResponseTopic) {
    caller_.on_response_stream(text.info, std::move(text.text), text.broken);
  } else if (!text.broken) {
    events.emplace_back(TextReceived{std::move(text.info), std::move(text.text)});
  }
}

void Messaging::tell_calls(std::vector<RoomEvent>& events) {
  for (RpcInvoked& call : responder_.take_invoked()) events.emplace_back(std::move(call));
  for (RpcCompleted& call : caller_.take_completed()) events.emplace_back(std::move(call));
}

void Messaging::participant_left(std::string_view identity, std::vector<RoomEvent>& events) {
  std::vector<StreamEvent> streams;
  incoming_.sender_left(identity, streams);
  caller_.participant_left(identity);
  tell(streams, {}, events);
  tell_calls(events);
}

void Messaging::interrupted(std::vector<RoomEvent>& events) {
  std::vector<StreamEvent> streams;
  incoming_.clear(streams);
  tell(streams, {}, events);
  tell_calls(events);
}

void Messaging::flush(const Send& send) {
  while (!waiting_.empty()) {
    Waiting& next = waiting_.front();
    const auto sent = send(next.packet, next.reliable);
    // What cannot be sent now waits on; only what is too large by itself would never go.
    if (!sent && next.reliable && next.size <= kMaxUserPayload) return;
    waiting_bytes_ -= next.size;
    waiting_.pop_front();
  }
}

void Messaging::advance(Instant now, std::vector<RoomEvent>& events) {
  std::vector<StreamEvent> streams;
  incoming_.advance(now, streams);
  tell(streams, {}, events);
  caller_.advance(now);
  tell_calls(events);
}

}  // namespace sfu::participant

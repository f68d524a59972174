// SPDX-License-Identifier: Apache-2.0
#include "sfu/room_api_client.hpp"

#include <livekit_agent_dispatch.pb.h>
#include <livekit_room.pb.h>

#include <array>
#include <utility>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "client/api_caller.hpp"
#include "wire/infos.hpp"
#include "wire/wire.hpp"

namespace sfu {
namespace {

using client::ApiCaller;

template <typename Unit>
std::uint32_t count_of(Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<Unit>(duration).count());
}

VideoGrant admin_of(const std::string& room) {
  return {.room = room, .room_admin = true};
}

// Of messages that name a room and an identity.
template <typename Request>
Request about(const std::string& room, const std::string& identity) {
  Request request;
  request.set_room(room);
  request.set_identity(identity);
  return request;
}

ApiResult<livekit::CreateRoomRequest> request_of(const std::string& name, const CreateRoomOptions& options) {
  const RoomConfiguration& wanted = options.configuration;
  livekit::CreateRoomRequest request;
  if (!wanted.agents.empty() && !wire::parse_json_quietly(request, R"({"agents":)" + wanted.agents + "}")) {
    return client::api_failure(Errc::kInvalidArgument, "RoomConfiguration::agents is no list of RoomAgentDispatch");
  }
  if (!wanted.egress.empty() && !wire::parse_json_quietly(*request.mutable_egress(), wanted.egress)) {
    return client::api_failure(Errc::kInvalidArgument, "RoomConfiguration::egress is no RoomEgress");
  }
  request.set_name(name);
  request.set_room_preset(options.preset);
  request.set_node_id(options.node_id);
  request.set_empty_timeout(count_of<std::chrono::seconds>(wanted.empty_timeout));
  request.set_departure_timeout(count_of<std::chrono::seconds>(wanted.departure_timeout));
  request.set_max_participants(wanted.max_participants);
  request.set_metadata(wanted.metadata);
  request.set_sync_streams(wanted.sync_streams);
  request.set_min_playout_delay(count_of<std::chrono::milliseconds>(wanted.playout_delay.min));
  request.set_max_playout_delay(count_of<std::chrono::milliseconds>(wanted.playout_delay.max));
  request.mutable_tags()->insert(wanted.tags.begin(), wanted.tags.end());
  return request;
}

AgentDispatch dispatch_of(const livekit::AgentDispatch& message) {
  AgentDispatch dispatch;
  dispatch.id = message.id();
  dispatch.agent_name = message.agent_name();
  dispatch.metadata = message.metadata();
  dispatch.attributes = {message.attributes().begin(), message.attributes().end()};
  dispatch.deployment = message.deployment();
  dispatch.restarts = message.restart_policy() != livekit::JRP_NEVER;
  dispatch.created_at =
      WallTime(std::chrono::floor<WallTime::duration>(std::chrono::nanoseconds(message.state().created_at())));
  return dispatch;
}

}  // namespace

class RoomApiClient::Impl {
 public:
  explicit Impl(std::unique_ptr<ApiCaller> caller) : caller_(std::move(caller)) {}

  // `read(response)` is what the caller gets.
  template <typename Response, typename Read>
  auto call(std::string_view method, const VideoGrant& grant, const google::protobuf::Message& request, Read read,
            Duration longer = {}) const -> ApiResult<decltype(read(std::declval<const Response&>()))> {
    Response response;
    if (auto called = caller_->call(method, grant, request, response, longer); !called) {
      return FailureOf<ApiError>{std::move(called).error()};
    }
    if constexpr (std::is_void_v<decltype(read(response))>) {
      return {};
    } else {
      return read(std::as_const(response));
    }
  }
  template <typename Response>
  ApiResult<void> call(std::string_view method, const VideoGrant& grant,
                       const google::protobuf::Message& request) const {
    return call<Response>(method, grant, request, [](const Response&) {});
  }
  template <typename Message>
  auto call_for_info(std::string_view method, const VideoGrant& grant, const google::protobuf::Message& request) const {
    return call<Message>(method, grant, request, [](const Message& message) { return wire::to_info(message); });
  }

 private:
  std::unique_ptr<ApiCaller> caller_;
};

RoomApiClient::RoomApiClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RoomApiClient::~RoomApiClient() = default;

Result<std::unique_ptr<RoomApiClient>> RoomApiClient::create(RoomApiClientOptions options) {
  SFU_TRY(auto caller, ApiCaller::create(std::move(options)));
  return std::unique_ptr<RoomApiClient>(new RoomApiClient(std::make_unique<Impl>(std::move(caller))));
}

ApiResult<RoomInfo> RoomApiClient::create_room(const std::string& name, const CreateRoomOptions& options) const {
  auto request = request_of(name, options);
  if (!request) return FailureOf<ApiError>{std::move(request).error()};
  return impl_->call_for_info<livekit::Room>("RoomService/CreateRoom", {.room_create = true}, *request);
}

ApiResult<std::vector<RoomInfo>> RoomApiClient::list_rooms(const std::vector<std::string>& names) const {
  livekit::ListRoomsRequest request;
  request.mutable_names()->Assign(names.begin(), names.end());
  return impl_->call<livekit::ListRoomsResponse>("RoomService/ListRooms", {.room_list = true}, request,
                                                 [](const livekit::ListRoomsResponse& response) {
                                                   std::vector<RoomInfo> rooms;
                                                   for (const auto& room : response.rooms()) {
                                                     rooms.push_back(wire::to_info(room));
                                                   }
                                                   return rooms;
                                                 });
}

ApiResult<void> RoomApiClient::delete_room(const std::string& room) const {
  livekit::DeleteRoomRequest request;
  request.set_room(room);
  return impl_->call<livekit::DeleteRoomResponse>("RoomService/DeleteRoom", {.room_create = true}, request);
}

ApiResult<RoomInfo> RoomApiClient::update_room_metadata(const std::string& room, const std::string& metadata) const {
  livekit::UpdateRoomMetadataRequest request;
  request.set_room(room);
  request.set_metadata(metadata);
  return impl_->call_for_info<livekit::Room>("RoomService/UpdateRoomMetadata", admin_of(room), request);
}

ApiResult<void> RoomApiClient::send_data(const std::string& room, std::span<const std::uint8_t> payload,
                                         const DataOptions& options) const {
  livekit::SendDataRequest request;
  request.set_room(room);
  request.set_data(payload.data(), payload.size());
  request.set_kind(options.reliable ? livekit::DataPacket::RELIABLE : livekit::DataPacket::LOSSY);
  request.mutable_destination_sids()->Assign(options.to_sids.begin(), options.to_sids.end());
  request.mutable_destination_identities()->Assign(options.to.begin(), options.to.end());
  if (!options.topic.empty()) request.set_topic(options.topic);
  if (options.nonce.empty()) {
    std::array<std::uint8_t, 16> nonce{};
    SystemRandom().fill(nonce);
    request.set_nonce(nonce.data(), nonce.size());
  } else {
    request.set_nonce(options.nonce);
  }
  return impl_->call<livekit::SendDataResponse>("RoomService/SendData", admin_of(room), request);
}

ApiResult<std::vector<ParticipantInfo>> RoomApiClient::list_participants(const std::string& room) const {
  livekit::ListParticipantsRequest request;
  request.set_room(room);
  return impl_->call<livekit::ListParticipantsResponse>("RoomService/ListParticipants", admin_of(room), request,
                                                        [](const livekit::ListParticipantsResponse& response) {
                                                          std::vector<ParticipantInfo> participants;
                                                          for (const auto& participant : response.participants()) {
                                                            participants.push_back(wire::to_info(participant));
                                                          }
                                                          return participants;
                                                        });
}

ApiResult<ParticipantInfo> RoomApiClient::get_participant(const std::string& room, const std::string& identity) const {
  return impl_->call_for_info<livekit::ParticipantInfo>("RoomService/GetParticipant", admin_of(room),
                                                        about<livekit::RoomParticipantIdentity>(room, identity));
}

ApiResult<void> RoomApiClient::remove_participant(const std::string& room, const std::string& identity,
                                                  std::optional<WallTime> revoke_tokens_before) const {
  auto request = about<livekit::RoomParticipantIdentity>(room, identity);
  if (revoke_tokens_before) {
    const auto since_1970 = std::chrono::ceil<std::chrono::seconds>(revoke_tokens_before->time_since_epoch());
    request.set_revoke_token_ts(since_1970.count());
  }
  return impl_->call<livekit::RemoveParticipantResponse>("RoomService/RemoveParticipant", admin_of(room), request);
}

ApiResult<std::optional<TrackInfo>> RoomApiClient::mute_published_track(const std::string& room,
                                                                        const std::string& identity,
                                                                        const std::string& track_sid,
                                                                        bool muted) const {
  auto request = about<livekit::MuteRoomTrackRequest>(room, identity);
  request.set_track_sid(track_sid);
  request.set_muted(muted);
  return impl_->call<livekit::MuteRoomTrackResponse>(
      "RoomService/MutePublishedTrack", admin_of(room), request, [](const livekit::MuteRoomTrackResponse& response) {
        return response.has_track() ? std::optional(wire::to_info(response.track())) : std::nullopt;
      });
}

ApiResult<ParticipantInfo> RoomApiClient::update_participant(const std::string& room, const std::string& identity,
                                                             const ParticipantUpdate& update) const {
  auto request = about<livekit::UpdateParticipantRequest>(room, identity);
  request.set_name(update.name);
  request.set_metadata(update.metadata);
  request.mutable_attributes()->insert(update.attributes.begin(), update.attributes.end());
  if (update.permission) *request.mutable_permission() = wire::to_message(*update.permission);
  return impl_->call_for_info<livekit::ParticipantInfo>("RoomService/UpdateParticipant", admin_of(room), request);
}

ApiResult<void> RoomApiClient::update_subscriptions(const std::string& room, const std::string& identity,
                                                    const std::vector<std::string>& track_sids, bool subscribe) const {
  auto request = about<livekit::UpdateSubscriptionsRequest>(room, identity);
  request.mutable_track_sids()->Assign(track_sids.begin(), track_sids.end());
  request.set_subscribe(subscribe);
  return impl_->call<livekit::UpdateSubscriptionsResponse>("RoomService/UpdateSubscriptions", admin_of(room), request);
}

ApiResult<void> RoomApiClient::forward_participant(const std::string& room, const std::string& identity,
                                                   const std::string& destination_room) const {
  auto request = about<livekit::ForwardParticipantRequest>(room, identity);
  request.set_destination_room(destination_room);
  VideoGrant grant = admin_of(room);
  grant.destination_room = destination_room;
  return impl_->call<livekit::ForwardParticipantResponse>("RoomService/ForwardParticipant", grant, request);
}

ApiResult<void> RoomApiClient::move_participant(const std::string& room, const std::string& identity,
                                                const std::string& destination_room) const {
  auto request = about<livekit::MoveParticipantRequest>(room, identity);
  request.set_destination_room(destination_room);
  VideoGrant grant = admin_of(room);
  grant.destination_room = destination_room;
  return impl_->call<livekit::MoveParticipantResponse>("RoomService/MoveParticipant", grant, request);
}

ApiResult<std::string> RoomApiClient::perform_rpc(const std::string& room, const std::string& identity,
                                                  const RpcRequest& rpc) const {
  livekit::PerformRpcRequest request;
  request.set_room(room);
  request.set_destination_identity(identity);
  request.set_method(rpc.method);
  request.set_payload(rpc.payload);
  request.set_response_timeout_ms(count_of<std::chrono::milliseconds>(rpc.response_timeout));
  return impl_->call<livekit::PerformRpcResponse>(
      "RoomService/PerformRpc", admin_of(room), request,
      [](const livekit::PerformRpcResponse& response) { return response.payload(); }, rpc.response_timeout);
}

ApiResult<AgentDispatch> RoomApiClient::create_dispatch(const std::string& room, const AgentDispatch& dispatch) const {
  livekit::CreateAgentDispatchRequest request;
  request.set_room(room);
  request.set_agent_name(dispatch.agent_name);
  request.set_metadata(dispatch.metadata);
  request.set_restart_policy(dispatch.restarts ? livekit::JRP_ON_FAILURE : livekit::JRP_NEVER);
  request.set_deployment(dispatch.deployment);
  request.mutable_attributes()->insert(dispatch.attributes.begin(), dispatch.attributes.end());
  return impl_->call<livekit::AgentDispatch>("AgentDispatchService/CreateDispatch", admin_of(room), request,
                                             dispatch_of);
}

ApiResult<AgentDispatch> RoomApiClient::delete_dispatch(const std::string& room, const std::string& dispatch_id) const {
  livekit::DeleteAgentDispatchRequest request;
  request.set_room(room);
  request.set_dispatch_id(dispatch_id);
  return impl_->call<livekit::AgentDispatch>("AgentDispatchService/DeleteDispatch", admin_of(room), request,
                                             dispatch_of);
}

ApiResult<std::vector<AgentDispatch>> RoomApiClient::list_dispatches(const std::string& room,
                                                                     const std::string& dispatch_id) const {
  livekit::ListAgentDispatchRequest request;
  request.set_room(room);
  request.set_dispatch_id(dispatch_id);
  return impl_->call<livekit::ListAgentDispatchResponse>("AgentDispatchService/ListDispatch", admin_of(room), request,
                                                         [](const livekit::ListAgentDispatchResponse& response) {
                                                           std::vector<AgentDispatch> all;
                                                           for (const auto& dispatch : response.agent_dispatches())
                                                             all.push_back(dispatch_of(dispatch));
                                                           return all;
                                                         });
}

}  // namespace sfu

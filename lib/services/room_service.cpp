// SPDX-License-Identifier: Apache-2.0
// RoomService: what concerns rooms as a whole.
#include <google/protobuf/util/json_util.h>

#include "base/bytes.hpp"
#include "livekit_room.pb.h"
#include "services/common.hpp"
#include "sfu/room.hpp"

namespace sfu::services {
namespace {

using twirp::Code;
using twirp::Outcome;

constexpr const char* kService = "livekit.RoomService";

std::string json_of(const google::protobuf::Message& message) {
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json);  // fails only for an Any
  return json;
}

RoomConfiguration configuration_of(const livekit::CreateRoomRequest& request) {
  RoomConfiguration wanted;
  wanted.empty_timeout = std::chrono::seconds(request.empty_timeout());
  wanted.departure_timeout = std::chrono::seconds(request.departure_timeout());
  wanted.max_participants = request.max_participants();
  wanted.metadata = request.metadata();
  wanted.sync_streams = request.sync_streams();
  wanted.playout_delay = {std::chrono::milliseconds(request.min_playout_delay()),
                          std::chrono::milliseconds(request.max_playout_delay())};
  for (const auto& agent : request.agents()) {
    wanted.agents += (wanted.agents.empty() ? "[" : ",") + json_of(agent);
  }
  if (!wanted.agents.empty()) wanted.agents += "]";
  if (request.has_egress()) wanted.egress = json_of(request.egress());
  return wanted;
}

Outcome<livekit::Room> create_room(Engine& engine, const TextLimits& limits,
                                   const livekit::CreateRoomRequest& request) {
  if (!fits(request.name().size(), limits.room_name)) {
    return twirp::refuse_inside(Code::kInvalidArgument,
                                "room name length exceeds limits: max length " + std::to_string(limits.room_name));
  }
  if (auto checked = check_limits(limits, request.metadata(), std::map<std::string, std::string>()); !checked) {
    return twirp::Refusal(checked.error());
  }
  for (const auto& agent : request.agents()) {
    if (auto checked = check_limits(limits, agent.metadata(), agent.attributes()); !checked) {
      return twirp::Refusal(checked.error());
    }
  }
  const auto room = engine.create_room(request.name(), configuration_of(request), request.room_preset());
  if (room) return message_of<livekit::Room>(*room);
  if (room.error().code != Errc::kNotFound) return room_not_made(room.error());
  return twirp::refuse_inside(Code::kInvalidArgument, "unknown room configuration in create room request");
}

Outcome<livekit::SendDataResponse> send_data(Engine& engine, const livekit::SendDataRequest& request) {
  constexpr std::size_t kNonce = 16;
  if (const std::size_t size = request.nonce().size(); size != 0 && size != kNonce) {
    return twirp::refuse(Code::kInvalidArgument,
                         "nonce should be 16-bytes or not present, got: " + std::to_string(size) + " bytes");
  }
  DataOptions options;
  options.topic = request.topic();
  options.to.assign(request.destination_identities().begin(), request.destination_identities().end());
  options.to_sids.assign(request.destination_sids().begin(), request.destination_sids().end());
  options.reliable = request.kind() == livekit::DataPacket::RELIABLE;
  options.nonce = request.nonce();
  const auto& data = request.data();
  const auto sent = engine.room(request.room()).send_data(as_bytes(data), options);
  if (!sent) return refuse(sent.error());
  return livekit::SendDataResponse();
}

}  // namespace

void add_room_service(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options) {
  const TextLimits limits = options.limits;

  dispatcher.add<livekit::CreateRoomRequest, livekit::Room>(
      kService, "CreateRoom",
      [&engine, limits](const livekit::CreateRoomRequest& in) { return create_room(engine, limits, in); });

  dispatcher.add_encoded<livekit::ListRoomsRequest, livekit::ListRoomsResponse>(
      kService, "ListRooms", [&engine](const livekit::ListRoomsRequest& in) {
        return list_of(livekit::ListRoomsResponse::kRoomsFieldNumber,
                       engine.rooms({in.names().begin(), in.names().end()}));
      });

  dispatcher.add<livekit::DeleteRoomRequest, livekit::DeleteRoomResponse>(
      kService, "DeleteRoom", [&engine](const livekit::DeleteRoomRequest& in) -> Outcome<livekit::DeleteRoomResponse> {
        if (!engine.room(in.room()).close()) return room_not_found();
        return livekit::DeleteRoomResponse();
      });

  dispatcher.add<livekit::SendDataRequest, livekit::SendDataResponse>(
      kService, "SendData", [&engine](const livekit::SendDataRequest& in) { return send_data(engine, in); });

  dispatcher.add<livekit::UpdateRoomMetadataRequest, livekit::Room>(
      kService, "UpdateRoomMetadata",
      [&engine](const livekit::UpdateRoomMetadataRequest& in) -> Outcome<livekit::Room> {
        const Room room = engine.room(in.room());
        if (!room.set_metadata(in.metadata())) return room_not_found();
        const auto info = room.info();
        if (!info) return room_not_found();
        return message_of<livekit::Room>(*info);
      });
  dispatcher.check_first<livekit::UpdateRoomMetadataRequest>(
      kService, "UpdateRoomMetadata", [limits](const livekit::UpdateRoomMetadataRequest& in) {
        return check_limits(limits, in.metadata(), std::map<std::string, std::string>());
      });
}

}  // namespace sfu::services

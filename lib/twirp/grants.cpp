// SPDX-License-Identifier: Apache-2.0
#include "twirp/grants.hpp"

#include <array>
#include <string_view>

namespace sfu::twirp {
namespace {

using google::protobuf::Message;

struct Rule {
  std::string_view service;
  std::string_view method;  // empty: all others of the service
  Grant grant;
};
// The first that fits counts.
constexpr std::array<Rule, 12> kRules{{
    {"livekit.RoomService", "CreateRoom", Grant::kRoomCreate},
    {"livekit.RoomService", "DeleteRoom", Grant::kRoomCreate},
    {"livekit.RoomService", "ListRooms", Grant::kRoomList},
    {"livekit.RoomService", "ForwardParticipant", Grant::kRoomAdminOfBoth},
    {"livekit.RoomService", "MoveParticipant", Grant::kRoomAdminOfBoth},
    {"livekit.RoomService", "", Grant::kRoomAdmin},
    {"livekit.AgentDispatchService", "", Grant::kRoomAdmin},
    {"livekit.Egress", "", Grant::kRoomRecord},
    {"livekit.Ingress", "", Grant::kIngressAdmin},
    {"livekit.SIP", "CreateSIPParticipant", Grant::kSipCall},
    {"livekit.SIP", "TransferSIPParticipant", Grant::kSipCallAndRoomAdmin},
    {"livekit.SIP", "", Grant::kSipAdmin},
}};

bool fits(const Rule& rule, const google::protobuf::MethodDescriptor& method) {
  return rule.service == method.service()->full_name() && (rule.method.empty() || rule.method == method.name());
}

std::string text_of(const Message& request, const char* name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? std::string() : request.GetReflection()->GetString(request, field);
}

// An empty name is a name: a token that names no room is for the room without one.
bool is_admin_of(const VideoGrant& video, const Message& request, const char* field) {
  return video.room_admin && video.room == text_of(request, field);
}

bool allows(Grant grant, const Claims& claims, const Message& request) {
  const VideoGrant video = claims.video.value_or(VideoGrant());
  const SipGrant sip = claims.sip.value_or(SipGrant());
  switch (grant) {
    case Grant::kNever: return false;
    case Grant::kRoomCreate: return video.room_create;
    case Grant::kRoomList: return video.room_list;
    case Grant::kRoomRecord: return video.room_record;
    case Grant::kIngressAdmin: return video.ingress_admin;
    case Grant::kRoomAdmin: return is_admin_of(video, request, "room");
    case Grant::kRoomAdminOfBoth:
      return is_admin_of(video, request, "room") && video.destination_room == text_of(request, "destination_room");
    case Grant::kSipAdmin: return sip.admin;
    case Grant::kSipCall: return sip.call;
    case Grant::kSipCallAndRoomAdmin: return sip.call && is_admin_of(video, request, "room_name");
  }
  return false;
}

}  // namespace

Grant grant_for(const google::protobuf::MethodDescriptor& method) {
  for (const Rule& rule : kRules) {
    if (fits(rule, method)) return rule.grant;
  }
  return Grant::kNever;
}

Outcome<void> check_grant(Grant grant, const Claims* claims, const Message& request) {
  if (claims != nullptr && allows(grant, *claims, request)) return {};
  return refuse(Code::kUnauthenticated, "permissions denied");
}

}  // namespace sfu::twirp

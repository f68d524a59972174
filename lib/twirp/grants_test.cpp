// SPDX-License-Identifier: Apache-2.0
#include "twirp/grants.hpp"

#include <doctest/doctest.h>
#include <livekit_agent_dispatch.pb.h>
#include <livekit_egress.pb.h>
#include <livekit_ingress.pb.h>
#include <livekit_room.pb.h>
#include <livekit_sip.pb.h>

using namespace sfu;
using namespace sfu::twirp;

namespace {

bool allowed(Grant grant, const VideoGrant& video, const google::protobuf::Message& request, SipGrant sip = {}) {
  Claims claims;
  claims.video = video;
  claims.sip = sip;
  return check_grant(grant, &claims, request).has_value();
}

const google::protobuf::FileDescriptor* files[] = {
    livekit::Room::descriptor()->file(),          livekit::CreateRoomRequest::descriptor()->file(),
    livekit::AgentDispatch::descriptor()->file(), livekit::EgressInfo::descriptor()->file(),
    livekit::IngressInfo::descriptor()->file(),   livekit::SIPTrunkInfo::descriptor()->file()};

}  // namespace

TEST_CASE("[C-059] every method of every service has a grant, and none without it is allowed") {
  int methods = 0;
  for (const auto* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto& method = *file->service(s)->method(m);
        CAPTURE(method.full_name());
        CHECK(grant_for(method) != Grant::kNever);
        const std::unique_ptr<google::protobuf::Message> request(
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
        CHECK_FALSE(check_grant(grant_for(method), nullptr, *request).has_value());
        CHECK_FALSE(allowed(grant_for(method), {}, *request));
        ++methods;
      }
    }
  }
  CHECK(methods == 47);
}

TEST_CASE("[C-010] the administrator of a room is nobody in another") {
  VideoGrant video;
  video.room_admin = true;
  video.room = "hall";
  livekit::SendDataRequest request;
  request.set_room("hall");
  CHECK(allowed(Grant::kRoomAdmin, video, request));
  request.set_room("Hall");
  CHECK_FALSE(allowed(Grant::kRoomAdmin, video, request));
  request.clear_room();
  CHECK_FALSE(allowed(Grant::kRoomAdmin, video, request));
}

TEST_CASE("[C-052] to move someone a token must name both rooms") {
  VideoGrant video;
  video.room_admin = true;
  video.room = "hall";
  livekit::MoveParticipantRequest request;
  request.set_room("hall");
  request.set_destination_room("yard");
  CHECK_FALSE(allowed(Grant::kRoomAdminOfBoth, video, request));
  video.destination_room = "yard";
  CHECK(allowed(Grant::kRoomAdminOfBoth, video, request));
  video.room_admin = false;
  CHECK_FALSE(allowed(Grant::kRoomAdminOfBoth, video, request));
}

TEST_CASE("[C-059] to transfer a call a token must allow calls and name the room") {
  VideoGrant video;
  video.room_admin = true;
  video.room = "hall";
  livekit::TransferSIPParticipantRequest request;
  request.set_room_name("hall");
  CHECK_FALSE(allowed(Grant::kSipCallAndRoomAdmin, video, request));
  CHECK_FALSE(allowed(Grant::kSipCallAndRoomAdmin, video, request, {.admin = true}));
  CHECK(allowed(Grant::kSipCallAndRoomAdmin, video, request, {.call = true}));
  request.set_room_name("yard");
  CHECK_FALSE(allowed(Grant::kSipCallAndRoomAdmin, video, request, {.call = true}));
}

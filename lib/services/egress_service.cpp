// SPDX-License-Identifier: Apache-2.0
// Egress on a server that has neither a store nor workers for it.
#include "livekit_egress.pb.h"
#include "services/common.hpp"
#include "sfu/room.hpp"

namespace sfu::services {
namespace {

constexpr const char* kService = "livekit.Egress";

// Recordings of a room need that room; then a worker would have to take them.
template <typename Request>
void add_start(twirp::Dispatcher& dispatcher, Engine& engine, const char* method) {
  const auto start = [&engine](const Request& in) -> twirp::Outcome<livekit::EgressInfo> {
    if (!in.room_name().empty() && !engine.room(in.room_name()).info()) return room_not_found();
    return twirp::no_response();
  };
  dispatcher.add<Request, livekit::EgressInfo>(kService, method, start);
}

template <typename Request, typename Response>
void add_unconnected(twirp::Dispatcher& dispatcher, const char* method) {
  dispatcher.add<Request, Response>(kService, method, [](const Request&) -> twirp::Outcome<Response> {
    return twirp::refuse_inside(twirp::Code::kInternal, "egress not connected (redis required)");
  });
}

}  // namespace

void add_egress_service(twirp::Dispatcher& dispatcher, Engine& engine) {
  add_start<livekit::StartEgressRequest>(dispatcher, engine, "StartEgress");
  add_start<livekit::RoomCompositeEgressRequest>(dispatcher, engine, "StartRoomCompositeEgress");
  dispatcher.add<livekit::WebEgressRequest, livekit::EgressInfo>(
      kService, "StartWebEgress",
      [](const livekit::WebEgressRequest&) -> twirp::Outcome<livekit::EgressInfo> { return twirp::no_response(); });
  add_start<livekit::ParticipantEgressRequest>(dispatcher, engine, "StartParticipantEgress");
  add_start<livekit::TrackCompositeEgressRequest>(dispatcher, engine, "StartTrackCompositeEgress");
  add_start<livekit::TrackEgressRequest>(dispatcher, engine, "StartTrackEgress");
  add_unconnected<livekit::UpdateLayoutRequest, livekit::EgressInfo>(dispatcher, "UpdateLayout");
  add_unconnected<livekit::UpdateStreamRequest, livekit::EgressInfo>(dispatcher, "UpdateStream");
  add_unconnected<livekit::ListEgressRequest, livekit::ListEgressResponse>(dispatcher, "ListEgress");
  add_unconnected<livekit::StopEgressRequest, livekit::EgressInfo>(dispatcher, "StopEgress");
}

}  // namespace sfu::services

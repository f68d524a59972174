// SPDX-License-Identifier: Apache-2.0
// SIP on a server that has neither a store nor workers for it.
#include "livekit_sip.pb.h"
#include "services/common.hpp"
#include "sfu/room.hpp"

namespace sfu::services {
namespace {

using twirp::Code;
using twirp::Outcome;

constexpr const char* kService = "livekit.SIP";
constexpr const char* kCallIdAttribute = "sip.callID";

template <typename Request, typename Response>
void add_unconnected(twirp::Dispatcher& dispatcher, const char* method) {
  dispatcher.add<Request, Response>(kService, method, [](const Request&) -> Outcome<Response> {
    return twirp::refuse_inside(Code::kInternal, "sip not connected (redis required)");
  });
}

// A call lives in a participant's attributes; there is nobody who could transfer it.
Outcome<livekit::TransferSIPParticipantResponse> transfer(Engine& engine,
                                                          const livekit::TransferSIPParticipantRequest& request) {
  const auto participant = engine.room(request.room_name()).participant(request.participant_identity()).info();
  if (!participant) return participant_not_found();
  if (!participant->attributes.contains(kCallIdAttribute)) {
    return twirp::refuse_inside(Code::kInvalidArgument, "no SIP session associated with participant");
  }
  return twirp::no_response();
}

void add_trunks(twirp::Dispatcher& dispatcher) {
  using namespace livekit;  // NOLINT(google-build-using-namespace): the table below is names of its messages
  add_unconnected<ListSIPTrunkRequest, ListSIPTrunkResponse>(dispatcher, "ListSIPTrunk");
  add_unconnected<CreateSIPInboundTrunkRequest, SIPInboundTrunkInfo>(dispatcher, "CreateSIPInboundTrunk");
  add_unconnected<CreateSIPOutboundTrunkRequest, SIPOutboundTrunkInfo>(dispatcher, "CreateSIPOutboundTrunk");
  add_unconnected<UpdateSIPInboundTrunkRequest, SIPInboundTrunkInfo>(dispatcher, "UpdateSIPInboundTrunk");
  add_unconnected<UpdateSIPOutboundTrunkRequest, SIPOutboundTrunkInfo>(dispatcher, "UpdateSIPOutboundTrunk");
  add_unconnected<GetSIPInboundTrunkRequest, GetSIPInboundTrunkResponse>(dispatcher, "GetSIPInboundTrunk");
  add_unconnected<GetSIPOutboundTrunkRequest, GetSIPOutboundTrunkResponse>(dispatcher, "GetSIPOutboundTrunk");
  add_unconnected<ListSIPInboundTrunkRequest, ListSIPInboundTrunkResponse>(dispatcher, "ListSIPInboundTrunk");
  add_unconnected<ListSIPOutboundTrunkRequest, ListSIPOutboundTrunkResponse>(dispatcher, "ListSIPOutboundTrunk");
  add_unconnected<DeleteSIPTrunkRequest, SIPTrunkInfo>(dispatcher, "DeleteSIPTrunk");
}

}  // namespace

void add_sip_service(twirp::Dispatcher& dispatcher, Engine& engine) {
  using namespace livekit;  // NOLINT(google-build-using-namespace): as above
  add_trunks(dispatcher);
  add_unconnected<CreateSIPDispatchRuleRequest, SIPDispatchRuleInfo>(dispatcher, "CreateSIPDispatchRule");
  add_unconnected<UpdateSIPDispatchRuleRequest, SIPDispatchRuleInfo>(dispatcher, "UpdateSIPDispatchRule");
  add_unconnected<ListSIPDispatchRuleRequest, ListSIPDispatchRuleResponse>(dispatcher, "ListSIPDispatchRule");
  add_unconnected<DeleteSIPDispatchRuleRequest, SIPDispatchRuleInfo>(dispatcher, "DeleteSIPDispatchRule");
  add_unconnected<CreateSIPParticipantRequest, SIPParticipantInfo>(dispatcher, "CreateSIPParticipant");

  dispatcher.add<TransferSIPParticipantRequest, TransferSIPParticipantResponse>(
      kService, "TransferSIPParticipant",
      [&engine](const TransferSIPParticipantRequest& in) { return transfer(engine, in); });
  dispatcher.check_first<TransferSIPParticipantRequest>(
      kService, "TransferSIPParticipant", [](const TransferSIPParticipantRequest& in) -> Outcome<void> {
        if (in.room_name().empty()) return twirp::refuse_inside(Code::kInvalidArgument, "Missing room name");
        if (in.participant_identity().empty()) {
          return twirp::refuse_inside(Code::kInvalidArgument, "Missing participant identity");
        }
        return {};
      });
}

}  // namespace sfu::services

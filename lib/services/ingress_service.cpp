// SPDX-License-Identifier: Apache-2.0
// Ingress on a server that has neither a store nor workers for it.
#include "livekit_ingress.pb.h"
#include "services/services.hpp"

namespace sfu::services {
namespace {

constexpr const char* kService = "livekit.Ingress";

template <typename Request, typename Response>
void add_unconnected(twirp::Dispatcher& dispatcher, const char* method) {
  dispatcher.add<Request, Response>(kService, method, [](const Request&) -> twirp::Outcome<Response> {
    return twirp::refuse_inside(twirp::Code::kInternal, "ingress not connected (redis required)");
  });
}

}  // namespace

void add_ingress_service(twirp::Dispatcher& dispatcher) {
  add_unconnected<livekit::CreateIngressRequest, livekit::IngressInfo>(dispatcher, "CreateIngress");
  add_unconnected<livekit::UpdateIngressRequest, livekit::IngressInfo>(dispatcher, "UpdateIngress");
  add_unconnected<livekit::ListIngressRequest, livekit::ListIngressResponse>(dispatcher, "ListIngress");
  add_unconnected<livekit::DeleteIngressRequest, livekit::IngressInfo>(dispatcher, "DeleteIngress");
  dispatcher.check_first<livekit::CreateIngressRequest>(
      kService, "CreateIngress", [](const livekit::CreateIngressRequest& in) -> twirp::Outcome<void> {
        if (livekit::IngressInput_IsValid(in.input_type())) return {};
        return twirp::refuse_inside(twirp::Code::kInvalidArgument, "invalid ingress type");
      });
}

}  // namespace sfu::services

// SPDX-License-Identifier: Apache-2.0
#include "services/common.hpp"

namespace sfu::services {

twirp::Refusal refuse(const Error& error) {
  using twirp::Code;
  const auto as = [&](Code code) { return twirp::refuse_inside(code, error.message); };
  switch (error.code) {
    case Errc::kNotFound: return twirp::no_response();
    case Errc::kInvalidArgument:
    case Errc::kTruncated:
    case Errc::kMalformed: return as(Code::kInvalidArgument);
    case Errc::kAlreadyExists: return as(Code::kAlreadyExists);
    case Errc::kLimitExceeded: return as(Code::kResourceExhausted);
    case Errc::kFailedPrecondition: return as(Code::kFailedPrecondition);
    case Errc::kUnsupported: return as(Code::kUnimplemented);
    case Errc::kPermissionDenied:
    case Errc::kUnauthenticated: return as(Code::kPermissionDenied);
    case Errc::kClosed:
    case Errc::kUnavailable: return as(Code::kUnavailable);
    case Errc::kTimeout: return as(Code::kDeadlineExceeded);
    case Errc::kInternal: break;
  }
  return as(Code::kInternal);
}

twirp::Refusal room_not_found() {
  return twirp::refuse_inside(twirp::Code::kNotFound, "requested room does not exist");
}
// A full node has no status of its own there (control-plane spec 7.4).
twirp::Refusal room_not_made(const Error& error) {
  if (error.code == Errc::kLimitExceeded) return twirp::refuse(twirp::Code::kUnknown, error.message);
  return refuse(error);
}
twirp::Refusal participant_not_found() {
  return twirp::refuse_inside(twirp::Code::kNotFound, "participant does not exist");
}

void add_services(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options) {
  add_room_service(dispatcher, engine, options);
  add_participant_methods(dispatcher, engine, options);
  add_agent_dispatch_service(dispatcher, engine, options);
  add_egress_service(dispatcher, engine);
  add_ingress_service(dispatcher);
  add_sip_service(dispatcher, engine);
}

}  // namespace sfu::services

// SPDX-License-Identifier: Apache-2.0
// What each method of the room API does (control-plane spec 2.4, 2.5): RoomService and AgentDispatchService over the
// engine's public API, and Egress, Ingress and SIP as a server without workers for them answers. One file a service.
// Its functions run on the thread of Dispatcher::dispatch() and wait for the rooms' workers.
// Elsewhere: routes, bodies and grants (twirp), HTTP (control), rooms (the engine).
#pragma once

#include "sfu/engine.hpp"
#include "sfu/room_options.hpp"
#include "twirp/twirp.hpp"

namespace sfu::services {

struct Options {
  TextLimits limits;
  bool auto_create = true;  // agents may be sent into rooms that are not there yet
};

// `engine` outlives the dispatcher.
void add_room_service(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options);
void add_participant_methods(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options);
void add_agent_dispatch_service(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options);
void add_egress_service(twirp::Dispatcher& dispatcher, Engine& engine);
void add_ingress_service(twirp::Dispatcher& dispatcher);
void add_sip_service(twirp::Dispatcher& dispatcher, Engine& engine);

// All of these.
void add_services(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options);

}  // namespace sfu::services

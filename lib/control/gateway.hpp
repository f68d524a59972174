// SPDX-License-Identifier: Apache-2.0
// The HTTP port of a LiveKit server: which path means what (signalling spec 1.1). Signalling WebSockets are handed to
// the engine as SignalSessions, calls of the room API to the services; metrics and health are told, and the web pages
// served. Framing, limits and CORS are http's, every rule of the protocol is the engine's.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "control/pages.hpp"
#include "control/room_api.hpp"
#include "control/task_pool.hpp"
#include "http/http.hpp"
#include "sfu/engine.hpp"

namespace sfu::control {

struct GatewayOptions {
  bool development = false;  // /debug/rooms is open
  services::Options api;
  std::function<std::string()> metrics;  // of the server, as text
};

class Gateway {
 public:
  // `engine`, `authenticator` and `clock` outlive the gateway, and the gateway outlives the HTTP server that uses its
  // handlers.
  Gateway(Engine& engine, const Authenticator& authenticator, const Clock& clock, GatewayOptions options, Pages pages);

  http::Handlers handlers();
  metrics::ApiFigures api_figures() const { return api_.figures(); }

 private:
  void answer(http::Request request, const http::Responder& respond);
  void upgrade(const http::Request& request, const http::Upgrade& upgrade);
  Result<std::optional<Claims>> claims_of(const http::Request& request) const;
  http::Response health() const;
  void answer_metrics(const http::Request& request, const std::optional<Claims>& claims,
                      const http::Responder& respond);
  http::Response debug_rooms() const;

  Engine& engine_;
  const Authenticator& authenticator_;
  const Clock& clock_;
  GatewayOptions options_;
  RoomApi api_;
  Pages pages_;
  TaskPool pool_;  // last: its tasks use the others
};

}  // namespace sfu::control

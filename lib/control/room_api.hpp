// SPDX-License-Identifier: Apache-2.0
// POST /twirp/...: HTTP requests as Twirp calls, run on threads of their own, and their answers as responses.
#pragma once

#include <optional>
#include <string_view>

#include "control/task_pool.hpp"
#include "http/http.hpp"
#include "services/services.hpp"
#include "sfu/claims.hpp"
#include "twirp/twirp.hpp"

namespace sfu::control {

class RoomApi {
 public:
  RoomApi(Engine& engine, const services::Options& options);

  bool serves(std::string_view path) const { return dispatcher_.serves(path); }
  // `claims` are those of a valid token, if there is one.
  void call(http::Request request, std::optional<Claims> claims, const http::Responder& respond);

 private:
  twirp::Dispatcher dispatcher_;
  TaskPool pool_;  // last: its tasks use the dispatcher
};

}  // namespace sfu::control

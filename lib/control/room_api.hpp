// SPDX-License-Identifier: Apache-2.0
// POST /twirp/...: HTTP requests as Twirp calls, run on threads of their own, and their answers as responses.
#pragma once

#include <memory>
#include <mutex>
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

  bool serves(std::string_view path);
  // `claims` are those of a valid token, if there is one.
  void call(http::Request request, std::optional<Claims> claims, const http::Responder& respond);

 private:
  struct Calls {
    twirp::Dispatcher dispatcher;
    TaskPool pool;  // last: its tasks use the dispatcher
  };
  // Made for the first call: the descriptors of all services and four threads take more than a megabyte.
  Calls& calls();

  Engine& engine_;
  const services::Options options_;
  std::once_flag called_;
  std::unique_ptr<Calls> calls_;
};

}  // namespace sfu::control

// SPDX-License-Identifier: Apache-2.0
// POST /twirp/...: HTTP requests as Twirp calls, run on other threads, and their answers as responses.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "control/api_statistics.hpp"
#include "control/task_pool.hpp"
#include "http/http.hpp"
#include "services/services.hpp"
#include "sfu/claims.hpp"
#include "twirp/twirp.hpp"

namespace sfu::control {

class RoomApi {
 public:
  // All outlive it.
  RoomApi(Engine& engine, const Clock& clock, TaskPool& pool, const services::Options& options);

  bool serves(std::string_view path);
  // `claims` are those of a valid token, if there is one.
  void call(http::Request request, std::optional<Claims> claims, const http::Responder& respond);
  metrics::ApiFigures figures() const { return statistics_.figures(); }

 private:
  // Made for the first call: the descriptors of all services take more than a megabyte.
  const twirp::Dispatcher& dispatcher();
  void dispatch(const twirp::Request& call, const http::Responder& respond);

  Engine& engine_;
  const Clock& clock_;
  TaskPool& pool_;
  const services::Options options_;
  ApiStatistics statistics_;
  std::once_flag called_;
  std::unique_ptr<twirp::Dispatcher> dispatcher_;
};

}  // namespace sfu::control

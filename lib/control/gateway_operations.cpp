// SPDX-License-Identifier: Apache-2.0
// What operators ask: whether the server is well, and what it counts.
#include <array>
#include <chrono>
#include <ctime>

#include "control/gateway.hpp"
#include "metrics/exposition.hpp"
#include "metrics/metrics.hpp"
#include "sfu/room.hpp"

namespace sfu::control {
namespace {

// A worker that has published nothing for longer hangs (control-plane spec 2.1).
constexpr Duration kStale = std::chrono::seconds(4);

http::Response plain(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string utc(WallTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%F %T +0000 UTC", &parts)};
}

// Its node's series, or those of one room.
bool may_read(const std::optional<Claims>& claims, const std::string* room) {
  if (!claims || !claims->video) return false;
  return room != nullptr ? claims->video->room_admin && claims->video->room == *room : claims->video->room_list;
}

http::Response answer_of(const Result<RoomStatistics>& room) {
  if (!room) return plain(404, "requested room does not exist");
  return {.status = 200, .body = metrics::to_text(*room), .content_type = metrics::kContentType};
}

}  // namespace

http::Response Gateway::health() const {
  const EngineStatistics statistics = engine_.statistics();
  if (statistics.age <= kStale) return plain(200, "OK");
  return plain(406, "Not Ready\nNode Updated At " + utc(statistics.updated_at));
}

void Gateway::answer_metrics(const http::Request& request, const std::optional<Claims>& claims,
                             const http::Responder& respond) {
  const std::string* room = request.parameter("room");
  if (!may_read(claims, room)) return respond(plain(401, "permissions denied"));
  if (room == nullptr) {
    return respond({.status = 200, .body = options_.metrics(), .content_type = metrics::kContentType});
  }
  TaskPool::Task task = [this, room = *room, respond] { respond(answer_of(engine_.room(room).statistics())); };
  if (!pool_.post(task)) respond(plain(503, "too many calls wait"));
}

}  // namespace sfu::control

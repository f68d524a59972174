// SPDX-License-Identifier: Apache-2.0
// The rooms and who is in them, as JSON, to anyone who asks: in development mode only.
#include <boost/json.hpp>

#include "control/gateway.hpp"
#include "sfu/room.hpp"

namespace sfu::control {
namespace {

namespace json = boost::json;

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

// Waits for the workers, on the thread of the HTTP port: good enough for one person who looks.
http::Response Gateway::debug_rooms() const {
  json::array rooms;
  for (const RoomInfo& room : engine_.rooms()) {
    json::object participants;
    if (const auto people = engine_.room(room.name).participants()) {
      for (const ParticipantInfo& person : *people) {
        participants[person.identity] = json::object{{"Sid", person.sid},
                                                     {"JoinedAt", unix_seconds(person.joined_at)},
                                                     {"IsPublisher", person.is_publisher},
                                                     {"Tracks", person.tracks.size()}};
      }
    }
    rooms.push_back(json::object{{"Name", room.name},
                                 {"Sid", room.sid},
                                 {"CreatedAt", unix_seconds(room.created_at)},
                                 {"Participants", std::move(participants)}});
  }
  http::Response response;
  response.body = json::serialize(rooms);
  response.content_type = "application/json";
  return response;
}

}  // namespace sfu::control

// SPDX-License-Identifier: Apache-2.0
// Tokens for the meeting page, to anyone who asks: in development mode only.
#include "auth/auth.hpp"
#include "control/gateway.hpp"

namespace sfu::control {

http::Response Gateway::meet_token(const http::Request& request) const {
  const std::string* room = request.parameter("room");
  const std::string* identity = request.parameter("identity");
  const std::string* name = request.parameter("name");
  http::Response response;
  if (room == nullptr || room->empty() || identity == nullptr || identity->empty()) {
    response.status = 400;
    response.body = "room and identity are required";
    return response;
  }
  Claims claims;
  claims.identity = *identity;
  claims.name = name != nullptr ? *name : *identity;
  claims.video.emplace();
  claims.video->room_join = true;
  claims.video->room = *room;
  claims.video->can_update_own_metadata = true;
  // A token's characters need no escaping in JSON.
  response.body = "{\"token\":\"" +
                  auth::make_token(claims, options_.development_key->first, options_.development_key->second,
                                   clock_.wall_now(), std::chrono::hours(6)) +
                  "\"}";
  response.content_type = "application/json";
  return response;
}

}  // namespace sfu::control

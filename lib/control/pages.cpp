// SPDX-License-Identifier: Apache-2.0
#include "control/pages.hpp"

#include "auth/auth.hpp"

namespace sfu::control {
namespace {

// Whoever can make the console do something holds the rooms: it runs its own script only, and in no other page's frame.
constexpr std::string_view kConsolePolicy =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string parameter(const http::Request& request, std::string_view name) {
  const std::string* value = request.parameter(name);
  return value != nullptr ? *value : std::string();
}

// To join `room` as `identity`.
Result<Claims> claims_for_meet(const http::Request& request) {
  Claims claims;
  claims.identity = parameter(request, "identity");
  claims.video.emplace();
  claims.video->room = parameter(request, "room");
  if (claims.video->room.empty() || claims.identity.empty()) {
    return fail(Errc::kInvalidArgument, "room and identity are required");
  }
  const std::string name = parameter(request, "name");
  claims.name = name.empty() ? claims.identity : name;
  claims.video->room_join = true;
  claims.video->can_update_own_metadata = true;
  return claims;
}

// To see all rooms, and to administer `room`, from which participants may be taken to `destination`.
Result<Claims> claims_for_console(const http::Request& request) {
  Claims claims;
  claims.video.emplace();
  claims.video->room_list = true;
  claims.video->room_create = true;
  claims.video->room = parameter(request, "room");
  claims.video->room_admin = !claims.video->room.empty();
  claims.video->destination_room = parameter(request, "destination");
  return claims;
}

http::Response redirect_to(std::string location) {
  http::Response response;
  response.status = 302;
  response.headers = {{"Location", std::move(location)}};
  return response;
}

}  // namespace

Result<void> Pages::add_meet(const std::string& folder) {
  SFU_TRY(StaticFiles files, StaticFiles::load(folder));
  pages_.insert_or_assign("meet", Page{std::move(files), claims_for_meet, {}});
  return {};
}

Result<void> Pages::add_console(const std::string& folder) {
  SFU_TRY(StaticFiles files, StaticFiles::load(folder));
  pages_.insert_or_assign("console", Page{std::move(files), claims_for_console, kConsolePolicy});
  return {};
}

std::optional<http::Response> Pages::get(const http::Request& request, WallTime now) const {
  std::string_view path = request.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  const auto found = pages_.find(path.substr(0, slash));
  if (found == pages_.end()) return std::nullopt;
  const Page& page = found->second;
  if (slash == std::string_view::npos) return redirect_to(request.path + "/");
  const std::string_view name = path.substr(slash + 1);
  if (name == "token" && key_) return token(page, request, now);
  http::Response response = page.files.get(name);
  if (!page.policy.empty()) response.headers.emplace_back("Content-Security-Policy", page.policy);
  return response;
}

http::Response Pages::token(const Page& page, const http::Request& request, WallTime now) const {
  http::Response response;
  const auto claims = page.claims(request);
  if (!claims) {
    response.status = 400;
    response.body = claims.error().message;
    return response;
  }
  // A token's characters need no escaping in JSON.
  response.body =
      "{\"token\":\"" + auth::make_token(*claims, key_->first, key_->second, now, std::chrono::hours(6)) + "\"}";
  response.content_type = "application/json";
  return response;
}

}  // namespace sfu::control

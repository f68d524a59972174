// SPDX-License-Identifier: Apache-2.0
#include "control/gateway.hpp"

#include <algorithm>

#include "auth/credentials.hpp"
#include "control/websocket_sink.hpp"

namespace sfu::control {
namespace {

constexpr unsigned kThreads = 4;  // that wait for workers
constexpr const char* kNotFound = "404 page not found\n";

bool is_signalling(std::string_view path) {
  return path == "/rtc" || path == "/rtc/v1";
}
bool is_validation(std::string_view path) {
  return path == "/rtc/validate" || path == "/rtc/v1/validate";
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// Of a repeated name the first one counts.
ConnectRequest to_connect_request(const http::Request& request) {
  ConnectRequest out;
  out.path = request.path;
  for (const auto& [name, value] : request.query) out.query.emplace(name, value);
  for (const auto& [name, value] : request.headers) out.headers.emplace(lower_case(name), value);
  out.remote_address = request.remote.ip.to_string();
  return out;
}

http::Response text(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

Gateway::Gateway(Engine& engine, const Authenticator& authenticator, const Clock& clock, GatewayOptions options,
                 Pages pages)
    : engine_(engine),
      authenticator_(authenticator),
      clock_(clock),
      options_(std::move(options)),
      api_(engine_, clock_, pool_, options_.api),
      pages_(std::move(pages)),
      pool_(kThreads) {}

http::Handlers Gateway::handlers() {
  return {.on_request = [this](http::Request request,
                               const http::Responder& respond) { answer(std::move(request), respond); },
          .on_upgrade = [this](const http::Request& request,
                               const http::Upgrade& decision) { upgrade(request, decision); }};
}

void Gateway::answer(http::Request request, const http::Responder& respond) {
  const std::string& path = request.path;
  if (is_validation(path) || is_signalling(path)) {
    Engine::Verdict verdict = engine_.validate(to_connect_request(request));
    http::Response answer = text(verdict.status, std::move(verdict.body));
    // Whatever the origin, as LiveKit's server has it for this path alone (control-plane C-018).
    if (is_validation(path)) answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
    return respond(std::move(answer));
  }
  // A bad token is refused whatever it is shown for.
  auto claims = claims_of(request);
  if (!claims) return respond(text(401, std::move(claims).error().message));
  if (path == "/") return respond(health());
  if (path == "/metrics") return answer_metrics(request, *claims, respond);
  if (path == "/debug/rooms" && options_.development) return respond(debug_rooms());
  if (api_.serves(path)) return api_.call(std::move(request), *std::move(claims), respond);
  if (auto page = pages_.get(request, clock_.wall_now())) return respond(*std::move(page));
  respond(text(404, kNotFound));
}

void Gateway::upgrade(const http::Request& request, const http::Upgrade& decision) {
  if (is_signalling(request.path)) return WebSocketSink::connect(engine_, to_connect_request(request), decision);
  const auto claims = claims_of(request);
  if (!claims) return decision.reject(401, claims.error().message);
  decision.reject(404, kNotFound);
}

// A form's values come before those of the query.
Result<std::optional<Claims>> Gateway::claims_of(const http::Request& request) const {
  constexpr std::string_view kName = "access_token";
  const std::string* authorization = request.header("Authorization");
  const std::string* token = request.parameter(kName);
  http::Query form;
  if (const std::string* type = request.header("Content-Type");
      type != nullptr && lower_case(*type).starts_with("application/x-www-form-urlencoded")) {
    form = http::parse_query(request.body);
    const auto found = std::ranges::find(form, kName, &http::Query::value_type::first);
    if (found != form.end()) token = &found->second;
  }
  const auto view = [](const std::string* value) { return value != nullptr ? std::string_view(*value) : ""; };
  SFU_TRY(auto claims, auth::claims_of(view(authorization), view(token), authenticator_, clock_.wall_now()));
  if (claims) SFU_CHECK_OK(engine_.check_revoked(*claims));
  return claims;
}

}  // namespace sfu::control

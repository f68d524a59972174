// SPDX-License-Identifier: Apache-2.0
#include "control/room_api.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sfu::control {
namespace {

std::string text_of(const std::string* field) {
  return field != nullptr ? *field : std::string();
}

// What is no number of milliseconds sets no limit.
std::optional<Duration> limit_of(const http::Request& request) {
  const std::string text = text_of(request.header("X-Twirp-Timeout-Ms"));
  std::int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr std::int64_t kMost = 24LL * 3600 * 1000;
  return std::chrono::milliseconds(std::clamp<std::int64_t>(milliseconds, 0, kMost));
}

http::Response to_http(twirp::Response response) {
  return {response.status, std::move(response.body), std::move(response.content_type)};
}

}  // namespace

RoomApi::RoomApi(Engine& engine, const Clock& clock, TaskPool& pool, const services::Options& options)
    : engine_(engine), clock_(clock), pool_(pool), options_(options) {}

const twirp::Dispatcher& RoomApi::dispatcher() {
  std::call_once(called_, [this] {
    dispatcher_ = std::make_unique<twirp::Dispatcher>();
    services::add_services(*dispatcher_, engine_, options_);
  });
  return *dispatcher_;
}

bool RoomApi::serves(std::string_view path) {
  return path.starts_with("/twirp/") && dispatcher().serves(path);
}

void RoomApi::call(http::Request request, std::optional<Claims> claims, const http::Responder& respond) {
  twirp::Request call;
  call.content_type = text_of(request.header("Content-Type"));
  call.limit = limit_of(request);
  call.method = std::move(request.method);
  call.path = std::move(request.path);
  call.body = std::move(request.body);
  call.body_is_cut = request.body_is_cut;
  call.claims = std::move(claims);
  // Before it waits: whoever has no token must not fill the queue.
  if (auto refused = dispatcher().refuse_unread(call)) {
    const auto [service, method] = dispatcher().names_of(call.path);
    statistics_.answered(service, method, refused->status, refused->code, Duration());
    return respond(to_http(*std::move(refused)));
  }
  const std::size_t size = call.body.size();
  TaskPool::Task task = [this, call = std::move(call), respond] { dispatch(call, respond); };
  if (pool_.post(task, size)) return;
  const twirp::Error busy{twirp::Code::kUnavailable, "too many calls wait"};
  respond(to_http({twirp::http_status(busy.code), "application/json", to_json(busy), to_string(busy.code)}));
}

void RoomApi::dispatch(const twirp::Request& call, const http::Responder& respond) {
  const auto names = dispatcher().names_of(call.path);
  dispatcher().dispatch(call, [this, respond, service = std::string(names.first), method = std::string(names.second),
                               begun = clock_.now()](twirp::Response response) {
    statistics_.answered(service, method, response.status, response.code, clock_.now() - begun);
    respond(to_http(std::move(response)));
  });
}

}  // namespace sfu::control

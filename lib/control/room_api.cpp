// SPDX-License-Identifier: Apache-2.0
#include "control/room_api.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sfu::control {
namespace {

constexpr unsigned kThreads = 4;

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

RoomApi::RoomApi(Engine& engine, const services::Options& options) : engine_(engine), options_(options) {}

RoomApi::Calls& RoomApi::calls() {
  std::call_once(called_, [this] {
    calls_.reset(new Calls{.dispatcher = {}, .pool = TaskPool(kThreads)});
    services::add_services(calls_->dispatcher, engine_, options_);
  });
  return *calls_;
}

bool RoomApi::serves(std::string_view path) {
  return path.starts_with("/twirp/") && calls().dispatcher.serves(path);
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
  Calls& calls = this->calls();
  TaskPool::Task task = [&dispatcher = calls.dispatcher, call = std::move(call), respond] {
    dispatcher.dispatch(call, [respond](twirp::Response response) { respond(to_http(std::move(response))); });
  };
  if (calls.pool.post(task)) return;
  const twirp::Error busy{twirp::Code::kUnavailable, "too many calls wait"};
  respond(to_http({twirp::http_status(busy.code), "application/json", to_json(busy)}));
}

}  // namespace sfu::control

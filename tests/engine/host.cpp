// SPDX-License-Identifier: Apache-2.0
#include "host.hpp"

#include <doctest/doctest.h>

#include "auth/auth.hpp"
#include "base/time.hpp"
#include "net/tcp_transport.hpp"
#include "net/udp_socket.hpp"

namespace sfu::engine_test {

std::uint16_t free_udp_port() {
  const auto socket = net::UdpSocket::open({kLoopback, 0});
  REQUIRE(socket);
  return (*socket)->local().port;
}

std::uint16_t free_tcp_port() {
  const auto tcp = net::TcpTransport::create();
  net::ListenOptions options;
  options.bind_addresses = {kLoopback};
  REQUIRE((*tcp)->listen(options));
  return (*tcp)->candidates()[0].port;
}

ConnectRequest connect_request(const std::string& room, const std::string& identity) {
  Claims claims;
  claims.identity = identity;
  claims.name = identity;
  claims.video.emplace();
  claims.video->room_join = true;
  claims.video->room = room;
  ConnectRequest request;
  request.path = "/rtc";
  request.query = {
      {"access_token", auth::make_token(claims, "devkey", "secret", SystemClock().wall_now(), std::chrono::hours(1))},
      {"protocol", "16"},
      {"sdk", "cpp"},
      {"auto_subscribe", "1"}};
  return request;
}

void EventLog::on_event(const Event& event) {
  const bool of_room = event.participant.identity.empty();
  {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(to_string(event.kind)) + ' ' +
                     (of_room ? event.room.name : event.participant.identity));
  }
  if (also) also(event);
}

std::vector<std::string> EventLog::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

EngineOptions Host::options() {
  EngineOptions options;
  options.bind_addresses = {kLoopback};
  options.udp_port_first = options.udp_port_last = port;
  options.authenticator = authenticator.get();
  options.events = &events;
  options.node_limits = limits;
  options.policy = policy;
  options.room_defaults.remote_unmute = true;
  return options;
}

Engine& Host::start() {
  return start(options());
}

Engine& Host::start_driven() {
  EngineOptions driven = options();
  driven.workers = 1;
  driven.host_driven = true;
  return start(std::move(driven));
}

Engine& Host::start(EngineOptions with) {
  auto created = Engine::create(std::move(with));
  REQUIRE_MESSAGE(created, created.error().message);
  engine = *std::move(created);
  return *engine;
}

void SinkLog::rejected(int status, std::string_view body) {
  add("rejected " + std::to_string(status) + ' ' + std::string(body));
}

void SinkLog::send(std::span<const std::uint8_t>, bool) {
  add("message");
}

std::vector<std::string> SinkLog::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

void SinkLog::add(const std::string& line) {
  {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
  }
  if (also) also(line);
}

}  // namespace sfu::engine_test

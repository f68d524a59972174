// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace sfu::capi_test {

std::uint16_t free_udp_port() {
  const int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  REQUIRE(descriptor >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0);
  REQUIRE(getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  close(descriptor);
  return ntohs(address.sin_port);
}

void Lines::add(std::string line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  changed_.notify_all();
}

std::vector<std::string> Lines::all() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::string Lines::wait(std::string_view beginning) {
  std::string found;
  wait_until([&] {
    const auto line = std::ranges::find_if(lines_, [&](const auto& each) { return each.starts_with(beginning); });
    if (line != lines_.end()) found = *line;
    return line != lines_.end();
  });
  return found;
}

std::size_t Lines::count(std::string_view beginning) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(lines_, [&](const auto& line) { return line.starts_with(beginning); }));
}

bool Lines::wait_count(std::string_view beginning, std::size_t count) {
  return wait_until([&] {
    return static_cast<std::size_t>(
               std::ranges::count_if(lines_, [&](const auto& line) { return line.starts_with(beginning); })) >= count;
  });
}

bool Lines::wait_until(const std::function<bool()>& holds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), holds);
}

std::string token(const std::string& identity, const std::string& room,
                  const std::function<void(sfu_video_grant&)>& grants) {
  sfu_video_grant video;
  SFU_INIT(video);
  video.room_join = 1;
  video.room = room.c_str();
  if (grants) grants(video);
  sfu_claims claims;
  SFU_INIT(claims);
  claims.identity = identity.c_str();
  claims.video = &video;
  sfu_access_token_options options;
  SFU_INIT(options);
  options.api_key = kKey.key;
  options.api_secret = kKey.value;
  char* made = nullptr;
  SFU_REQUIRE(sfu_access_token_create(&claims, &options, &made));
  const std::string copy = made;
  SFU_CHECK(sfu_free(made));
  return copy;
}

const sfu_transport_callbacks& null_transport() {
  static const sfu_transport_callbacks transport = [] {
    sfu_transport_callbacks made;
    SFU_INIT(made);
    made.open = [](void*, std::uint32_t, void**) -> sfu_status { return SFU_OK; };
    made.close = [](void*, void*) {};
    made.send = [](void*, void*, const sfu_datagram*, std::size_t) {};
    made.poll_descriptor = [](void*, void*) { return -1; };
    made.receive = [](void*, void*, std::int64_t, sfu_packet_sink*) -> sfu_bool { return 0; };
    made.candidates = [](void*, void*, const sfu_address**) -> std::size_t { return 0; };
    return made;
  }();
  return transport;
}

sfu_engine_options null_options() {
  sfu_engine_options options;
  SFU_INIT(options);
  options.workers = 1;
  options.keys = &kKey;
  options.key_count = 1;
  options.transport = &null_transport();
  return options;
}

sfu_engine* null_engine() {
  const sfu_engine_options options = null_options();
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  return engine;
}

TestServer::TestServer(const std::function<void(sfu_server_options&, sfu_engine_options&)>& change) {
  static const char* const loopback[] = {"127.0.0.1"};
  sfu_event_callbacks heard;
  SFU_INIT(heard);
  heard.user = &events;
  heard.on_event = [](void* user, const sfu_event* event) {
    const char* about = event->participant != nullptr ? event->participant->identity : event->room->name;
    static_cast<Lines*>(user)->add(std::string(event->name) + ' ' + about);
  };
  sfu_room_options rooms;
  SFU_INIT(rooms);
  rooms.remote_unmute = 1;
  sfu_engine_options engine_options;
  SFU_INIT(engine_options);
  engine_options.workers = 1;
  engine_options.udp_port_first = free_udp_port();
  engine_options.bind_addresses = loopback;
  engine_options.bind_address_count = 1;
  engine_options.keys = &kKey;
  engine_options.key_count = 1;
  engine_options.events = &heard;
  engine_options.room_defaults = &rooms;
  sfu_server_options options;
  SFU_INIT(options);
  options.port = SFU_NONE;
  options.bind_addresses = loopback;
  options.bind_address_count = 1;
  options.engine = &engine_options;
  if (change) change(options, engine_options);
  SFU_REQUIRE(sfu_server_create(&options, &server));
  SFU_REQUIRE(sfu_server_engine(server, &engine));
}

TestServer::~TestServer() {
  SFU_CHECK(sfu_engine_release(engine));
  SFU_CHECK(sfu_server_release(server));
}

std::string TestServer::url(const char* scheme) const {
  std::uint16_t port = 0;
  SFU_CHECK(sfu_server_get_port(server, &port));
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port);
}

sfu_room* TestServer::room(const char* name) const {
  sfu_room* room = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, name, &room));
  return room;
}

}  // namespace sfu::capi_test

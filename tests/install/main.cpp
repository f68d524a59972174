// SPDX-License-Identifier: Apache-2.0
// A program outside this repository, with something of each library: a room and a token of sfu::core, the names that
// sfu::control gives to its keys, a client of the room API that sfu::client refuses to make.
#include <sfu/access_token.hpp>
#include <sfu/config.hpp>
#include <sfu/engine.hpp>
#include <sfu/room.hpp>
#include <sfu/room_api_client.hpp>
#include <sfu/version.hpp>

#include <cstdio>
#include <utility>

namespace {

struct Nobody : sfu::SignalSink {
  void accepted() override {}
  void rejected(int, std::string_view) override {}
  void send(std::span<const std::uint8_t>, bool) override {}
  void close(std::uint16_t) override {}
};

}  // namespace

int main() {
  const auto authenticator = sfu::make_token_authenticator({{"key", "secret"}});
  sfu::EngineOptions options;
  options.bind_addresses = {*sfu::IpAddress::parse("127.0.0.1")};
  options.udp_port_first = options.udp_port_last = 0;
  options.authenticator = authenticator.get();
  const auto engine = sfu::Engine::create(std::move(options));
  if (!engine) return std::printf("%s\n", engine.error().message.c_str()), 1;
  const auto room = (*engine)->create_room("lecture");
  if (!room) return std::printf("%s\n", room.error().message.c_str()), 1;

  sfu::Claims ada;
  ada.identity = "ada";
  ada.video = sfu::VideoGrant{.room_join = true, .room = room->name};
  const auto token = sfu::make_access_token(ada, "key", "secret");
  if (!token) return std::printf("%s\n", token.error().message.c_str()), 1;
  sfu::ConnectRequest request;
  request.path = "/rtc/validate";
  request.query = {{"access_token", *token}};

  std::printf("version %s\n", sfu::version());
  std::printf("rooms: %s\n", (*engine)->rooms().at(0).name.c_str());
  std::printf("ada may join: %s\n", (*engine)->validate(request).body.c_str());
  std::printf("first key: %s\n", sfu::config_keys().at(0).name.c_str());
  std::printf("no URL: %s\n", sfu::to_string(sfu::RoomApiClient::create({.url = "nowhere"}).error().code));
}

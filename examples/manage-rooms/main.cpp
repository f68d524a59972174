// SPDX-License-Identifier: Apache-2.0
// A program that manages the rooms of a LiveKit server, or of sfu-server, from outside: it makes a room, prints a token
// to join it with, says a word to whoever is there, and lists the rooms. docs/server-sdk.md explains it.
//
//   manage-rooms http://127.0.0.1:7880 devkey secret
#include <cstdio>
#include <string>
#include <string_view>

#include "sfu/access_token.hpp"
#include "sfu/room_api_client.hpp"

namespace {

int complain(const sfu::ApiError& error) {
  std::fprintf(stderr, "%s (%s, HTTP %d)\n", error.message.c_str(), error.code.c_str(), error.status);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: %s url key secret\n", argv[0]), 2;
  const auto api = sfu::RoomApiClient::create({.url = argv[1], .api_key = argv[2], .api_secret = argv[3]});
  if (!api) return std::fprintf(stderr, "%s\n", api.error().message.c_str()), 2;

  sfu::CreateRoomOptions lecture;
  lecture.configuration.empty_timeout = std::chrono::minutes(10);
  lecture.configuration.max_participants = 50;
  const auto room = (*api)->create_room("lecture", lecture);
  if (!room) return complain(room.error());

  sfu::Claims ada;
  ada.identity = "ada";
  ada.video = sfu::VideoGrant{.room_join = true, .room = room->name};
  const auto token = sfu::make_access_token(ada, argv[2], argv[3]);
  if (token) std::printf("token for ada: %s\n", token->c_str());

  constexpr std::string_view kWelcome = "welcome";
  const auto sent = (*api)->send_data(
      room->name, {reinterpret_cast<const std::uint8_t*>(kWelcome.data()), kWelcome.size()}, {.topic = "news"});
  if (!sent) return complain(sent.error());

  const auto rooms = (*api)->list_rooms();
  if (!rooms) return complain(rooms.error());
  for (const sfu::RoomInfo& one : *rooms) std::printf("%s: %u participants\n", one.name.c_str(), one.num_participants);
}

// SPDX-License-Identifier: Apache-2.0
// Makes each call of sfu::RoomApiClient once, against a server that a test listens with: what it sends is compared with
// what the SDKs of others send for the same calls (tests/conformance/server_sdk.test.mjs has them in this order).
#include <cstdio>
#include <string>
#include <string_view>

#include "sfu/room_api_client.hpp"

namespace {

std::span<const std::uint8_t> bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// What the server answers is not looked at.
void call_all(const sfu::RoomApiClient& api, const std::string& nonce) {
  sfu::CreateRoomOptions room{.preset = "wide", .node_id = "ND_1"};
  room.configuration.empty_timeout = std::chrono::seconds(60);
  room.configuration.departure_timeout = std::chrono::seconds(7);
  room.configuration.max_participants = 12;
  room.configuration.metadata = "<\"Aula\"> & \\ Größe 5\n\x7f";
  room.configuration.playout_delay = {std::chrono::milliseconds(100), std::chrono::milliseconds(2000)};
  room.configuration.sync_streams = true;
  room.configuration.tags = {{"kind", "lecture"}};
  room.configuration.agents = R"([{"agentName":"clerk","metadata":"m","attributes":{"a":"b"}}])";
  (void)api.create_room("hall", room);
  (void)api.create_room("");
  (void)api.list_rooms();
  (void)api.list_rooms({"hall", "yard"});
  (void)api.delete_room("hall");
  (void)api.update_room_metadata("hall", "new");
  (void)api.update_room_metadata("hall", "");
  (void)api.list_participants("hall");
  (void)api.get_participant("hall", "ada");
  (void)api.remove_participant("hall", "ada");
  (void)api.remove_participant("hall", "ada", sfu::WallTime(std::chrono::seconds(1'700'000'000)));
  (void)api.mute_published_track("hall", "ada", "TR_1", true);
  (void)api.mute_published_track("hall", "ada", "TR_1", false);
  sfu::ParticipantUpdate update{.name = "Ada", .metadata = "m", .attributes = {{"seat", "3"}}};
  (void)api.update_participant("hall", "ada", update);
  update.permission.emplace();
  update.permission->can_publish_data = false;
  update.permission->can_publish_sources = {sfu::TrackSource::kCamera, sfu::TrackSource::kScreenShareAudio};
  update.permission->hidden = true;
  (void)api.update_participant("hall", "ada", update);
  (void)api.update_subscriptions("hall", "ada", {"TR_1", "TR_2"}, true);
  (void)api.update_subscriptions("hall", "ada", {"TR_1"}, false);
  (void)api.send_data("hall", bytes("\x01\xff hello"),
                      {.topic = "news", .to = {"ada", "ben"}, .to_sids = {"PA_1"}, .reliable = false, .nonce = nonce});
  (void)api.send_data("hall", bytes(""), {.nonce = nonce});
  (void)api.forward_participant("hall", "ada", "yard");
  (void)api.move_participant("hall", "ada", "yard");
  (void)api.create_dispatch("hall", {.agent_name = "clerk", .metadata = "m", .deployment = "blue", .restarts = false});
  (void)api.delete_dispatch("hall", "AD_1");
  (void)api.list_dispatches("hall");
  (void)api.list_dispatches("hall", "AD_1");
  (void)api.perform_rpc("hall", "ada",
                        {.method = "echo", .payload = "hi", .response_timeout = std::chrono::milliseconds(2500)});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return std::fprintf(stderr, "usage: %s url key secret json|protobuf nonce\n", argv[0]), 2;
  const auto api = sfu::RoomApiClient::create(
      {.url = argv[1], .api_key = argv[2], .api_secret = argv[3], .json = argv[4] == std::string_view("json")});
  if (!api) return std::fprintf(stderr, "%s\n", api.error().message.c_str()), 1;
  call_all(**api, argv[5]);
}

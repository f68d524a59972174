// SPDX-License-Identifier: Apache-2.0
// sfu::RoomApiClient against a server of ours, in both encodings, with people in the rooms.
#include "sfu/room_api_client.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <future>

#include "host.hpp"
#include "http/http.hpp"
#include "people.hpp"
#include "sfu/access_token.hpp"
#include "sfu/client.hpp"
#include "sfu/server.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

struct Service {
  Service() {
    ServerOptions options;
    options.bind_addresses = options.engine.bind_addresses = {kLoopback};
    options.port = 0;
    options.keys = {{"devkey", "secret"}};
    options.engine.udp_port_first = options.engine.udp_port_last = free_udp_port();
    options.engine.room_presets["wide"].max_participants = 99;
    auto created = Server::create(std::move(options));
    REQUIRE_MESSAGE(created, created.error().message);
    server = *std::move(created);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }
  std::unique_ptr<RoomApiClient> api(bool json = false) const {
    return api({.url = url(), .api_key = "devkey", .api_secret = "secret", .json = json});
  }
  static std::unique_ptr<RoomApiClient> api(RoomApiClientOptions options) {
    auto made = RoomApiClient::create(std::move(options));
    REQUIRE_MESSAGE(made, made.error().message);
    return *std::move(made);
  }
  std::unique_ptr<Server> server;
};

// Someone who answers calls, with a thread of its own.
class Answering final : public ClientObserver {
 public:
  Answering(const std::string& url, const std::string& room, const std::string& identity) {
    ClientOptions options;
    options.url = url;
    options.token = make_access_token("devkey", "secret", room, identity);
    auto made = Client::connect(std::move(options), *this);
    REQUIRE_MESSAGE(made, made.error().message);
    client = *std::move(made);
    client->handle("echo", [](const RpcCall& call, const RpcResponder& respond) { respond(call.payload); });
    client->handle("fail", [](const RpcCall&, const RpcResponder& respond) {
      respond(RpcError{.code = 42, .message = "no", .data = "because"});
    });
    REQUIRE(ready_.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  }
  void on_ready() override { ready_.set_value(); }

  std::unique_ptr<Client> client;

 private:
  std::promise<void> ready_;
};

std::vector<std::string> names(const std::vector<RoomInfo>& rooms) {
  std::vector<std::string> all;
  for (const RoomInfo& room : rooms) all.push_back(room.name);
  std::ranges::sort(all);
  return all;
}

std::span<const std::uint8_t> bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

TEST_CASE("rooms are made, listed, changed and deleted by the API's client") {
  const Service service;
  for (const bool json : {false, true}) {
    CAPTURE(json);
    const auto api = service.api(json);
    CreateRoomOptions options{.preset = "wide"};
    options.configuration.empty_timeout = std::chrono::seconds(60);
    options.configuration.metadata = "first";
    options.configuration.agents = R"([{"agentName":"clerk"}])";
    options.configuration.tags = {{"kind", "lecture"}};
    const auto made = api->create_room("hall", options);
    REQUIRE_MESSAGE(made, made.error().message);
    CHECK(made->sid.starts_with("RM_"));
    CHECK(made->empty_timeout == std::chrono::seconds(60));
    CHECK(made->max_participants == 99);
    CHECK(made->metadata == "first");
    REQUIRE(api->create_room("yard"));
    CHECK(api->create_room("hall")->sid == made->sid);
    CHECK(names(*api->list_rooms()) == std::vector<std::string>{"hall", "yard"});
    CHECK(names(*api->list_rooms({"yard", "nowhere"})) == std::vector<std::string>{"yard"});
    CHECK(api->update_room_metadata("hall", "second")->metadata == "second");
    CHECK(service.server->engine().room("hall").info()->metadata == "second");
    CHECK(api->send_data("hall", bytes("nobody hears it")));

    const auto agents = api->list_dispatches("hall");
    REQUIRE(agents);
    REQUIRE(agents->size() == 1);
    CHECK(agents->front().agent_name == "clerk");
    AgentDispatch guide;
    guide.agent_name = "guide";
    guide.metadata = "m";
    guide.restarts = false;
    const auto dispatch = api->create_dispatch("hall", guide);
    REQUIRE_MESSAGE(dispatch, dispatch.error().message);
    CHECK(dispatch->id.starts_with("AD_"));
    CHECK_FALSE(dispatch->restarts);
    CHECK(dispatch->created_at > made->created_at - std::chrono::seconds(1));
    CHECK(api->list_dispatches("hall", dispatch->id)->front().metadata == "m");
    CHECK(api->delete_dispatch("hall", dispatch->id)->agent_name == "guide");
    CHECK(api->list_dispatches("hall", dispatch->id)->empty());

    CHECK(api->delete_room("hall"));
    CHECK(api->delete_room("yard"));
    CHECK(api->list_rooms()->empty());
  }
}

TEST_CASE("participants are seen, changed, heard and sent away by the API's client") {
  const Service service;
  Engine& engine = service.server->engine();
  for (const bool json : {false, true}) {
    CAPTURE(json);
    const auto api = service.api(json);
    People people;
    const auto [alice, bob] = people.call(engine, "hall");
    const auto everyone = api->list_participants("hall");
    REQUIRE(everyone);
    REQUIRE(everyone->size() == 2);
    const auto seen = api->get_participant("hall", "alice");
    REQUIRE(seen);
    CHECK(seen->state == ParticipantState::kActive);
    REQUIRE(seen->tracks.size() == 1);
    CHECK(seen->tracks[0].sid == alice.track_sid());

    ParticipantPermission permission;
    permission.can_publish_sources = {TrackSource::kCamera};
    permission.can_publish_data = false;
    const auto changed = api->update_participant(
        "hall", "alice", {.name = "Alice", .attributes = {{"seat", "3"}}, .permission = permission});
    REQUIRE_MESSAGE(changed, changed.error().message);
    CHECK(changed->name == "Alice");
    CHECK(changed->attributes.at("seat") == "3");
    CHECK(engine.room("hall").participant("alice").permission()->can_publish_sources == permission.can_publish_sources);
    CHECK_FALSE(engine.room("hall").participant("alice").permission()->can_publish_data);

    const auto muted = api->mute_published_track("hall", "alice", alice.track_sid(), true);
    REQUIRE(muted);
    CHECK((*muted)->muted);
    CHECK_FALSE(api->mute_published_track("hall", "alice", "TR_none", true)->has_value());
    CHECK(api->mute_published_track("hall", "alice", alice.track_sid(), false).error().kind ==
          Errc::kFailedPrecondition);
    CHECK(api->update_subscriptions("hall", "bob", {alice.track_sid()}, false));

    const std::string nonce(16, 'n');
    for (int i = 0; i < 2; ++i) {
      REQUIRE(api->send_data("hall", bytes("to bob"), {.topic = "news", .to = {"bob"}, .nonce = nonce}));
    }
    REQUIRE(api->send_data("hall", bytes("to all")));
    const Person& hearer = bob;
    REQUIRE(people.run_until([&] { return std::ranges::count(hearer.texts(), "to all") == 1; }));
    CHECK(std::ranges::count(bob.texts(), "to bob") == 1);
    CHECK(std::ranges::count(alice.texts(), "to bob") == 0);

    REQUIRE(api->forward_participant("hall", "alice", "gallery"));
    CHECK(api->get_participant("gallery", "alice")->forwarded);
    REQUIRE(api->move_participant("hall", "bob", "yard"));
    CHECK(api->get_participant("yard", "bob"));
    CHECK(api->get_participant("hall", "bob").error().kind == Errc::kNotFound);
    REQUIRE(api->remove_participant("hall", "alice"));
    const Person& removed = alice;
    REQUIRE(people.run_until([&] { return removed.told_to_leave() != nullptr; }));
    CHECK(alice.told_to_leave()->reason() == livekit::PARTICIPANT_REMOVED);
    for (const char* room : {"hall", "yard", "gallery"}) (void)api->delete_room(room);
  }
}

TEST_CASE("[C-053] a participant's method is called by the API's client") {
  const Service service;
  const Answering answering(service.url(), "hall", "callee");
  const auto api = service.api();
  const auto answer = api->perform_rpc("hall", "callee", {.method = "echo", .payload = "hello"});
  REQUIRE_MESSAGE(answer, answer.error().message);
  CHECK(*answer == "hello");
  const ApiError refused = api->perform_rpc("hall", "callee", {.method = "fail"}).error();
  CHECK(refused.code == "internal");
  CHECK(refused.status == 500);
  CHECK(refused.message == "twirp error unknown: RpcError 42: no: because");
  CHECK(api->perform_rpc("hall", "callee", {.method = "none"}).error().kind == Errc::kInvalidArgument);
}

TEST_CASE("what the API refuses comes with its code, message and status") {
  const Service service;
  const auto api = service.api();
  const ApiError nobody = api->get_participant("hall", "nobody").error();
  CHECK(nobody.kind == Errc::kNotFound);
  CHECK(nobody.code == "not_found");
  CHECK(nobody.status == 404);
  CHECK(nobody.message == "twirp error unknown: participant does not exist");
  CreateRoomOptions huge;
  huge.configuration.metadata = std::string(600'000, 'm');
  const ApiError large = api->create_room("hall", huge).error();
  CHECK(large.kind == Errc::kInvalidArgument);
  CHECK(large.meta.at("argument") == "metadata size exceeds limits");
  CHECK(api->send_data("nowhere", {}).error().kind == Errc::kUnavailable);

  // A token of the caller's is shown as it is, for all calls.
  Claims lister;
  lister.video = VideoGrant{.room_list = true};
  const auto given = Service::api({.url = service.url(), .token = *make_access_token(lister, "devkey", "secret")});
  CHECK(given->list_rooms()->empty());
  const ApiError denied = given->create_room("hall").error();
  CHECK(denied.kind == Errc::kUnauthenticated);
  CHECK(denied.code == "unauthenticated");
  CHECK(denied.status == 401);
  CHECK(denied.message == "permissions denied");

  const ApiError stranger =
      Service::api({.url = service.url(), .api_key = "devkey", .api_secret = "wrong"})->list_rooms().error();
  CHECK(stranger.kind == Errc::kUnauthenticated);
  CHECK(stranger.code.empty());
  CHECK(stranger.status == 401);
  CHECK(stranger.message == "invalid authorization token: signature is not valid");
}

TEST_CASE("what is wrong on the way to the API is told apart") {
  CHECK(RoomApiClient::create({.url = "example.org", .token = "t"}).error().code == Errc::kInvalidArgument);
  CHECK(RoomApiClient::create({.url = "http://example.org", .api_key = "key"}).error().code == Errc::kInvalidArgument);

  std::vector<http::Responder> unanswered;  // by a server that takes requests and says nothing
  http::Config config;
  config.addresses = {{kLoopback, 0}};
  auto silent =
      http::Server::create(std::move(config), {.on_request =
                                                   [&](const http::Request& request, const http::Responder& respond) {
                                                     if (request.path == "/page/twirp/livekit.RoomService/ListRooms")
                                                       return respond({.status = 200, .body = "<html>"});
                                                     if (request.path.starts_with("/down/"))
                                                       return respond({.status = 502, .body = "bad gateway"});
                                                     unanswered.push_back(respond);
                                                   },
                                               .on_upgrade = {}});
  REQUIRE(silent);
  const std::string url = "ws://127.0.0.1:" + std::to_string((*silent)->addresses().front().port);
  const auto list = [](RoomApiClientOptions options) {
    options.token = "t";
    return Service::api(std::move(options))->list_rooms().error();
  };
  const ApiError late = list({.url = url, .timeout = std::chrono::milliseconds(200)});
  CHECK(late.kind == Errc::kTimeout);
  CHECK(late.status == 0);
  CHECK(list({.url = url + "/page/", .json = true}).kind == Errc::kMalformed);
  CHECK(list({.url = url + "/down"}).kind == Errc::kUnavailable);
  CHECK(list({.url = url + "/down"}).status == 502);
  CreateRoomOptions bad;
  bad.configuration.agents = "none";
  CHECK(Service::api({.url = url, .token = "t"})->create_room("hall", bad).error().kind == Errc::kInvalidArgument);
  silent->reset();
  unanswered.clear();
  const ApiError gone = list({.url = url});
  CHECK(gone.kind == Errc::kUnavailable);
  CHECK(gone.status == 0);
}

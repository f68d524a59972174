// SPDX-License-Identifier: Apache-2.0
// What all rooms together may hold.
#include <doctest/doctest.h>

#include "host.hpp"
#include "people.hpp"
#include "services/services.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

constexpr const char* kFull = "node has exceeded its configured limit";

// What somebody who wants to join is told, by /rtc/validate.
Engine::Verdict verdict_of(const Engine& engine) {
  ConnectRequest request = connect_request("hall", "newcomer");
  request.path = "/rtc/validate";
  return engine.validate(request);
}

// What the room API answers to who may make rooms.
twirp::Response answer(Engine& engine, const std::string& path, const std::string& json, const VideoGrant& grant) {
  twirp::Dispatcher dispatcher;
  services::add_services(dispatcher, engine, {});
  twirp::Request request{.method = "POST", .path = path, .content_type = "application/json", .body = json};
  request.claims.emplace().video = grant;
  twirp::Response response;
  dispatcher.dispatch(request, [&](twirp::Response came) { response = std::move(came); });
  return response;
}

}  // namespace

TEST_CASE("[C-095] who comes when there are as many tracks as may be is answered 503, and let in when some are gone") {
  Host host;
  host.limits.tracks = 4;  // two cameras, and each seen by the other
  Engine& engine = host.start();
  CHECK(verdict_of(engine).status == 200);
  People people;
  people.call(engine, "hall");
  REQUIRE(people.run_until([&] { return verdict_of(engine).status != 200; }));
  CHECK(verdict_of(engine).status == 503);
  CHECK(verdict_of(engine).body == kFull);

  const auto sink = std::make_shared<SinkLog>();
  const auto session = engine.connect(connect_request("hall", "newcomer"), sink);
  CHECK(sink->lines() == std::vector<std::string>{std::string("rejected 503 ") + kFull});

  // Nor is a room made, by the host or through the API, or found that is there.
  CHECK(engine.create_room("yard").error().code == Errc::kLimitExceeded);
  const std::string full = R"({"code":"unknown","msg":"reached configured limit for node"})";
  for (const char* room : {"yard", "hall"}) {
    const auto made = answer(engine, "/twirp/livekit.RoomService/CreateRoom",
                             std::string(R"({"name":")") + room + "\"}", {.room_create = true});
    CHECK(made.status == 500);
    CHECK(made.body == full);
  }
  const auto sent = answer(engine, "/twirp/livekit.AgentDispatchService/CreateDispatch", R"({"room":"yard"})",
                           {.room = "yard", .room_admin = true});
  CHECK(sent.status == 500);
  CHECK(sent.body == full);
  CHECK(engine.rooms({"yard"}).empty());

  REQUIRE(engine.room("hall").close());
  REQUIRE(people.run_until([&] { return verdict_of(engine).status == 200; }));
}

TEST_CASE("[C-095] who comes when more bytes pass in a second than may is answered 503") {
  Host host;
  host.limits.bytes_per_second = 1000;
  Engine& engine = host.start();
  CHECK(verdict_of(engine).status == 200);
  People people;
  people.call(engine, "hall");
  REQUIRE(people.run_until([&] { return verdict_of(engine).status == 503; }));
}

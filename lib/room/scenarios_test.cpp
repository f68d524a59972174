// SPDX-License-Identifier: Apache-2.0
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

using livekit::SimulateScenario;

void simulate(World& world, TestClient& client, const std::function<void(SimulateScenario&)>& set) {
  SimulateScenario scenario;
  set(scenario);
  world.room->simulate(world.now(), client.id, scenario, world.out);
  world.deliver();
}

Result<ParticipantId> resume(World& world, TestClient& client, ConnectionId connection) {
  ResumeParams params;
  params.identity = client.identity;
  params.connection = connection;
  client.connection = connection;
  client.closed = false;
  client.messages.clear();
  auto id = world.room->resume(world.now(), params, world.out);
  world.deliver();
  return id;
}

}  // namespace

TEST_CASE("[S-081] speaker_update: those who hear the sender see it speak at 0.9, and fall silent after the time") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& deaf = world.connect("deaf", true, [](JoinParams& params) { params.auto_subscribe = false; });
  world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "camera"));
  world.run(milliseconds(500));
  simulate(world, alice, [](SimulateScenario& scenario) { scenario.set_speaker_update(3); });
  for (auto* client : {&alice, &bob}) {
    const auto heard = client->speakers();
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].sid() == alice.sid);
    CHECK(heard[0].active());
    CHECK(heard[0].level() == doctest::Approx(0.9));
  }
  world.run(milliseconds(2900));
  CHECK(bob.speakers().size() == 1);
  world.run(milliseconds(200));
  REQUIRE(bob.speakers().size() == 2);
  CHECK_FALSE(bob.speakers()[1].active());
  CHECK(bob.speakers()[1].level() == 0);
  CHECK(deaf.speakers().empty());
}

TEST_CASE("[S-081] node_failure and migration drop the sender without a word; its resume finds nobody") {
  for (const bool migration : {false, true}) {
    CAPTURE(migration);
    World world;
    auto& alice = world.connect("alice");
    auto& bob = world.connect("bob");
    simulate(world, bob, [&](SimulateScenario& scenario) {
      if (migration) {
        scenario.set_migration(true);
      } else {
        scenario.set_node_failure(true);
      }
    });
    CHECK(bob.closed);
    CHECK(bob.count(Case::kLeave) == 0);
    CHECK(resume(world, bob, 900).error().code == Errc::kNotFound);
    world.run(seconds(4));
    CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::DISCONNECTED);
    CHECK(alice.heard_of("bob").disconnect_reason() == (migration ? livekit::MIGRATION : livekit::SERVER_SHUTDOWN));
  }
}

TEST_CASE("[S-081] server_leave ends the session; leave_request_full_reconnect asks to join anew") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  simulate(world, alice, [](SimulateScenario& scenario) { scenario.set_server_leave(true); });
  CHECK(alice.closed);
  CHECK(alice.last(Case::kLeave).leave().reason() == livekit::SERVER_SHUTDOWN);
  CHECK(alice.last(Case::kLeave).leave().action() == livekit::LeaveRequest::DISCONNECT);
  CHECK_FALSE(world.room->find("alice"));
  simulate(world, bob, [](SimulateScenario& scenario) { scenario.set_leave_request_full_reconnect(true); });
  CHECK(bob.closed);
  CHECK(bob.last(Case::kLeave).leave().reason() == livekit::CLIENT_INITIATED);
  CHECK(bob.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RECONNECT);
}

TEST_CASE("[S-081] switch_candidate_protocol restarts ICE where the server offers, and the connection goes on") {
  World world;
  auto& alice = world.connect("alice", /*v1=*/false);
  auto& bob = world.connect("bob");
  const auto before = alice.count(Case::kOffer);
  const auto old_sdp = sdp::parse(alice.last(Case::kOffer).offer().sdp());
  for (auto* client : {&alice, &bob}) {
    simulate(world, *client, [](SimulateScenario& scenario) { scenario.set_switch_candidate_protocol(livekit::TCP); });
  }
  REQUIRE(alice.count(Case::kOffer) == before + 1);
  const auto new_sdp = sdp::parse(alice.last(Case::kOffer).offer().sdp());
  CHECK(new_sdp->media.front().ice_ufrag != old_sdp->media.front().ice_ufrag);
  CHECK(bob.count(Case::kOffer) == 0);
  world.run(seconds(20));
  CHECK(alice.subscriber.connected);
  CHECK_FALSE(alice.closed);
  CHECK_FALSE(bob.closed);
}

TEST_CASE("[S-081] disconnect_signal_on_resume: one resume is cut off when all has been said, the next one holds") {
  World world;
  auto& alice = world.connect("alice");
  const auto wish = [](SimulateScenario& scenario) { scenario.set_disconnect_signal_on_resume(true); };
  simulate(world, alice, wish);
  CHECK_FALSE(alice.closed);
  world.room->connection_closed(world.now(), alice.connection, world.out);
  world.run(seconds(1));
  REQUIRE(resume(world, alice, 901).has_value());
  CHECK(alice.closed);
  CHECK(alice.count(Case::kReconnect) == 1);
  CHECK(alice.count(Case::kUpdate) >= 1);
  CHECK(alice.count(Case::kRoomUpdate) == 1);
  REQUIRE(resume(world, alice, 902).has_value());
  CHECK_FALSE(alice.closed);

  simulate(world, alice, wish);
  world.room->connection_closed(world.now(), alice.connection, world.out);
  world.run(seconds(6));  // too late for it
  REQUIRE(resume(world, alice, 903).has_value());
  CHECK_FALSE(alice.closed);
}

TEST_CASE("[S-081] disconnect_signal_on_resume_no_messages: three attempts fail before they begin") {
  World world;
  auto& alice = world.connect("alice");
  simulate(world, alice,
           [](SimulateScenario& scenario) { scenario.set_disconnect_signal_on_resume_no_messages(true); });
  world.room->connection_closed(world.now(), alice.connection, world.out);
  for (int attempt = 0; attempt < 3; ++attempt) {
    world.run(seconds(1));
    CHECK(resume(world, alice, 910u + static_cast<unsigned>(attempt)).error().code == Errc::kUnavailable);
    CHECK(alice.messages.empty());
  }
  REQUIRE(resume(world, alice, 920).has_value());
  CHECK(alice.count(Case::kReconnect) == 1);
  CHECK_FALSE(alice.closed);
}

TEST_CASE("a scenario that is switched off, or none, does nothing") {
  World world;
  auto& alice = world.connect("alice");
  simulate(world, alice, [](SimulateScenario& scenario) { scenario.set_server_leave(false); });
  simulate(world, alice, [](SimulateScenario& scenario) { scenario.set_node_failure(false); });
  simulate(world, alice, [](SimulateScenario& scenario) { scenario.set_leave_request_full_reconnect(false); });
  simulate(world, alice, [](SimulateScenario&) {});
  CHECK_FALSE(alice.closed);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

TEST_CASE("[S-076] signalling lost before ICE ends the session at once; lost with the media it lasts some 20 seconds") {
  World world;
  auto& alice = world.connect("alice");
  auto& early = world.client("early");
  early.negotiates = false;
  world.join(early);
  world.room->connection_closed(world.now(), early.connection, world.out);
  CHECK_FALSE(world.room->find("early"));

  auto& bob = world.connect("bob");
  world.run(seconds(4));
  world.room->connection_closed(world.now(), bob.connection, world.out);
  world.run(seconds(30));
  CHECK(world.room->find("bob"));  // its media stands
  bob.publisher.peer.reset();
  world.run(seconds(10));
  CHECK(world.room->find("bob"));
  world.run(seconds(15));
  CHECK_FALSE(world.room->find("bob"));
  world.run(seconds(3));
  CHECK(alice.heard_of("bob").disconnect_reason() == livekit::CONNECTION_TIMEOUT);
}

TEST_CASE("[S-077] who never connects is ended after 60 seconds") {
  World world;
  auto& alice = world.client("alice");
  alice.negotiates = false;
  world.join(alice);
  world.run(seconds(59));
  CHECK_FALSE(alice.closed);
  world.run(seconds(2));
  CHECK(alice.closed);
  CHECK(alice.last(Case::kLeave).leave().reason() == livekit::JOIN_FAILURE);
  CHECK(world.count(Event::Type::kParticipantConnectionAborted) == 1);
  CHECK(world.registry.live == 0);
}

TEST_CASE("[S-078] a connection that fails: the client is told to resume, and has five seconds") {
  World world;
  auto& alice = world.connect("alice");
  alice.publisher.peer.reset();
  world.run(seconds(16));
  REQUIRE(alice.closed);
  CHECK(alice.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RESUME);
  CHECK(alice.last(Case::kLeave).leave().reason() == livekit::CONNECTION_TIMEOUT);
  CHECK(world.room->find("alice"));
  SUBCASE("it does not come") {
    world.run(seconds(6));
    CHECK_FALSE(world.room->find("alice"));
  }
  SUBCASE("it comes") {
    ResumeParams params;
    params.identity = "alice";
    params.connection = 999;
    CHECK(world.room->resume(world.now(), params, world.out).has_value());
    world.run(seconds(6));
    CHECK(world.room->find("alice"));
  }
}

namespace {

void resume(World& world, TestClient& client) {
  ResumeParams params;
  params.identity = client.identity;
  params.connection = ++client.connection;
  client.closed = false;
  REQUIRE(world.room->resume(world.now(), params, world.out).has_value());
  world.deliver();
}

}  // namespace

TEST_CASE("[S-076][S-078] who resumes, and whose media does not come back, is not kept for ever") {
  for (const bool v1 : {true, false}) {
    CAPTURE(v1);
    World world;
    auto& alice = world.connect("alice", v1);
    world.run(seconds(4));
    alice.negotiates = false;
    alice.publisher.peer.reset();
    alice.subscriber.peer.reset();
    world.run(seconds(16));
    REQUIRE(alice.closed);
    resume(world, alice);
    SUBCASE("its signalling is lost, too") {
      world.run(seconds(1));
      world.room->connection_closed(world.now(), alice.connection, world.out);
      world.run(seconds(4));
      CHECK(world.room->find("alice"));
      world.run(seconds(2));
      CHECK_FALSE(world.room->find("alice"));
    }
    SUBCASE("its signalling stays: it is told to join anew") {
      world.run(seconds(19));
      CHECK(world.room->find("alice"));
      CHECK_FALSE(alice.closed);
      world.run(seconds(2));
      CHECK_FALSE(world.room->find("alice"));
      CHECK(alice.last(Case::kLeave).leave().reason() == livekit::CONNECTION_TIMEOUT);
      CHECK(alice.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RECONNECT);
    }
    SUBCASE("it resumes again and again, until its connection has failed for good, and is lost") {
      for (int i = 0; i < 3; ++i) {
        world.run(seconds(15));
        resume(world, alice);
      }
      world.room->connection_closed(world.now(), alice.connection, world.out);
      world.run(seconds(6));
      CHECK_FALSE(world.room->find("alice"));
      world.run(seconds(21));
      CHECK(world.room->finished());
    }
  }
}

TEST_CASE("[S-078] who resumes, and whose media comes back, stays") {
  World world;
  auto& alice = world.connect("alice");
  auto peer = std::move(alice.publisher.peer);  // the network is away
  world.run(seconds(16));
  REQUIRE(alice.closed);
  resume(world, alice);
  world.run(seconds(10));
  alice.publisher.peer = std::move(peer);
  peer::Output sink{world.datagrams, alice.publisher.events};
  alice.publisher.peer->restart_ice(sink);
  alice.send_offer();
  world.run(seconds(40));
  CHECK(alice.publisher.connected);
  CHECK_FALSE(alice.closed);
  CHECK(world.room->find("alice"));
  // That deadline is over: the next failure is one of its own.
  alice.publisher.peer.reset();
  world.run(seconds(16));
  CHECK(alice.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RESUME);
}

TEST_CASE("[S-079] a client's leave is answered, and its connection closed") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.run(seconds(4));
  world.publish(bob, bob.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.room->leave(world.now(), bob.id, {}, world.out);
  world.deliver();
  CHECK(bob.closed);
  CHECK(bob.last(Case::kLeave).leave().reason() == livekit::CLIENT_INITIATED);
  CHECK(bob.last(Case::kLeave).leave().action() == livekit::LeaveRequest::DISCONNECT);
  CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::DISCONNECTED);
  CHECK(alice.heard_of("bob").disconnect_reason() == livekit::CLIENT_INITIATED);
  CHECK(world.registry.live == 1);
  CHECK(world.count(Event::Type::kParticipantLeft) == 1);
  world.room->leave(world.now(), bob.id, {}, world.out);  // a handle that finds nothing
}

TEST_CASE("clients before protocol 13 are told by can_reconnect") {
  World world;
  auto& old = world.join("old", true, [](JoinParams& params) { params.client.set_protocol(12); });
  livekit::SimulateScenario scenario;
  SUBCASE("full reconnect") {
    scenario.set_leave_request_full_reconnect(true);
    world.room->simulate(world.now(), old.id, scenario, world.out);
    world.deliver();
    CHECK(old.last(Case::kLeave).leave().can_reconnect());
  }
  SUBCASE("disconnect") {
    scenario.set_server_leave(true);
    world.room->simulate(world.now(), old.id, scenario, world.out);
    world.deliver();
    CHECK_FALSE(old.last(Case::kLeave).leave().can_reconnect());
  }
  CHECK(old.closed);
}

TEST_CASE("[S-080] removal, deletion and shutdown each have their reason") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.room->remove_participant(world.now(), alice.id, livekit::PARTICIPANT_REMOVED, world.out);
  world.deliver();
  CHECK(alice.last(Case::kLeave).leave().reason() == livekit::PARTICIPANT_REMOVED);
  world.room->close(world.now(), livekit::ROOM_DELETED, world.out);
  world.deliver();
  CHECK(bob.last(Case::kLeave).leave().reason() == livekit::ROOM_DELETED);
  CHECK(bob.last(Case::kLeave).leave().action() == livekit::LeaveRequest::DISCONNECT);
  CHECK(world.room->finished());
  CHECK(world.count(Event::Type::kRoomFinished) == 1);
  auto& late = world.client("late");
  const auto refused = world.room->join(world.now(), world.join_params(late), world.out);
  CHECK(refused.error().code == Errc::kClosed);
}

TEST_CASE("[S-082] an empty room closes: never joined after 300 s, left after 20 s; agents alone do not hold it") {
  RoomOptions options;
  options.name = "lobby";
  World world(options);
  SUBCASE("never joined") {
    world.run(seconds(299));
    CHECK_FALSE(world.room->finished());
    world.run(seconds(2));
    CHECK(world.room->finished());
  }
  SUBCASE("left") {
    auto& alice = world.connect("alice");
    auto& agent =
        world.connect("agent", true, [](JoinParams& params) { params.kind = livekit::ParticipantInfo::AGENT; });
    world.run(seconds(400));
    CHECK_FALSE(world.room->finished());
    world.room->leave(world.now(), alice.id, {}, world.out);
    world.run(seconds(19));
    CHECK_FALSE(world.room->finished());
    world.run(seconds(2));
    CHECK(world.room->finished());
    CHECK(agent.last(Case::kLeave).leave().reason() == livekit::ROOM_CLOSED);
  }
}

TEST_CASE("[S-082] a room whose only person becomes a recorder is one that all have left just now; and the other way") {
  World world;
  livekit::ParticipantPermission permission;
  permission.set_can_subscribe(true);
  SUBCASE("a person becomes a recorder") {
    auto& alice = world.connect("alice");
    world.run(seconds(400));
    permission.set_recorder(true);
    REQUIRE(world.room->set_permission(world.now(), alice.id, permission, world.out).has_value());
    world.run(seconds(19));
    CHECK_FALSE(world.room->finished());
    world.run(seconds(2));
    CHECK(world.room->finished());
  }
  SUBCASE("a recorder becomes a person, and leaves") {
    auto& robot = world.connect("robot", true, [](JoinParams& params) { params.permission.set_recorder(true); });
    REQUIRE(world.room->set_permission(world.now(), robot.id, permission, world.out).has_value());
    world.run(seconds(400));
    CHECK_FALSE(world.room->finished());
    world.room->leave(world.now(), robot.id, {}, world.out);
    world.run(seconds(19));
    CHECK_FALSE(world.room->finished());
    world.run(seconds(2));
    CHECK(world.room->finished());
  }
}

TEST_CASE("[C-055][C-074] a room without a timeout is there for who makes it, and ends with the last one") {
  RoomOptions options;
  options.empty_timeout = options.departure_timeout = Duration::zero();
  World world(options);
  REQUIRE_FALSE(world.room->finished());
  SUBCASE("who joins stays") {
    auto& alice = world.connect("alice");
    world.run(seconds(30));
    CHECK_FALSE(world.room->finished());
    world.room->leave(world.now(), alice.id, {}, world.out);
    world.run(milliseconds(100));
    CHECK(world.room->finished());
  }
  SUBCASE("nobody joins") {
    world.run(milliseconds(1100));
    CHECK(world.room->finished());
  }
}

TEST_CASE("[S-071][S-072] a resume: reconnect, updates, the room, and in v0 an offer that restarts ICE") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    World world;
    auto& alice = world.connect("alice", v1);
    auto& bob = world.connect("bob");
    world.run(seconds(4));
    const auto sid = alice.sid;
    world.room->connection_closed(world.now(), alice.connection, world.out);
    world.room->leave(world.now(), bob.id, {}, world.out);
    world.run(seconds(1));
    alice.messages.clear();
    alice.connection = 500;
    ResumeParams params;
    params.identity = "alice";
    params.connection = 500;
    params.response.mutable_server_info()->set_version("1.13.5");
    REQUIRE(world.room->resume(world.now(), params, world.out).has_value());
    world.deliver();
    std::vector<Case> order;
    for (const auto& message : alice.messages) order.push_back(message.message_case());
    std::vector<Case> expected = {Case::kReconnect, Case::kUpdate, Case::kUpdate, Case::kRoomUpdate};
    if (!v1) expected.insert(expected.end(), {Case::kOffer, Case::kTrickle});
    REQUIRE(order == expected);
    CHECK(alice.messages[0].reconnect().server_info().version() == "1.13.5");
    CHECK(alice.messages[1].update().participants(0).identity() == "bob");
    CHECK(alice.messages[1].update().participants(0).state() == livekit::ParticipantInfo::DISCONNECTED);
    CHECK(alice.messages[2].update().participants(0).sid() == sid);
    world.run(seconds(3));
    CHECK((v1 ? alice.publisher : alice.subscriber).connected);
    CHECK_FALSE(alice.closed);
  }
}

TEST_CASE("[S-073] there is nothing to resume for an identity that is not here") {
  World world;
  ResumeParams params;
  params.identity = "nobody";
  const auto resumed = world.room->resume(world.now(), params, world.out);
  REQUIRE_FALSE(resumed.has_value());
  CHECK(resumed.error().code == Errc::kNotFound);
}

TEST_CASE("[S-074] a resumed client that believes in a track we do not know must reconnect; else its wishes return") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.publish(bob, bob.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(milliseconds(300));
  const auto sid = bob.last(Case::kTrackPublished).track_published().track().sid();
  livekit::SyncState state;
  state.mutable_subscription()->add_track_sids(sid);
  world.room->sync_state(world.now(), alice.id, state, world.out);
  world.run(milliseconds(300));
  CHECK(alice.last(Case::kAnswer).answer().mid_to_track_id().empty());
  state.add_publish_tracks()->mutable_track()->set_sid("TR_AMnobody");
  world.room->sync_state(world.now(), alice.id, state, world.out);
  world.deliver();
  CHECK(alice.last(Case::kLeave).leave().reason() == livekit::STATE_MISMATCH);
  CHECK(alice.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RECONNECT);
}

TEST_CASE("[S-075] the last reliable sequence is told on resume") {
  World world;
  auto& alice = world.connect("alice");
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload("x");
  for (const std::uint32_t sequence : {1u, 2u, 7u}) {
    packet.set_sequence(sequence);
    alice.send_data(packet, true);
  }
  world.run(milliseconds(100));
  ResumeParams params;
  params.identity = "alice";
  params.connection = alice.connection = 501;
  REQUIRE(world.room->resume(world.now(), params, world.out).has_value());
  world.deliver();
  CHECK(alice.last(Case::kReconnect).reconnect().last_message_seq() == 7);
}

TEST_CASE("an idle room sleeps: no deadline comes within its consent checks and reports but those of its peers") {
  World world;
  world.connect("alice");
  world.run(seconds(10));
  int wakes = 0;
  for (const Instant end = world.now() + seconds(60); world.now() < end; ++wakes) {
    const auto next = std::max(world.room->deadline(), world.now() + milliseconds(1));
    world.run(std::min<Duration>(next - world.now(), seconds(1)));
  }
  CHECK(wakes < 150);
}

}  // namespace sfu::room

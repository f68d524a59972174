// SPDX-License-Identifier: Apache-2.0
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

TEST_CASE("[S-013] the join response carries what the specification lists") {
  RoomOptions options;
  options.name = "lobby";
  options.metadata = "hello";
  options.max_participants = 9;
  World world(options);
  auto& alice = world.connect("alice");
  auto& track = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, track);

  auto& bob = world.join("bob", true, [](JoinParams& params) {
    params.response.mutable_server_info()->set_version("1.13.5");
    params.response.add_ice_servers()->add_urls("stun:example.com");
    params.name = "Bob";
    params.attributes["team"] = "red";
  });
  REQUIRE(bob.messages.front().has_join());
  const auto& join = bob.messages.front().join();
  CHECK(join.room().name() == "lobby");
  CHECK(join.room().sid().starts_with("RM_"));
  CHECK(join.room().sid().size() == 15);
  CHECK(join.room().metadata() == "hello");
  CHECK(join.room().max_participants() == 9);
  CHECK(join.room().empty_timeout() == 300);
  CHECK(join.room().departure_timeout() == 20);
  CHECK(join.room().creation_time() == 1'700'000'000);
  CHECK(join.room().num_participants() == 2);
  CHECK(join.room().num_publishers() == 1);
  CHECK_FALSE(join.room().turn_password().empty());
  CHECK(join.participant().sid().starts_with("PA_"));
  CHECK(join.participant().identity() == "bob");
  CHECK(join.participant().name() == "Bob");
  CHECK(join.participant().attributes().at("team") == "red");
  CHECK(join.participant().state() == livekit::ParticipantInfo::JOINING);
  CHECK(join.participant().permission().can_publish());
  REQUIRE(join.other_participants_size() == 1);
  CHECK(join.other_participants(0).identity() == "alice");
  REQUIRE(join.other_participants(0).tracks_size() == 1);
  CHECK(join.other_participants(0).tracks(0).source() == livekit::CAMERA);
  CHECK(join.server_info().version() == "1.13.5");
  CHECK(join.ice_servers_size() == 1);
  CHECK(join.ping_timeout() == 15);
  CHECK(join.ping_interval() == 5);
  CHECK(join.sif_trailer().size() >= 32);
  CHECK(join.fast_publish());
}

TEST_CASE("[S-014] publish codecs are VP8 and H264 first, video before audio, without RTX and what the client lacks") {
  World world;
  auto& alice = world.join("alice", true, [](JoinParams& params) {
    auto* disabled = params.response.mutable_client_configuration()->mutable_disabled_codecs();
    disabled->add_codecs()->set_mime("video/AV1");
    disabled->add_publish()->set_mime("video/VP9");
  });
  std::vector<std::string> codecs;
  for (const auto& codec : alice.messages.front().join().enabled_publish_codecs()) codecs.push_back(codec.mime());
  CHECK(codecs == std::vector<std::string>{"video/VP8", "video/H264", "video/H265", "audio/PCMU", "audio/PCMA",
                                           "audio/opus", "audio/red"});
}

TEST_CASE("[S-015] the subscriber connection is primary in v0 for those who may subscribe, never in v1") {
  World world;
  CHECK(world.join("a", false).messages.front().join().subscriber_primary());
  CHECK_FALSE(world.join("b", true).messages.front().join().subscriber_primary());
  const auto no_subscribe = [](JoinParams& params) { params.permission.set_can_subscribe(false); };
  auto& deaf = world.join("c", false, no_subscribe);
  CHECK_FALSE(deaf.messages.front().join().subscriber_primary());
  CHECK(deaf.count(Case::kOffer) == 0);
}

TEST_CASE("[S-064] others see a participant joined, active and disconnected, in that order and with the reason") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.run(seconds(4));
  CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::ACTIVE);
  livekit::LeaveRequest leave;
  leave.set_reason(livekit::USER_REJECTED);
  world.room->leave(world.now(), bob.id, leave, world.out);
  world.run(seconds(4));
  std::vector<int> states;
  for (const auto& message : alice.messages) {
    for (const auto& info : message.update().participants()) {
      if (info.identity() == "bob" && (states.empty() || states.back() != info.state())) states.push_back(info.state());
    }
  }
  CHECK(std::ranges::is_sorted(states));
  CHECK(states.back() == livekit::ParticipantInfo::DISCONNECTED);
  CHECK(alice.heard_of("bob").disconnect_reason() == livekit::USER_REJECTED);
  CHECK(alice.heard_of("bob").tracks().empty());
}

TEST_CASE("[S-065] a hidden participant is seen by nobody, but sees others and its own changes") {
  World world;
  auto& alice = world.connect("alice");
  auto& ghost = world.connect("ghost", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  auto& late = world.connect("late");
  world.run(seconds(4));
  CHECK(alice.heard_of("ghost").sid().empty());
  CHECK(late.heard_of("ghost").sid().empty());
  CHECK(ghost.heard_of("late").state() == livekit::ParticipantInfo::ACTIVE);
  livekit::UpdateParticipantMetadata update;
  update.set_name("boo");
  world.room->update_metadata(world.now(), ghost.id, update, world.out);
  world.run(seconds(4));
  CHECK(ghost.heard_of("ghost").name() == "boo");
  CHECK(alice.heard_of("ghost").sid().empty());
}

TEST_CASE("[S-066] a second session of an identity ends the first, and others see only the new one") {
  World world;
  auto& alice = world.connect("alice");
  auto& old = world.connect("bob");
  world.run(seconds(4));
  auto& fresh = world.connect("bob");
  world.run(seconds(4));
  CHECK(old.closed);
  CHECK(old.last(Case::kLeave).leave().reason() == livekit::DUPLICATE_IDENTITY);
  CHECK(old.last(Case::kLeave).leave().action() == livekit::LeaveRequest::DISCONNECT);
  CHECK(alice.heard_of("bob").sid() == fresh.sid);
  for (const auto& message : alice.messages) {
    for (const auto& info : message.update().participants()) {
      CHECK((info.sid() != old.sid || info.state() != livekit::ParticipantInfo::DISCONNECTED));
    }
  }
  CHECK(world.room->participant_count() == 2);
}

TEST_CASE("where newcomers are refused, who is there stays, unless its signalling connection is lost") {
  RoomOptions options;
  options.duplicate_identity = DuplicateIdentity::kRefuse;
  World world(options);
  auto& bob = world.connect("bob");
  auto& again = world.client("bob");
  CHECK(world.room->may_join("alice").has_value());
  CHECK_FALSE(world.room->may_join("bob").has_value());
  const auto refused = world.room->join(world.now(), world.join_params(again), world.out);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kAlreadyExists);
  CHECK(refused.error().message == "bob is in the room already");
  world.deliver();
  CHECK_FALSE(bob.closed);
  CHECK(world.room->participant_count() == 1);

  world.room->connection_closed(world.now(), bob.connection, world.out);
  const auto joined = world.room->join(world.now(), world.join_params(again), world.out);
  REQUIRE(joined.has_value());
  CHECK(world.room->participant_info(*joined).sid() != bob.sid);
  CHECK(world.room->participant_count() == 1);
}

TEST_CASE("[S-083] a full room refuses one more, but not an agent") {
  RoomOptions options;
  options.max_participants = 1;
  World world(options);
  world.join("alice");
  auto& bob = world.client("bob");
  const auto refused = world.room->join(world.now(), world.join_params(bob), world.out);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kLimitExceeded);
  auto agent = world.join_params(bob);
  agent.kind = livekit::ParticipantInfo::AGENT;
  CHECK(world.room->join(world.now(), std::move(agent), world.out).has_value());
}

TEST_CASE("[S-067] own metadata: refused without the grant, bounded, and answered after the update") {
  World world;
  auto& alice = world.join("alice");
  livekit::UpdateParticipantMetadata update;
  update.set_metadata("m");
  update.set_request_id(7);
  (*update.mutable_attributes())["k"] = "v";
  alice.messages.clear();
  world.room->update_metadata(world.now(), alice.id, update, world.out);
  world.deliver();
  REQUIRE(alice.messages.size() == 2);
  CHECK(alice.messages[0].update().participants(0).metadata() == "m");
  CHECK(alice.messages[1].request_response().request_id() == 7);
  CHECK(alice.messages[1].request_response().reason() == livekit::RequestResponse::OK);
  CHECK(world.count(Event::Type::kParticipantUpdated) == 1);

  SUBCASE("an empty attribute deletes its key, an empty name changes nothing") {
    (*update.mutable_attributes())["k"] = "";
    update.clear_metadata();
    world.room->update_metadata(world.now(), alice.id, update, world.out);
    const auto info = world.room->participant_info(alice.id);
    CHECK(info.attributes().empty());
    CHECK(info.metadata() == "m");
  }
  SUBCASE("[S-068] attributes over 64 KiB are refused whole") {
    (*update.mutable_attributes())["large"] = std::string(64 * 1024, 'x');
    update.set_metadata("other");
    world.room->update_metadata(world.now(), alice.id, update, world.out);
    world.deliver();
    CHECK(alice.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::LIMIT_EXCEEDED);
    CHECK(world.room->participant_info(alice.id).metadata() == "m");
  }
  SUBCASE("without the grant") {
    auto& bob = world.join("bob", true, [](JoinParams& params) { params.permission.set_can_update_metadata(false); });
    world.room->update_metadata(world.now(), bob.id, update, world.out);
    world.deliver();
    CHECK(bob.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::NOT_ALLOWED);
  }
}

TEST_CASE("[S-062] a subscriber's arrival is told within three seconds, a publisher's change at once") {
  World world;
  auto& alice = world.connect("alice");
  world.run(seconds(4));
  auto& bob = world.connect("bob");
  CHECK(alice.heard_of("bob").sid().empty());
  world.run(seconds(3));
  CHECK(alice.heard_of("bob").sid() == bob.sid);
  world.publish(bob, bob.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  CHECK(alice.heard_of("bob").is_publisher());
  CHECK(alice.heard_of("bob").tracks_size() == 1);
}

TEST_CASE("[S-070] a room's metadata is told at once, its counts within five seconds") {
  World world;
  auto& alice = world.connect("alice");
  world.run(seconds(6));
  alice.messages.clear();
  world.room->set_metadata(world.now(), "new", world.out);
  world.deliver();
  CHECK(alice.last(Case::kRoomUpdate).room_update().room().metadata() == "new");
  world.connect("bob");
  world.run(seconds(5));
  CHECK(alice.last(Case::kRoomUpdate).room_update().room().num_participants() == 2);

  const auto record = [](JoinParams& params) { params.permission.set_recorder(true); };
  auto& recorder = world.join("recorder", true, record);
  CHECK(alice.last(Case::kRoomUpdate).room_update().room().active_recording());
  world.run(seconds(1));
  const auto told = alice.count(Case::kRoomUpdate);
  world.join("another", true, record);
  CHECK(alice.count(Case::kRoomUpdate) == told);  // counts alone are not urgent
  for (const auto* identity : {"recorder", "another"}) {
    CHECK(alice.last(Case::kRoomUpdate).room_update().room().active_recording());
    world.room->remove_participant(world.now(), world.room->find(identity), livekit::PARTICIPANT_REMOVED, world.out);
    world.deliver();
  }
  CHECK_FALSE(alice.last(Case::kRoomUpdate).room_update().room().active_recording());
  CHECK(recorder.closed);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/publish_watchdog.hpp"

#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

RoomOptions watched() {
  RoomOptions options;
  options.reconnect_on_publication_error = true;
  return options;
}

void announce(World& world, TestClient& client, const TestTrack& track, bool muted = false) {
  auto request = client.add_track_request(track);
  request.set_muted(muted);
  world.room->add_track(world.now(), client.id, request, world.out);
  world.deliver();
}

void set_muted(World& world, TestClient& client, bool muted) {
  livekit::MuteTrackRequest request;
  request.set_sid(client.last(Case::kTrackPublished).track_published().track().sid());
  request.set_muted(muted);
  world.room->mute_track(world.now(), client.id, request, world.out);
  world.deliver();
}

void check_must_reconnect(const TestClient& client) {
  REQUIRE(client.count(Case::kLeave) == 1);
  const auto& leave = client.last(Case::kLeave).leave();
  CHECK(leave.reason() == livekit::STATE_MISMATCH);
  CHECK(leave.action() == livekit::LeaveRequest::RECONNECT);
  CHECK(client.closed);
}

}  // namespace

TEST_CASE("a track that is announced and does not come in 30 s makes its client start afresh") {
  World world(watched());
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  announce(world, alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  world.run(seconds(29));
  CHECK(alice.count(Case::kLeave) == 0);
  world.run(seconds(2));
  check_must_reconnect(alice);
  world.run(seconds(4));  // who publishes nothing is told of with others
  CHECK(bob.heard_of("alice").state() == livekit::ParticipantInfo::DISCONNECTED);
  CHECK_FALSE(bob.closed);
}

TEST_CASE("a track that comes in time is not missed later, and another one is") {
  World world(watched());
  auto& alice = world.connect("alice");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  announce(world, alice, camera);
  world.run(seconds(29));
  alice.send_offer();
  world.run(seconds(120));
  CHECK(alice.count(Case::kLeave) == 0);
  announce(world, alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(31));
  check_must_reconnect(alice);
}

TEST_CASE("simulcast has not come with its section: its packets are waited for") {
  World world(watched());
  auto& alice = world.connect("alice");
  peer::SenderSpec spec;
  spec.kind = rtp::MediaKind::kVideo;
  spec.stream_id = "stream";
  spec.track_id = "cam";
  spec.cname = "cname";
  spec.codecs.emplace_back().codec = rtp::Codec::kVp8;
  spec.rids = {"q", "h", "f"};
  REQUIRE(alice.publisher.peer->negotiation().bind_sender(spec).has_value());
  TestTrack camera;
  camera.cid = "cam";
  announce(world, alice, camera);
  alice.send_offer();
  REQUIRE(world.room->participant_info(alice.id).tracks_size() == 1);
  world.run(seconds(29));
  CHECK(alice.count(Case::kLeave) == 0);
  world.run(seconds(2));
  check_must_reconnect(alice);
}

TEST_CASE("a muted track is not waited for until it is unmuted") {
  World world(watched());
  auto& alice = world.connect("alice");
  announce(world, alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"), /*muted=*/true);
  world.run(seconds(120));
  set_muted(world, alice, false);
  world.run(seconds(20));
  set_muted(world, alice, true);
  set_muted(world, alice, false);  // the 30 s begin anew
  world.run(seconds(20));
  CHECK(alice.count(Case::kLeave) == 0);
  world.run(seconds(11));
  check_must_reconnect(alice);
}

TEST_CASE("the 30 s begin when the connection stands") {
  World world(watched());
  auto& alice = world.join("alice");
  alice.deaf = true;
  announce(world, alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(50));  // less than the 60 s to become active
  CHECK(alice.count(Case::kLeave) == 0);
}

TEST_CASE("nobody is made to start afresh where the operator does not want it") {
  World world;
  auto& alice = world.connect("alice");
  announce(world, alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  world.run(seconds(120));
  CHECK(alice.count(Case::kLeave) == 0);
  CHECK_FALSE(alice.closed);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

constexpr std::array<std::uint8_t, 40> kAudio = {0xfc, 1, 2, 3};

livekit::ParticipantPermission all_permissions() {
  livekit::ParticipantPermission permission;
  permission.set_can_publish(true);
  permission.set_can_subscribe(true);
  permission.set_can_publish_data(true);
  permission.set_can_update_metadata(true);
  return permission;
}

void set(World& world, const TestClient& client, const livekit::ParticipantPermission& permission) {
  CHECK(world.room->set_permission(world.now(), client.id, permission, world.out).has_value());
  world.run(milliseconds(500));
}

std::string publish(World& world, TestClient& client, TestTrack& track) {
  world.publish(client, track);
  return client.last(Case::kTrackPublished).track_published().track().sid();
}

}  // namespace

TEST_CASE("[S-069] sources that are not allowed any more are removed, and their publisher is told") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  const auto camera = publish(world, alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  const auto mic = publish(world, alice, microphone);
  world.run(milliseconds(500));
  REQUIRE(bob.heard_of("alice").tracks_size() == 2);

  auto permission = all_permissions();
  permission.add_can_publish_sources(livekit::MICROPHONE);
  set(world, alice, permission);
  REQUIRE(alice.count(Case::kTrackUnpublished) == 1);
  CHECK(alice.last(Case::kTrackUnpublished).track_unpublished().track_sid() == camera);
  for (const auto* client : {&alice, &bob}) {
    const auto info = client->heard_of("alice");
    REQUIRE(info.tracks_size() == 1);
    CHECK(info.tracks(0).sid() == mic);
    CHECK(info.permission().can_publish_sources_size() == 1);
  }
  CHECK(world.count(Event::Type::kParticipantUpdated) == 1);  // for which signalling renews the token
  CHECK(world.count(Event::Type::kTrackUnpublished) == 1);
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().size() == 1);
  alice.send_packet(microphone, kAudio);
  world.run(milliseconds(20));
  CHECK(bob.received().size() == 1);

  world.room->add_track(world.now(), alice.id, alice.add_track_request(alice.tracks.front()), world.out);
  world.deliver();
  CHECK(alice.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::NOT_ALLOWED);
  set(world, alice, permission);  // the same again: no news
  CHECK(world.count(Event::Type::kParticipantUpdated) == 1);
}

TEST_CASE("[S-069] a client of before protocol 7 is told to mute what was removed") {
  World world;
  auto& alice = world.connect("alice", false, [](JoinParams& params) { params.client.set_protocol(6); });
  const auto sid = publish(world, alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  auto permission = all_permissions();
  permission.set_can_publish(false);
  set(world, alice, permission);
  CHECK(alice.count(Case::kTrackUnpublished) == 0);
  CHECK(alice.last(Case::kMute).mute().sid() == sid);
  CHECK(alice.last(Case::kMute).mute().muted());
  CHECK(world.room->participant_info(alice.id).tracks().empty());
}

TEST_CASE("[S-069] tracks that wait for their section, or for their cid, go too") {
  World world;
  auto& alice = world.connect("alice");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  for (int i = 0; i < 2; ++i) {
    world.room->add_track(world.now(), alice.id, alice.add_track_request(camera), world.out);
  }
  world.deliver();
  auto permission = all_permissions();
  permission.set_can_publish(false);
  set(world, alice, permission);
  CHECK(alice.count(Case::kTrackUnpublished) == 1);
  alice.send_offer();
  CHECK(alice.count(Case::kTrackPublished) == 1);
  CHECK(world.room->participant_info(alice.id).tracks().empty());
}

TEST_CASE("[S-069] who may not subscribe any more hears nothing, and hears again when it may") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    World world;
    auto& alice = world.connect("alice");
    auto& bob = world.connect("bob", v1);
    auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
    publish(world, alice, microphone);
    world.run(milliseconds(500));
    const auto send = [&] {
      bob.received().clear();
      alice.send_packet(microphone, kAudio);
      world.run(milliseconds(20));
      return bob.received().size();
    };
    CHECK(send() == 1);
    auto permission = all_permissions();
    permission.set_can_subscribe(false);
    set(world, bob, permission);
    CHECK(send() == 0);
    CHECK(world.count(Event::Type::kTrackUnsubscribed) == 1);
    set(world, bob, all_permissions());
    CHECK(send() == 1);
  }
}

TEST_CASE("[S-069] data of who may not publish it any more is dropped") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload("hello");
  const auto send = [&] {
    alice.send_data(packet, true);
    world.run(milliseconds(100));
    return bob.received_data().size();
  };
  CHECK(send() == 1);
  auto permission = all_permissions();
  permission.set_can_publish_data(false);
  set(world, alice, permission);
  CHECK(send() == 1);
}

TEST_CASE("[S-048] the host mutes a track: its publisher is told to, and all see it") {
  RoomOptions options;
  options.remote_unmute = true;
  World world(options);
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  const auto sid = publish(world, alice, microphone);
  world.run(milliseconds(500));
  const auto muted = world.room->mute_published_track(world.now(), alice.id, sid, true, world.out);
  REQUIRE(muted.has_value());
  CHECK(muted->muted());
  world.deliver();
  CHECK(alice.last(Case::kMute).mute().sid() == sid);
  CHECK(alice.last(Case::kMute).mute().muted());
  CHECK(bob.heard_of("alice").tracks(0).muted());
  CHECK(bob.count(Case::kMute) == 0);
  alice.send_packet(microphone, kAudio);
  world.run(milliseconds(20));
  CHECK(bob.received().empty());
  CHECK(world.room->mute_published_track(world.now(), alice.id, sid, false, world.out).has_value());
  world.deliver();
  CHECK_FALSE(alice.last(Case::kMute).mute().muted());
  CHECK_FALSE(bob.heard_of("alice").tracks(0).muted());
  CHECK(world.room->mute_published_track(world.now(), alice.id, "TR_AMnobody", true, world.out).error().code ==
        Errc::kNotFound);
  CHECK(world.room->mute_published_track(world.now(), {}, sid, true, world.out).error().code == Errc::kNotFound);
}

TEST_CASE("[S-048] nobody else unmutes a track unless the room allows it") {
  World world;
  auto& alice = world.connect("alice");
  const auto sid = publish(world, alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  REQUIRE(world.room->mute_published_track(world.now(), alice.id, sid, true, world.out));
  const auto unmuted = world.room->mute_published_track(world.now(), alice.id, sid, false, world.out);
  REQUIRE_FALSE(unmuted);
  CHECK(unmuted.error().code == Errc::kFailedPrecondition);
  CHECK(unmuted.error().message == "remote unmute not enabled");
  CHECK(world.room->participant_info(alice.id).tracks(0).muted());
}

TEST_CASE("limits of names, metadata and attributes are the room's, and 0 is none") {
  RoomOptions options;
  options.limits.name = 3;
  options.limits.attributes = 4;
  options.limits.metadata = 0;
  World world(options);
  auto& alice = world.connect("alice");
  const auto change = [&](const std::string& name, const std::string& metadata, const std::string& attribute) {
    livekit::UpdateParticipantMetadata update;
    update.set_name(name);
    update.set_metadata(metadata);
    (*update.mutable_attributes())["key"] = attribute;
    const auto changed = world.room->update_participant(world.now(), alice.id, update, world.out);
    return changed ? "" : changed.error().message;
  };
  CHECK(change("abc", std::string(1'000'000, 'm'), "v").empty());
  CHECK(change("abcd", "", "v") == "name exceeds the limit of 3 bytes");
  CHECK(change("", "", "vv") == "attributes exceed the limit of 4 bytes");
}

TEST_CASE("the host changes name and attributes of someone who may not do so itself") {
  World world;
  auto& alice =
      world.connect("alice", true, [](JoinParams& params) { params.permission.set_can_update_metadata(false); });
  auto& bob = world.connect("bob");
  livekit::UpdateParticipantMetadata update;
  update.set_name("Alice");
  (*update.mutable_attributes())["hand"] = "raised";
  CHECK(world.room->update_participant(world.now(), alice.id, update, world.out).has_value());
  world.deliver();
  CHECK(bob.heard_of("alice").name() == "Alice");
  CHECK(alice.heard_of("alice").attributes().at("hand") == "raised");
  CHECK(alice.count(Case::kRequestResponse) == 0);
  CHECK(world.count(Event::Type::kParticipantUpdated) == 1);
  update.set_name(std::string(257, 'x'));
  CHECK(world.room->update_participant(world.now(), alice.id, update, world.out).error().code == Errc::kLimitExceeded);
}

TEST_CASE("the host ends and begins a subscription of someone") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  const auto sid = publish(world, alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(milliseconds(500));
  livekit::UpdateSubscription update;
  update.add_participant_tracks()->add_track_sids(sid);
  CHECK(world.room->update_subscriptions(world.now(), bob.id, update, world.out).has_value());
  world.run(milliseconds(300));
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().empty());
  update.set_subscribe(true);
  CHECK(world.room->update_subscriptions(world.now(), bob.id, update, world.out).has_value());
  world.run(milliseconds(300));
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().size() == 1);
}

TEST_CASE("the host's data comes from nobody, to those whom it names") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  livekit::DataPacket packet;
  packet.set_kind(livekit::DataPacket::RELIABLE);
  packet.mutable_user()->set_payload("hello");
  packet.mutable_user()->set_topic("news");
  packet.add_destination_identities("bob");
  world.room->send_data(world.now(), packet, world.out);
  packet.clear_destination_identities();
  packet.set_kind(livekit::DataPacket::LOSSY);
  world.room->send_data(world.now(), packet, world.out);
  world.run(milliseconds(100));
  REQUIRE(bob.received_data().size() == 2);
  REQUIRE(alice.received_data().size() == 1);
  const auto& named = bob.received_data()[0];
  CHECK(named.kind() == livekit::DataPacket::RELIABLE);
  CHECK(named.participant_identity().empty());
  CHECK(named.participant_sid().empty());
  CHECK(named.destination_identities(0) == "bob");
  CHECK(named.user().payload() == "hello");
  CHECK(named.user().topic() == "news");
  CHECK(alice.received_data()[0].kind() == livekit::DataPacket::LOSSY);

  // Who is about to be reached gets what is reliable.
  auto& carol = world.join("carol");
  packet.set_kind(livekit::DataPacket::RELIABLE);
  world.room->send_data(world.now(), packet, world.out);
  world.run(seconds(1));
  REQUIRE(carol.received_data().size() == 1);
  CHECK(carol.received_data()[0].user().payload() == "hello");
}

TEST_CASE("[C-049] the host's data with a nonce that was seen is dropped") {
  World world;
  auto& alice = world.connect("alice");
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload("once");
  packet.mutable_user()->set_nonce("0123456789abcdef");
  world.room->send_data(world.now(), packet, world.out);
  world.room->send_data(world.now(), packet, world.out);
  packet.mutable_user()->set_nonce("another of those");
  world.room->send_data(world.now(), packet, world.out);
  world.run(milliseconds(100));
  CHECK(alice.received_data().size() == 2);
}

}  // namespace sfu::room

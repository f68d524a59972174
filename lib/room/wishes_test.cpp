// SPDX-License-Identifier: Apache-2.0
// What becomes of a subscription that must wait, and of what was asked for it (signalling 2.9).
#include "room/subscription_permission.hpp"
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

constexpr std::array<std::uint8_t, 40> kAudio = {0xfc, 1, 2, 3};

std::string publish(World& world, TestClient& client, TestTrack& track) {
  world.publish(client, track);
  return client.last(Case::kTrackPublished).track_published().track().sid();
}

void subscribe(World& world, TestClient& client, const std::string& sid, bool wanted) {
  livekit::UpdateSubscription request;
  request.set_subscribe(wanted);
  request.add_track_sids(sid);
  world.room->update_subscription(world.now(), client.id, request, world.out);
  world.deliver();
}

void disable(World& world, TestClient& client, const std::string& sid) {
  livekit::UpdateTrackSettings settings;
  settings.add_track_sids(sid);
  settings.set_disabled(true);
  world.room->update_track_settings(world.now(), client.id, settings, world.out);
}

}  // namespace

TEST_CASE("a track that finds no section for 15 s is reported once, and comes all the same when it can") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.client("bob");
  bob.placeholder_audios = 0;
  world.join(bob);
  world.run(seconds(1));
  bob.negotiates = false;
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  const auto sid = publish(world, alice, microphone);
  world.run(seconds(14));
  CHECK(bob.count(Case::kSubscriptionResponse) == 0);
  world.run(seconds(5));
  REQUIRE(bob.count(Case::kSubscriptionResponse) == 1);
  CHECK(bob.last(Case::kSubscriptionResponse).subscription_response().track_sid() == sid);
  CHECK(bob.last(Case::kSubscriptionResponse).subscription_response().err() == livekit::SE_UNKNOWN);
  world.run(seconds(30));
  CHECK(bob.count(Case::kSubscriptionResponse) == 1);
  bob.negotiates = true;
  bob.placeholder_audios = 1;
  bob.send_offer();
  world.run(milliseconds(300));
  alice.send_packet(microphone, kAudio);
  world.run(milliseconds(20));
  CHECK(bob.received().size() == 1);
}

TEST_CASE("tracks beyond the limit wait silently for one that ends, each kind by itself") {
  RoomOptions options;
  options.audio_subscription_limit = 1;
  World world(options);
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& first = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  auto& second = alice.add_track(livekit::AUDIO, livekit::SCREEN_SHARE_AUDIO, "tab");
  publish(world, alice, first);
  publish(world, alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  const auto sid = publish(world, alice, second);
  world.run(seconds(20));
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().size() == 2);
  alice.send_packet(second, kAudio);
  world.run(milliseconds(20));
  CHECK(bob.received().empty());
  CHECK(bob.count(Case::kSubscriptionResponse) == 0);
  alice.unpublish(first);
  world.run(seconds(4));
  alice.send_packet(second, kAudio);
  world.run(milliseconds(20));
  CHECK(bob.received().size() == 1);
}

TEST_CASE("[S-055] settings outlive a loss of permission, and a pause between two wishes of less than three seconds") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  const auto sid = publish(world, alice, microphone);
  world.run(milliseconds(500));
  const auto send = [&] {
    bob.received().clear();
    alice.send_packet(microphone, kAudio);
    world.run(milliseconds(20));
    return bob.received().size();
  };
  CHECK(send() == 1);
  disable(world, bob, sid);
  world.run(milliseconds(200));
  CHECK(send() == 0);

  SUBCASE("permission") {
    livekit::SubscriptionPermission permission;
    world.room->set_subscription_permission(world.now(), alice.id, permission, world.out);
    world.run(seconds(10));
    permission.set_all_participants(true);
    world.room->set_subscription_permission(world.now(), alice.id, permission, world.out);
    world.run(milliseconds(500));
    CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().size() == 1);
    CHECK(send() == 0);
  }
  SUBCASE("a short pause") {
    subscribe(world, bob, sid, false);
    world.run(seconds(2));
    subscribe(world, bob, sid, true);
    world.run(milliseconds(500));
    CHECK(send() == 0);
  }
  SUBCASE("a long one") {
    subscribe(world, bob, sid, false);
    world.run(seconds(4));
    subscribe(world, bob, sid, true);
    world.run(milliseconds(500));
    CHECK(send() == 1);
  }
}

TEST_CASE("[S-055] with an adaptive stream a track that was disabled is enabled when it is bound") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", true, [](JoinParams& params) {
    params.auto_subscribe = false;
    params.adaptive_stream = true;
  });
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  const auto sid = publish(world, alice, microphone);
  disable(world, bob, sid);
  subscribe(world, bob, sid, true);
  world.run(milliseconds(500));
  alice.send_packet(microphone, kAudio);
  world.run(milliseconds(20));
  CHECK(bob.received().size() == 1);
}

TEST_CASE("who begins to hear someone is told at once how loud and how well connected it is") {
  World world;
  auto& alice = world.connect("alice");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  const auto sid = publish(world, alice, microphone);
  auto& bob = world.connect("bob", true, [](JoinParams& params) { params.auto_subscribe = false; });
  const auto speak = [&](int packets) {
    for (int i = 0; i < packets; ++i) {
      alice.send_packet(microphone, kAudio, true, 20);
      world.run(milliseconds(20));
    }
  };
  speak(350);
  CHECK(bob.count(Case::kSpeakersChanged) == 0);
  for (const auto& message : bob.messages) {
    for (const auto& update : message.connection_quality().updates()) CHECK(update.participant_sid() == bob.sid);
  }
  subscribe(world, bob, sid, true);
  speak(10);
  REQUIRE(bob.count(Case::kSpeakersChanged) == 1);
  CHECK(bob.last(Case::kSpeakersChanged).speakers_changed().speakers(0).sid() == alice.sid);
  CHECK(bob.last(Case::kSpeakersChanged).speakers_changed().speakers(0).active());
  const auto& quality = bob.last(Case::kConnectionQuality).connection_quality();
  REQUIRE(quality.updates_size() == 1);
  CHECK(quality.updates(0).participant_sid() == alice.sid);
  CHECK(quality.updates(0).quality() == livekit::EXCELLENT);
}

TEST_CASE("[S-057] a publisher that restarts ICE is told again which qualities are watched") {
  World world;
  auto& alice = world.connect("alice");
  world.connect("bob");
  publish(world, alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  world.run(milliseconds(500));
  const auto before = alice.count(Case::kSubscribedQualityUpdate);
  peer::Output sink{world.datagrams, alice.publisher.events};
  alice.publisher.peer->restart_ice(sink);
  alice.send_offer();
  world.run(milliseconds(100));
  CHECK(alice.count(Case::kSubscribedQualityUpdate) == before + 1);
}

TEST_CASE("a publisher's permissions name no more participants and tracks than there could be") {
  SubscriptionPermissions permissions;
  const auto nobody = [](const std::string&) { return std::string(); };
  livekit::SubscriptionPermission request;
  auto& bob = *request.add_track_permissions();
  bob.set_participant_identity("bob");
  bob.add_track_sids("TR_1");
  CHECK(permissions.set(request, nobody));
  auto more = request;
  for (int i = 0; i < SubscriptionPermissions::kMaxEntries; ++i)
    more.mutable_track_permissions(0)->add_track_sids("TR_2");
  CHECK_FALSE(permissions.set(more, nobody));
  more = request;
  for (int i = 0; i < SubscriptionPermissions::kMaxEntries; ++i) {
    more.add_track_permissions()->set_participant_identity(std::to_string(i));
  }
  CHECK_FALSE(permissions.set(more, nobody));
  // Nothing changed.
  CHECK(permissions.allows("bob", "TR_1"));
  CHECK_FALSE(permissions.allows("bob", "TR_2"));
  CHECK_FALSE(permissions.allows("1", "TR_1"));
  // Two entries of one participant count together.
  auto& again = *request.add_track_permissions();
  again.set_participant_identity("bob");
  again.add_track_sids("TR_2");
  CHECK(permissions.set(request, nobody));
  CHECK(permissions.allows("bob", "TR_1"));
  CHECK(permissions.allows("bob", "TR_2"));
}

}  // namespace sfu::room

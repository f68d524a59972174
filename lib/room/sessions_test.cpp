// SPDX-License-Identifier: Apache-2.0
// One identity, several sessions; one session, several connections.
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

// All infos of `identity` that the client was told, in order.
std::vector<livekit::ParticipantInfo> told_of(const TestClient& client, const std::string& identity) {
  std::vector<livekit::ParticipantInfo> infos;
  for (const auto& message : client.messages) {
    for (const auto& info : message.join().other_participants()) infos.push_back(info);
    for (const auto& info : message.update().participants()) infos.push_back(info);
  }
  std::erase_if(infos, [&](const auto& info) { return info.identity() != identity; });
  return infos;
}

bool resume(World& world, TestClient& client, ConnectionId connection, const std::string& sid = {}) {
  ResumeParams params;
  params.identity = client.identity;
  params.participant_sid = sid;
  params.connection = connection;
  const bool resumed = world.room->resume(world.now(), params, world.out).has_value();
  if (resumed) client.connection = connection;
  client.closed = false;
  world.deliver();
  return resumed;
}

}  // namespace

TEST_CASE("[S-073] a session of another device with the same identity is not a client's to resume") {
  World world;
  auto& laptop = world.connect("alice");
  auto& phone = world.connect("alice");
  REQUIRE(laptop.closed);
  CHECK_FALSE(resume(world, laptop, 500, laptop.sid));
  CHECK_FALSE(phone.closed);
  CHECK(resume(world, phone, 501, phone.sid));
}

TEST_CASE("[S-072] who left a moment before the client was last heard is told on a resume: it may not have heard it") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.run(seconds(4));
  world.room->leave(world.now(), bob.id, {}, world.out);
  world.run(seconds(4));
  world.room->mute_track(world.now(), alice.id, {}, world.out);  // heard, and hears nothing any more
  world.deliver();
  alice.messages.clear();
  REQUIRE(resume(world, alice, 500));
  REQUIRE(told_of(alice, "bob").size() == 1);
  CHECK(told_of(alice, "bob")[0].state() == livekit::ParticipantInfo::DISCONNECTED);
}

TEST_CASE("[S-063] the end of a session is not told after the beginning of the next one, to nobody") {
  World world;
  auto& alice = world.connect("alice");
  auto& first = world.connect("bob");
  world.run(seconds(4));
  world.room->leave(world.now(), first.id, {}, world.out);  // told within three seconds
  world.run(milliseconds(200));
  auto& second = world.connect("bob");
  auto& carol = world.connect("carol");
  SUBCASE("the next one stays") {
    world.run(seconds(4));
    CHECK(alice.heard_of("bob").sid() == second.sid);
  }
  SUBCASE("the next one leaves, too") {
    world.room->leave(world.now(), second.id, {}, world.out);
    world.run(seconds(4));
    CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::DISCONNECTED);
  }
  for (const auto& info : told_of(carol, "bob")) CHECK(info.sid() == second.sid);
  for (const auto& info : told_of(second, "bob")) CHECK(info.sid() == second.sid);
}

TEST_CASE("[S-066] where the next session is hidden, the end of the older one is told") {
  World world;
  auto& alice = world.connect("alice");
  world.connect("bob");
  world.run(seconds(4));
  REQUIRE(alice.heard_of("bob").state() == livekit::ParticipantInfo::ACTIVE);
  world.connect("bob", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  world.run(seconds(4));
  CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::DISCONNECTED);
}

TEST_CASE("[S-065] what a hidden participant publishes goes to nobody: no client could say whose it is") {
  World world;
  auto& alice = world.connect("alice");
  auto& ghost = world.connect("ghost", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  world.publish(ghost, ghost.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(1));
  CHECK(world.count(Event::Type::kTrackPublished) == 1);
  CHECK(alice.last(Case::kAnswer).answer().mid_to_track_id().empty());
  auto& late = world.connect("late", false);
  CHECK(late.last(Case::kOffer).offer().mid_to_track_id().empty());
  CHECK(world.count(Event::Type::kTrackSubscribed) == 0);
}

TEST_CASE("[S-071] v0: an offer that was lost with its connection is made again on a resume") {
  World world;
  auto& alice = world.connect("alice", false);
  auto& bob = world.connect("bob");
  alice.negotiates = false;
  world.publish(bob, bob.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(1));
  REQUIRE(alice.last(Case::kOffer).offer().mid_to_track_id().size() == 1);
  world.room->connection_closed(world.now(), alice.connection, world.out);
  alice.messages.clear();
  alice.negotiates = true;
  REQUIRE(resume(world, alice, 500));
  CHECK(alice.last(Case::kOffer).offer().mid_to_track_id().size() == 1);
  world.run(seconds(20));
  CHECK_FALSE(alice.closed);
  CHECK(world.count(Event::Type::kTrackSubscribed) == 1);
}

TEST_CASE("[S-053] what a client was told of its subscriptions it is told again on a resume") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.publish(bob, bob.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(1));
  livekit::SubscriptionPermission nobody;
  world.room->connection_closed(world.now(), alice.connection, world.out);
  world.room->set_subscription_permission(world.now(), bob.id, nobody, world.out);
  world.run(seconds(1));
  alice.messages.clear();
  REQUIRE(resume(world, alice, 500));
  CHECK_FALSE(alice.last(Case::kSubscriptionPermissionUpdate).subscription_permission_update().allowed());
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/testing.hpp"

using namespace sfu;
using namespace sfu::room;
using namespace sfu::room::testing;

TEST_CASE("news of many is told in messages of about the size that the room has") {
  for (const bool small : {false, true}) {
    CAPTURE(small);
    room::RoomOptions options;
    if (small) options.update_batch_target_size = 1;
    World world(options);
    auto& alice = world.connect("alice");
    std::vector<ParticipantId> others;
    for (const char* name : {"bob", "carol", "dave"}) others.push_back(world.connect(name).id);
    world.run(seconds(4));
    const auto before = alice.count(Case::kUpdate);
    for (const auto id : others)
      world.room->remove_participant(world.now(), id, livekit::PARTICIPANT_REMOVED, world.out);
    world.run(seconds(4));
    CHECK(alice.count(Case::kUpdate) - before == (small ? 3 : 1));
  }
}

TEST_CASE("those who are told the same of somebody share one message, and who is told less does not") {
  World world;
  auto& alice = world.connect("alice");
  world.connect("bob");
  world.connect("carol");
  auto& ghost = world.connect("ghost", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  world.run(seconds(4));  // what was gathered is told

  livekit::UpdateParticipantMetadata update;
  update.set_metadata("new");
  world.room->update_metadata(world.now(), alice.id, update, world.out);
  world.room->update_metadata(world.now(), ghost.id, update, world.out);
  std::vector<std::shared_ptr<const livekit::SignalResponse>> of_alice;
  std::vector<ConnectionId> of_ghost;
  for (const auto& signal : world.signals) {
    if (!signal.content().has_update()) continue;
    REQUIRE(signal.content().update().participants_size() == 1);
    if (signal.content().update().participants(0).identity() == "alice") of_alice.push_back(signal.shared);
    if (signal.content().update().participants(0).identity() == "ghost") of_ghost.push_back(signal.connection);
  }
  REQUIRE(of_alice.size() == 4);
  CHECK(std::ranges::all_of(of_alice, [&](const auto& message) { return message && message == of_alice[0]; }));
  CHECK(of_ghost == std::vector{ghost.connection});
}

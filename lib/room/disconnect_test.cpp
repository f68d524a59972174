// SPDX-License-Identifier: Apache-2.0
// Why sessions end (signalling 2.17), as those who end and those who stay are told.
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

struct Ending {
  const char* name;
  std::function<void(World&, TestClient&)> end;
  livekit::DisconnectReason reason;
  // What its client is told; unset: nothing.
  std::optional<livekit::LeaveRequest::Action> leave = livekit::LeaveRequest::DISCONNECT;
};

Ending client_leave(livekit::DisconnectReason said, livekit::DisconnectReason expected) {
  return {"leave",
          [said](World& world, TestClient& client) {
            livekit::LeaveRequest request;
            request.set_reason(said);
            world.room->leave(world.now(), client.id, request, world.out);
          },
          expected};
}

std::vector<Ending> endings() {
  return {
      client_leave(livekit::UNKNOWN_REASON, livekit::CLIENT_INITIATED),
      client_leave(livekit::SERVER_SHUTDOWN, livekit::CLIENT_INITIATED),  // not a client's to say
      client_leave(livekit::USER_UNAVAILABLE, livekit::USER_UNAVAILABLE),
      client_leave(livekit::USER_REJECTED, livekit::USER_REJECTED),
      client_leave(livekit::AGENT_ERROR, livekit::AGENT_ERROR),
      {"removed",
       [](World& world, TestClient& client) {
         world.room->remove_participant(world.now(), client.id, livekit::PARTICIPANT_REMOVED, world.out);
       },
       livekit::PARTICIPANT_REMOVED},
      {"disagreement over tracks",
       [](World& world, TestClient& client) {
         livekit::SyncState state;
         state.add_publish_tracks()->mutable_track()->set_sid("TR_unknown");
         world.room->sync_state(world.now(), client.id, state, world.out);
       },
       livekit::STATE_MISMATCH, livekit::LeaveRequest::RECONNECT},
      {"media lost and not resumed",
       [](World& world, TestClient& client) {
         client.publisher.peer.reset();
         world.run(seconds(22));
       },
       livekit::CONNECTION_TIMEOUT, livekit::LeaveRequest::RESUME},
  };
}

}  // namespace

TEST_CASE("[S-064][S-080] each way to go has its reason, for who goes and for who stays") {
  for (const auto& ending : endings()) {
    CAPTURE(ending.name);
    CAPTURE(livekit::DisconnectReason_Name(ending.reason));
    World world;
    auto& alice = world.connect("alice");
    auto& bob = world.connect("bob");
    ending.end(world, bob);
    world.run(seconds(4));
    CHECK(bob.closed);
    REQUIRE(bob.count(Case::kLeave) == 1);
    CHECK(bob.last(Case::kLeave).leave().reason() == ending.reason);
    CHECK(bob.last(Case::kLeave).leave().action() == ending.leave);
    CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::DISCONNECTED);
    CHECK(alice.heard_of("bob").disconnect_reason() == ending.reason);
    CHECK(alice.heard_of("bob").tracks().empty());
    const auto left = std::ranges::find(world.history, Event::Type::kParticipantLeft, &Event::type);
    REQUIRE(left != world.history.end());
    CHECK(left->participant.disconnect_reason() == ending.reason);
  }
}

TEST_CASE("[S-080] everybody is told that the server shuts down") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.room->close(world.now(), livekit::SERVER_SHUTDOWN, world.out);
  world.deliver();
  for (auto* client : {&alice, &bob}) {
    CHECK(client->closed);
    CHECK(client->last(Case::kLeave).leave().reason() == livekit::SERVER_SHUTDOWN);
    CHECK(client->last(Case::kLeave).leave().action() == livekit::LeaveRequest::DISCONNECT);
  }
}

TEST_CASE(
    "[S-064] who never connects is seen joined, and gone for its reason: its signalling closed, or its time was up") {
  for (const bool closed : {true, false}) {
    CAPTURE(closed);
    World world;
    auto& alice = world.connect("alice");
    auto& bob = world.client("bob");
    bob.negotiates = false;
    world.join(bob);
    world.run(seconds(4));
    CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::JOINED);
    if (closed) world.room->connection_closed(world.now(), bob.connection, world.out);
    world.run(seconds(61));
    CHECK(alice.heard_of("bob").state() == livekit::ParticipantInfo::DISCONNECTED);
    CHECK(alice.heard_of("bob").disconnect_reason() == (closed ? livekit::SIGNAL_CLOSE : livekit::JOIN_FAILURE));
    CHECK(bob.count(Case::kLeave) == (closed ? 0 : 1));
    CHECK(world.count(Event::Type::kParticipantConnectionAborted) == 1);
  }
}

TEST_CASE("[M-096] who has to go is told BYE for each stream that it was sent") {
  for (const bool v1 : {true, false}) {
    CAPTURE(v1);
    World world;
    auto& alice = world.connect("alice");
    auto& bob = world.connect("bob", v1);
    auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "camera");
    world.publish(alice, camera);
    world.run(milliseconds(500));
    const std::vector<std::uint8_t> payload{0x10, 0, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 2, 0x68, 1};
    alice.send_packet(camera, payload);
    world.run(milliseconds(100));
    REQUIRE_FALSE(bob.received().empty());
    const auto ssrc = rtp::PacketView::parse(bob.received().back())->ssrc();
    auto& connection = v1 ? bob.publisher : bob.subscriber;
    const auto goodbyes = [&] {
      std::size_t count = 0;
      for (const auto& compound : connection.rtcp) {
        rtcp::CompoundReader reader(compound);
        rtcp::Message message;
        while (reader.next(message)) {
          const auto* bye = std::get_if<rtcp::Bye>(&message);
          if (bye == nullptr) continue;
          for (const auto& source : bye->ssrcs) count += source.ssrc == ssrc ? 1 : 0;
        }
        CHECK(reader.malformed() == 0);
      }
      return count;
    };
    CHECK(goodbyes() == 0);
    world.room->remove_participant(world.now(), bob.id, livekit::PARTICIPANT_REMOVED, world.out);
    world.run(milliseconds(100));
    CHECK(goodbyes() == 1);
  }
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/data_packet.hpp"
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

livekit::DataPacket user_packet(std::string payload, std::uint32_t sequence = 0) {
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload(std::move(payload));
  packet.set_sequence(sequence);
  return packet;
}

std::vector<std::string> payloads(const TestClient& client) {
  std::vector<std::string> all;
  for (const auto& packet : client.received_data()) all.push_back(packet.user().payload());
  return all;
}

}  // namespace

TEST_CASE("[S-087] data goes to all others or to those named, stamped with its true sender, never back") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  auto& carol = world.connect("carol");
  bob.send_offer();
  world.run(seconds(1));
  auto forged = user_packet("all");
  forged.set_participant_identity("carol");
  forged.set_participant_sid("PA_forged");
  forged.mutable_user()->set_participant_identity("carol");
  for (const bool reliable : {true, false}) {
    CAPTURE(reliable);
    for (auto* client : {&alice, &bob, &carol}) {
      client->publisher.packets.clear();
      client->subscriber.packets.clear();
    }
    auto named = user_packet("only bob");
    named.add_destination_identities("bob");
    alice.send_data(forged, reliable);
    alice.send_data(named, reliable);
    bob.send_data(user_packet("from v0"), reliable);
    world.run(milliseconds(200));
    CHECK(payloads(bob) == std::vector<std::string>{"all", "only bob"});
    CHECK(payloads(carol) == std::vector<std::string>{"all", "from v0"});
    CHECK(payloads(alice) == std::vector<std::string>{"from v0"});
    const auto& received = carol.received_data()[0];
    CHECK(received.participant_identity() == "alice");
    CHECK(received.participant_sid() == alice.sid);
    CHECK(received.user().participant_identity() == "alice");
    CHECK(received.kind() == (reliable ? livekit::DataPacket::RELIABLE : livekit::DataPacket::LOSSY));
  }

  auto& ghost = world.connect("ghost", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  carol.publisher.packets.clear();
  ghost.send_data(user_packet("boo"), true);
  world.run(milliseconds(200));
  REQUIRE(carol.received_data().size() == 1);
  CHECK(carol.received_data()[0].participant_identity().empty());
}

TEST_CASE("[S-088] what is sent reliably while someone joins is delivered once, in order, when its channels open") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.client("bob", false);
  bob.negotiates = false;
  world.join(bob);
  for (std::uint32_t i = 1; i <= 3; ++i) alice.send_data(user_packet(std::to_string(i), i), true);
  world.run(milliseconds(100));
  bob.negotiates = true;
  bob.handle(bob.last(Case::kOffer));
  world.run(milliseconds(600));
  alice.send_data(user_packet("4", 4), true);
  world.run(milliseconds(200));
  CHECK(payloads(bob) == std::vector<std::string>{"1", "2", "3", "4"});
}

TEST_CASE("a reliable sequence that went back is a repetition, and so is a nonce seen before") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  alice.send_data(user_packet("one", 5), true);
  alice.send_data(user_packet("again", 5), true);
  alice.send_data(user_packet("older", 4), true);
  alice.send_data(user_packet("two", 6), true);
  auto once = user_packet("nonce");
  once.mutable_user()->set_nonce("0123456789abcdef");
  alice.send_data(once, true);
  alice.send_data(once, true);
  world.run(milliseconds(200));
  CHECK(payloads(bob) == std::vector<std::string>{"one", "two", "nonce"});
}

TEST_CASE("[S-089] packets of kinds not known here pass untouched; transcriptions come from agents only") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  livekit::DataPacket packet;
  packet.mutable_encrypted_packet()->set_encrypted_value("secret");
  alice.send_data(packet, true);
  livekit::DataPacket unknown;
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddLengthDelimited(99, "future");
  alice.send_data(unknown, true);
  livekit::DataPacket dtmf;
  dtmf.mutable_sip_dtmf()->set_digit("5");
  alice.send_data(dtmf, true);
  livekit::DataPacket transcription;
  transcription.mutable_transcription()->set_track_id("TR_x");
  alice.send_data(transcription, true);
  world.run(milliseconds(200));
  REQUIRE(bob.received_data().size() == 3);
  CHECK(bob.received_data()[0].encrypted_packet().encrypted_value() == "secret");
  const auto& fields = bob.received_data()[1].GetReflection()->GetUnknownFields(bob.received_data()[1]);
  REQUIRE(fields.field_count() == 1);
  CHECK(fields.field(0).length_delimited() == "future");
  CHECK(bob.received_data()[2].sip_dtmf().digit() == "5");
}

TEST_CASE("[S-090] without permission to publish data, what is sent is dropped") {
  World world;
  auto& alice = world.connect("alice", true, [](JoinParams& params) { params.permission.set_can_publish_data(false); });
  auto& bob = world.connect("bob");
  alice.send_data(user_packet("no"), true);
  alice.send_data(user_packet("no"), false);
  world.run(milliseconds(200));
  CHECK(bob.received_data().empty());
}

TEST_CASE("[S-091] what comes on a channel of another name arrives as a user packet") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  peer::Output sink{world.datagrams, alice.publisher.events};
  REQUIRE(alice.publisher.peer->open_channel(world.now(), {"mine", true, std::nullopt, {}}, sink).has_value());
  world.run(milliseconds(200));
  REQUIRE(alice.publisher.channels.contains("mine"));
  CHECK(alice.publisher.peer->send_data(world.now(), alice.publisher.channels["mine"], as_bytes("raw"), true, sink)
            .has_value());
  world.run(milliseconds(200));
  REQUIRE(payloads(bob) == std::vector<std::string>{"raw"});
  CHECK(bob.received_data()[0].participant_identity() == "alice");
}

TEST_CASE("garbage on a data channel is dropped, and the sender goes on") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  peer::Output sink{world.datagrams, alice.publisher.events};
  const std::vector<std::uint8_t> garbage(200, 0xff);
  CHECK(alice.publisher.peer->send_data(world.now(), alice.publisher.channels["_reliable"], garbage, true, sink)
            .has_value());
  alice.send_data(user_packet("fine"), true);
  world.run(milliseconds(200));
  CHECK(payloads(bob) == std::vector<std::string>{"fine"});
}

TEST_CASE("agents may speak for someone else, and what they say is marked as generated") {
  JoinParams params;
  params.identity = "agent";
  params.kind = livekit::ParticipantInfo::AGENT;
  const Profile agent(params, "PA_agent", WallTime());
  livekit::DataPacket packet;
  packet.mutable_chat_message()->set_message("hello");
  packet.set_participant_identity("alice");
  CHECK(stamp_sender(packet, agent, true));
  CHECK(packet.participant_identity() == "alice");
  CHECK(packet.participant_sid() == "PA_agent");
  CHECK(packet.chat_message().generated());
}

}  // namespace sfu::room

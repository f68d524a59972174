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

// The offer that it has let lie.
void answer(TestClient& client) {
  client.negotiates = true;
  client.handle(livekit::SignalResponse(client.last(Case::kOffer)));
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
  answer(bob);
  world.run(milliseconds(600));
  alice.send_data(user_packet("4", 4), true);
  world.run(milliseconds(200));
  CHECK(payloads(bob) == std::vector<std::string>{"1", "2", "3", "4"});
}

TEST_CASE("[M-083] a reliable sequence that went back is a repetition, and so is a nonce seen before") {
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
  auto another = user_packet("another");
  another.mutable_user()->set_nonce("0123456789abcdeF");
  alice.send_data(another, true);
  world.run(milliseconds(200));
  CHECK(payloads(bob) == std::vector<std::string>{"one", "two", "nonce", "another"});
  // Sequences are each sender's own, and what is forwarded keeps them.
  bob.send_data(user_packet("from bob", 2), true);
  world.run(milliseconds(200));
  REQUIRE(payloads(alice) == std::vector<std::string>{"from bob"});
  CHECK(alice.received_data()[0].sequence() == 2);
  CHECK(bob.received_data()[1].sequence() == 6);
}

TEST_CASE("[S-087] participants named by sid in the old way get it too, beside those named by identity") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& carol = world.connect("carol");
  auto& dave = world.connect("dave");
  auto packet = user_packet("for two");
  packet.mutable_user()->add_destination_sids(bob.sid);
  packet.mutable_user()->add_destination_identities("carol");
  for (const bool reliable : {true, false}) alice.send_data(packet, reliable);
  world.run(milliseconds(200));
  CHECK(payloads(bob).size() == 2);
  CHECK(payloads(carol).size() == 2);
  CHECK(dave.received_data().empty());
  CHECK(carol.received_data()[0].destination_identities(0) == "carol");
}

TEST_CASE("[S-088] what is sent by name while two join waits for the one who is named") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.client("bob", false);
  auto& carol = world.client("carol", false);
  for (auto* client : {&bob, &carol}) {
    client->negotiates = false;
    world.join(*client);
  }
  auto named = user_packet("carol's");
  named.add_destination_identities("carol");
  alice.send_data(named, true);
  alice.send_data(user_packet("lost: lossy"), false);
  alice.send_data(user_packet("all"), true);  // without a sequence, as servers send
  world.run(milliseconds(100));
  for (auto* client : {&bob, &carol}) answer(*client);
  world.run(milliseconds(600));
  CHECK(payloads(bob) == std::vector<std::string>{"all"});
  CHECK(payloads(carol) == std::vector<std::string>{"carol's", "all"});
}

TEST_CASE("[S-088] of what has a sequence the last two seconds and 100 kB wait for whoever joins") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.client("bob", false);
  bob.negotiates = false;
  world.join(bob);
  alice.send_data(user_packet("old", 1), true);
  world.run(seconds(3));
  alice.send_data(user_packet("too much" + std::string(60'000, 'x'), 2), true);
  alice.send_data(user_packet("kept" + std::string(60'000, 'x'), 3), true);
  world.run(milliseconds(500));
  answer(bob);
  world.run(seconds(1));
  REQUIRE(bob.received_data().size() == 1);
  CHECK(payloads(bob)[0].starts_with("kept"));
}

TEST_CASE("[S-088] what has none waits for each who joins, however long that takes, the first 100 kB; all in order") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.client("bob", false);
  bob.negotiates = false;
  world.join(bob);
  livekit::DataPacket named = user_packet("by the server");
  named.add_destination_identities("bob");
  named.set_kind(livekit::DataPacket::RELIABLE);
  world.room->send_data(world.now(), named, world.out);
  alice.send_data(user_packet("1" + std::string(60'000, 'x')), true);
  alice.send_data(user_packet("too much" + std::string(60'000, 'x')), true);
  world.run(seconds(4));
  alice.send_data(user_packet("2", 7), true);
  alice.send_data(user_packet("3"), true);
  alice.send_data(user_packet("4", 8), true);
  world.run(milliseconds(100));
  answer(bob);
  world.run(seconds(1));
  const auto got = payloads(bob);
  REQUIRE(got.size() == 5);
  CHECK(got[0] == "by the server");
  CHECK(got[1].starts_with("1x"));
  CHECK(std::vector(got.begin() + 2, got.end()) == std::vector<std::string>{"2", "3", "4"});
}

TEST_CASE("[S-075] who resumes and says what came of a sender is sent the rest again") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& carol = world.connect("carol");
  for (std::uint32_t i = 1; i <= 4; ++i) alice.send_data(user_packet("alice" + std::to_string(i), i), true);
  for (std::uint32_t i = 1; i <= 2; ++i) carol.send_data(user_packet("carol" + std::to_string(i), i), true);
  world.run(milliseconds(200));
  const auto before = payloads(bob).size();
  REQUIRE(before == 6);
  livekit::SyncState state;
  auto& received = *state.add_datachannel_receive_states();
  received.set_publisher_sid(alice.sid);
  received.set_last_seq(2);
  world.room->sync_state(world.now(), bob.id, state, world.out);
  world.run(milliseconds(200));
  const auto after = payloads(bob);
  CHECK(std::vector(after.begin() + 6, after.end()) == std::vector<std::string>{"alice3", "alice4"});
}

TEST_CASE(
    "[S-095] a client that opens its channels anew is sent everything on the new ones, and the old ones are closed") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  REQUIRE(bob.publisher.channels.contains("_reliable"));
  const auto old = bob.publisher.channels.at("_reliable");
  alice.send_data(user_packet("before", 1), true);
  world.run(milliseconds(200));
  {
    peer::Output sink{world.datagrams, bob.publisher.events};
    REQUIRE(bob.publisher.peer->open_channel(world.now(), {"_reliable", true, std::nullopt, {}}, sink).has_value());
    REQUIRE(bob.publisher.peer->open_channel(world.now(), {"_lossy", false, 0, {}}, sink).has_value());
  }
  world.run(milliseconds(300));
  const auto renewed = bob.publisher.channels.at("_reliable");
  REQUIRE(renewed != old);
  alice.send_data(user_packet("after", 2), true);
  alice.send_data(user_packet("lossy"), false);
  bob.send_data(user_packet("from bob", 1), true);
  world.run(milliseconds(300));
  CHECK(payloads(bob) == std::vector<std::string>{"before", "after", "lossy"});
  CHECK(payloads(alice) == std::vector<std::string>{"from bob"});
  CHECK(std::ranges::count(bob.publisher.closed_channels, old) == 1);
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

TEST_CASE("[S-089] remote procedure calls and streams pass to the one who is named, untouched") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& carol = world.connect("carol");
  std::vector<livekit::DataPacket> sent(6);
  sent[0].mutable_rpc_request()->set_id("call");
  sent[0].mutable_rpc_request()->set_method("add");
  sent[0].mutable_rpc_request()->set_payload(std::string(15'360, 'p'));
  sent[1].mutable_rpc_ack()->set_request_id("call");
  sent[2].mutable_rpc_response()->set_request_id("call");
  sent[2].mutable_rpc_response()->mutable_error()->set_code(1400);
  sent[3].mutable_stream_header()->set_stream_id("stream");
  (*sent[3].mutable_stream_header()->mutable_attributes())["lk.rpc_request_id"] = "call";
  sent[4].mutable_stream_chunk()->set_stream_id("stream");
  sent[4].mutable_stream_chunk()->set_content(std::string(15'000, 'c'));
  sent[5].mutable_stream_trailer()->set_stream_id("stream");
  std::uint32_t sequence = 0;
  for (auto& packet : sent) {
    packet.add_destination_identities("bob");
    packet.set_sequence(++sequence);
    alice.send_data(packet, true);
  }
  world.run(milliseconds(200));
  REQUIRE(bob.received_data().size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    auto received = bob.received_data()[i];
    CHECK(received.participant_identity() == "alice");
    received.clear_participant_identity();
    received.clear_participant_sid();
    CHECK(received.SerializeAsString() == sent[i].SerializeAsString());
  }
  CHECK(carol.received_data().empty());
}

TEST_CASE("a packet of 64 000 bytes, the largest that clients send, passes") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  const std::string payload(64'000, 'x');
  alice.send_data(user_packet(payload), true);
  alice.send_data(user_packet(payload), false);
  world.run(seconds(1));
  CHECK(payloads(bob) == std::vector(2, payload));
}

TEST_CASE("[M-081] [M-082] whoever takes nothing costs the others nothing: theirs arrives, all of it and in order") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& carol = world.connect("carol");
  bob.deaf = true;
  std::vector<std::string> sent;
  for (int i = 0; i < 100; ++i) {
    sent.push_back(std::to_string(i) + std::string(30'000, 'x'));
    alice.send_data(user_packet(sent.back(), static_cast<std::uint32_t>(i + 1)), true);
    alice.send_data(user_packet("lossy" + std::string(10'000, 'x')), false);
    world.run(milliseconds(20));
  }
  std::vector<std::string> reliable;
  std::size_t lossy = 0;
  for (const auto& packet : carol.received_data()) {
    if (packet.kind() == livekit::DataPacket::LOSSY) {
      ++lossy;
    } else {
      reliable.push_back(packet.user().payload());
    }
  }
  CHECK(reliable == sent);
  CHECK(lossy == 100);
  CHECK(bob.received_data().empty());
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

TEST_CASE(
    "[S-091] what comes on a channel of another name arrives as a user packet, reliably, whatever the channel is") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& ghost = world.connect("ghost", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  for (auto* sender : {&alice, &ghost}) {
    peer::Output sink{world.datagrams, sender->publisher.events};
    auto& peer = *sender->publisher.peer;
    REQUIRE(peer.open_channel(world.now(), {"mine", true, std::nullopt, {}}, sink).has_value());
    REQUIRE(peer.open_channel(world.now(), {"lossy one", false, 0, {}}, sink).has_value());
    world.run(milliseconds(200));
    REQUIRE(sender->publisher.channels.contains("mine"));
    sender->send_message("mine", as_bytes("raw"));
    sender->send_message("lossy one", as_bytes("too"));
    world.run(milliseconds(200));
  }
  REQUIRE(payloads(bob) == std::vector<std::string>{"raw", "too", "raw", "too"});
  for (const auto& packet : bob.received_data()) CHECK(packet.kind() == livekit::DataPacket::RELIABLE);
  CHECK(bob.received_data()[0].participant_identity() == "alice");
  CHECK(bob.received_data()[2].participant_identity().empty());
  CHECK(payloads(alice).size() == 2);
}

TEST_CASE("garbage on a data channel is dropped, and the sender goes on") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  const std::vector<std::uint8_t> garbage(200, 0xff);
  alice.send_message("_reliable", garbage);
  alice.send_message("_lossy", garbage);
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

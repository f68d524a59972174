// SPDX-License-Identifier: Apache-2.0
#include "room/data_track_packet.hpp"
#include "room/data_track_publishing.hpp"
#include "room/data_track_subscribing.hpp"
#include "room/testing.hpp"

using namespace sfu;
using namespace sfu::room;
using namespace sfu::room::testing;

namespace {

using Reason = livekit::RequestResponse;
using Handles = std::map<std::string, std::uint16_t>;  // by track sid

livekit::PublishDataTrackRequest request(std::uint32_t handle, std::string name) {
  livekit::PublishDataTrackRequest request;
  request.set_pub_handle(handle);
  request.set_name(std::move(name));
  return request;
}

// The sid of the track.
std::string publish(World& world, TestClient& publisher, std::uint32_t handle, const std::string& name) {
  const auto before = publisher.count(Case::kPublishDataTrackResponse);
  world.room->publish_data_track(world.now(), publisher.id, request(handle, name), world.out);
  world.deliver();
  REQUIRE(publisher.count(Case::kPublishDataTrackResponse) == before + 1);
  return publisher.last(Case::kPublishDataTrackResponse).publish_data_track_response().info().sid();
}

void unpublish(World& world, TestClient& publisher, std::uint32_t handle) {
  livekit::UnpublishDataTrackRequest request;
  request.set_pub_handle(handle);
  world.room->unpublish_data_track(world.now(), publisher.id, request, world.out);
  world.deliver();
}

void subscribe(World& world, TestClient& subscriber, const std::vector<std::string>& sids, bool wanted = true) {
  livekit::UpdateDataSubscription update;
  for (const auto& sid : sids) {
    auto* one = update.add_updates();
    one->set_track_sid(sid);
    one->set_subscribe(wanted);
    one->mutable_options()->set_target_fps(10);
  }
  world.room->update_data_subscription(world.now(), subscriber.id, update, world.out);
  world.deliver();
}

// What the client was told last.
Handles handles_of(const TestClient& client) {
  Handles handles;
  if (client.count(Case::kDataTrackSubscriberHandles) == 0) return handles;
  for (const auto& [handle, track] :
       client.last(Case::kDataTrackSubscriberHandles).data_track_subscriber_handles().sub_handles()) {
    handles[track.track_sid()] = static_cast<std::uint16_t>(handle);
  }
  return handles;
}

// Every bit of the header is set where the version allows it, then an extension and a payload.
std::vector<std::uint8_t> packet(std::uint16_t handle, std::uint16_t sequence, std::size_t payload = 5) {
  std::vector<std::uint8_t> bytes = {0x1f, 0xa5, 0, 0, 0, 0, 0xca, 0xfe, 0x12, 0x34,
                                     0x56, 0x78, 0, 1, 2, 3, 9,    9,    9,    0};
  set_data_track_handle(bytes, handle);
  store_be16(bytes.data() + 4, sequence);
  bytes.resize(bytes.size() + payload, 0x5a);
  return bytes;
}

livekit::SubscriptionPermission permission(const std::string& identity, const std::vector<std::string>& sids) {
  livekit::SubscriptionPermission permission;
  auto* entry = permission.add_track_permissions();
  entry->set_participant_identity(identity);
  for (const auto& sid : sids) entry->add_track_sids(sid);
  return permission;
}

void auto_subscribe(JoinParams& params) {
  params.auto_subscribe_data = true;
}

}  // namespace

TEST_CASE("[S-092] a data track that cannot be published is refused, and the first reason is the one that is told") {
  room::RoomOptions options;
  SUBCASE("without the permission") {}
  SUBCASE("in a room without data tracks") {
    options.data_tracks = false;
  }
  const bool enabled = options.data_tracks;
  World world(options);
  auto& silent =
      world.connect("silent", true, [&](JoinParams& params) { params.permission.set_can_publish_data(!enabled); });
  const auto bad = request(0, "");
  world.room->publish_data_track(world.now(), silent.id, bad, world.out);
  world.deliver();
  CHECK(silent.last(Case::kRequestResponse).request_response().reason() == Reason::NOT_ALLOWED);
  if (!enabled) return;

  auto& alice = world.connect("alice");
  const auto reason_for = [&](const livekit::PublishDataTrackRequest& asked) {
    world.room->publish_data_track(world.now(), alice.id, asked, world.out);
    world.deliver();
    const auto& response = alice.last(Case::kRequestResponse).request_response();
    CHECK(response.publish_data_track().SerializeAsString() == asked.SerializeAsString());
    CHECK_FALSE(response.message().empty());
    return response.reason();
  };
  const std::string long_name(257, 'n');
  CHECK(reason_for(request(0, "")) == Reason::INVALID_HANDLE);
  CHECK(reason_for(request(65536, "")) == Reason::INVALID_HANDLE);
  auto encoded = request(7, "");
  encoded.mutable_frame_encoding()->set_custom("");
  CHECK(reason_for(encoded) == Reason::INVALID_NAME);
  encoded.set_name(long_name);
  CHECK(reason_for(encoded) == Reason::INVALID_NAME);

  const auto sid = publish(world, alice, 7, "telemetry");
  CHECK(sid.starts_with("DTR_"));
  encoded.set_name("telemetry");
  CHECK(reason_for(encoded) == Reason::INVALID_REQUEST);
  encoded.mutable_frame_encoding()->set_custom(std::string(33, 'e'));
  CHECK(reason_for(encoded) == Reason::INVALID_REQUEST);
  encoded.mutable_frame_encoding()->set_custom(std::string(32, 'e'));
  encoded.mutable_schema()->mutable_encoding()->set_custom("");
  CHECK(reason_for(encoded) == Reason::INVALID_REQUEST);
  encoded.mutable_schema()->mutable_encoding()->set_custom("idl");
  CHECK(reason_for(encoded) == Reason::DUPLICATE_HANDLE);
  CHECK(reason_for(request(7, "other")) == Reason::DUPLICATE_HANDLE);
  CHECK(reason_for(request(8, "telemetry")) == Reason::DUPLICATE_NAME);
  CHECK(alice.count(Case::kPublishDataTrackResponse) == 1);
  publish(world, alice, 65535, std::string(256, 'n'));
}

TEST_CASE("no participant can fill the others' memory with data tracks") {
  World world;
  auto& alice = world.connect("alice");
  for (std::uint32_t i = 1; i <= DataTrackPublishing::kMaxTracks; ++i) {
    world.room->publish_data_track(world.now(), alice.id, request(i, std::to_string(i)), world.out);
  }
  world.room->publish_data_track(world.now(), alice.id, request(60'000, "more"), world.out);
  world.deliver();
  CHECK(alice.count(Case::kPublishDataTrackResponse) == DataTrackPublishing::kMaxTracks);
  CHECK(alice.last(Case::kRequestResponse).request_response().reason() == Reason::LIMIT_EXCEEDED);
}

TEST_CASE("[S-092] a data track stands in its publisher's info, makes it a publisher, and goes when it is taken back") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  CHECK_FALSE(bob.heard_of("alice").is_publisher());
  auto asked = request(7, "telemetry");
  asked.set_encryption(livekit::Encryption::GCM);
  asked.mutable_frame_encoding()->set_well_known(livekit::DataTrackFrameEncoding::WELL_KNOWN_FRAME_ENCODING_CBOR);
  asked.mutable_schema()->set_name("pose");
  world.room->publish_data_track(world.now(), alice.id, asked, world.out);
  world.deliver();  // at once
  REQUIRE(bob.heard_of("alice").data_tracks_size() == 1);
  CHECK(bob.heard_of("alice").is_publisher());
  const auto info = bob.heard_of("alice").data_tracks(0);
  const auto& response = alice.last(Case::kPublishDataTrackResponse).publish_data_track_response();
  CHECK(info.SerializeAsString() == response.info().SerializeAsString());
  CHECK(info.pub_handle() == 7);
  CHECK(info.name() == "telemetry");
  CHECK(info.encryption() == livekit::Encryption::GCM);
  CHECK(info.frame_encoding().well_known() == livekit::DataTrackFrameEncoding::WELL_KNOWN_FRAME_ENCODING_CBOR);
  CHECK(info.schema().name() == "pose");
  CHECK(world.connect("carol").heard_of("alice").data_tracks_size() == 1);

  unpublish(world, alice, 7);
  CHECK(alice.last(Case::kUnpublishDataTrackResponse).unpublish_data_track_response().info().sid() == info.sid());
  CHECK(bob.heard_of("alice").data_tracks_size() == 0);
  for (const std::uint32_t handle : {7U, 65543U}) {  // gone; 65536 more than one that was
    unpublish(world, alice, handle);
    CHECK(alice.last(Case::kRequestResponse).request_response().reason() == Reason::NOT_FOUND);
    CHECK(alice.last(Case::kRequestResponse).request_response().unpublish_data_track().pub_handle() == handle);
  }
  publish(world, alice, 7, "telemetry");
}

TEST_CASE("[S-092] the map of handles is complete after each change, and one's handles mean nothing to another") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& carol = world.connect("carol");
  const auto one = publish(world, alice, 1, "one");
  const auto two = publish(world, alice, 2, "two");
  const auto of_bob = publish(world, bob, 1, "one");
  CHECK(carol.count(Case::kDataTrackSubscriberHandles) == 0);  // not by itself
  subscribe(world, carol, {one});
  REQUIRE(handles_of(carol).size() == 1);
  const auto first = handles_of(carol)[one];
  CHECK(first >= 1);
  CHECK(first <= 256);
  subscribe(world, carol, {two});
  subscribe(world, carol, {of_bob});
  CHECK(handles_of(carol) == Handles{{one, first}, {two, first + 1}, {of_bob, first + 2}});
  CHECK(carol.count(Case::kDataTrackSubscriberHandles) == 3);
  const auto& entries = carol.last(Case::kDataTrackSubscriberHandles).data_track_subscriber_handles().sub_handles();
  CHECK(entries.at(first + 2U).publisher_identity() == "bob");
  CHECK(entries.at(first + 2U).publisher_sid() == bob.sid);

  subscribe(world, carol, {one}, false);
  CHECK(handles_of(carol) == Handles{{two, first + 1}, {of_bob, first + 2}});
  unpublish(world, alice, 2);
  CHECK(handles_of(carol) == Handles{{of_bob, first + 2}});
  subscribe(world, carol, {one});
  CHECK(handles_of(carol) == Handles{{one, first + 3}, {of_bob, first + 2}});
  world.room->leave(world.now(), bob.id, {}, world.out);
  world.deliver();
  CHECK(handles_of(carol) == Handles{{one, first + 3}});
  const auto told = carol.count(Case::kDataTrackSubscriberHandles);
  subscribe(world, carol, {one});  // nothing new
  CHECK(carol.count(Case::kDataTrackSubscriberHandles) == told);
}

TEST_CASE("[S-092] [M-084] packets reach each subscriber with its own handle; only bytes 2 and 3 differ") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  auto& carol = world.connect("carol");
  auto& dave = world.connect("dave");
  bob.send_offer();
  world.run(seconds(1));
  const auto track = publish(world, alice, 4000, "telemetry");
  const auto of_bob = publish(world, bob, 4000, "from v0");
  subscribe(world, carol, {of_bob, track});
  subscribe(world, bob, {track});
  alice.send_message("_data_track", packet(4000, 77));
  bob.send_message("_data_track", packet(4000, 78, 15'000));
  world.run(milliseconds(200));
  REQUIRE(bob.received_data_track().size() == 1);
  CHECK(bob.received_data_track()[0] == packet(handles_of(bob)[track], 77));
  REQUIRE(carol.received_data_track().size() == 2);
  CHECK(carol.received_data_track()[0] == packet(handles_of(carol)[track], 77));
  CHECK(carol.received_data_track()[1] == packet(handles_of(carol)[of_bob], 78, 15'000));
  CHECK(dave.received_data_track().empty());
  CHECK(alice.received_data_track().empty());

  subscribe(world, carol, {track}, false);
  alice.send_message("_data_track", packet(4000, 79));
  world.run(milliseconds(200));
  CHECK(carol.received_data_track().size() == 2);
  CHECK(bob.received_data_track().size() == 2);
}

TEST_CASE("[S-092] [M-084] packets of unknown handles and malformed ones are counted, and the next good one passes") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  subscribe(world, bob, {publish(world, alice, 1, "one")});
  alice.send_message("_data_track", packet(2, 0));
  bob.send_message("_data_track", packet(1, 0));  // alice's handle, not his
  auto later_version = packet(1, 0);
  later_version[0] |= 0x20;
  auto cut = packet(1, 0);
  cut.resize(11);
  auto bad_extension = packet(1, 0);
  store_be16(bad_extension.data() + 12, 100);
  for (const auto& malformed : {later_version, cut, bad_extension, std::vector<std::uint8_t>()}) {
    alice.send_message("_data_track", malformed);
  }
  alice.send_message("_data_track", packet(1, 5));
  world.run(milliseconds(200));
  CHECK(bob.received_data_track().size() == 1);
  CHECK(world.statistics.data_tracks_unknown == 2);
  CHECK(world.statistics.data_tracks_malformed == 4);
}

TEST_CASE("[S-093] a data track obeys its publisher's subscription permissions, as they come and go") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& recorder = world.connect("recorder", true, [](JoinParams& params) { params.permission.set_recorder(true); });
  const auto open = publish(world, alice, 1, "open");
  const auto closed = publish(world, alice, 2, "closed");
  const auto allowed = [&](TestClient& client) {
    const auto& update = client.last(Case::kSubscriptionPermissionUpdate).subscription_permission_update();
    CHECK(update.participant_sid() == alice.sid);
    return std::pair(update.track_sid(), update.allowed());
  };
  world.room->set_subscription_permission(world.now(), alice.id, permission("bob", {open}), world.out);
  subscribe(world, bob, {closed});
  CHECK(allowed(bob) == std::pair(closed, false));
  CHECK(handles_of(bob).empty());
  subscribe(world, bob, {open});
  CHECK(allowed(bob) == std::pair(open, true));
  subscribe(world, recorder, {open, closed});
  CHECK(handles_of(recorder).size() == 2);
  alice.send_message("_data_track", packet(1, 1));
  alice.send_message("_data_track", packet(2, 1));
  world.run(milliseconds(200));
  CHECK(bob.received_data_track().size() == 1);
  CHECK(recorder.received_data_track().size() == 2);

  world.room->set_subscription_permission(world.now(), alice.id, permission("bob", {closed}), world.out);
  world.deliver();
  CHECK(handles_of(bob).contains(closed));
  CHECK_FALSE(handles_of(bob).contains(open));
  CHECK(handles_of(recorder).size() == 2);
  alice.send_message("_data_track", packet(1, 2));
  world.run(milliseconds(200));
  CHECK(bob.received_data_track().size() == 1);
}

TEST_CASE("[S-093] who may not subscribe gets no data track") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", true, [](JoinParams& params) {
    params.permission.set_can_subscribe(false);
    params.auto_subscribe_data = true;
  });
  const auto track = publish(world, alice, 1, "one");
  subscribe(world, bob, {track});
  alice.send_message("_data_track", packet(1, 1));
  world.run(milliseconds(200));
  CHECK(bob.count(Case::kDataTrackSubscriberHandles) == 0);
  CHECK(bob.received_data_track().empty());
}

TEST_CASE("[S-093] with auto_subscribe_data_track all come, those there and those to come, but what was refused") {
  World world;
  auto& alice = world.connect("alice");
  const auto before = publish(world, alice, 1, "before");
  auto& bob = world.connect("bob", true, auto_subscribe);
  const auto after = publish(world, alice, 2, "after");
  CHECK(handles_of(bob).size() == 2);
  subscribe(world, bob, {before}, false);
  publish(world, alice, 3, "third");
  CHECK(handles_of(bob).size() == 2);
  CHECK_FALSE(handles_of(bob).contains(before));
  CHECK(handles_of(bob).contains(after));
  // Nobody is given its own.
  publish(world, bob, 9, "his");
  CHECK(handles_of(bob).size() == 2);
}

TEST_CASE("a handle is told after the info with its track") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", true, auto_subscribe);
  const auto track = publish(world, alice, 1, "one");
  const auto info = bob.index_of([&](const auto& message) {
    return message.update().participants_size() > 0 && message.update().participants(0).data_tracks_size() > 0;
  });
  CHECK(info < bob.index_of([](const auto& message) { return message.has_data_track_subscriber_handles(); }));
  CHECK(handles_of(bob).contains(track));
}

TEST_CASE("a wish for a data track that is not there waits for it; after a minute it is given up") {
  for (const auto& [waits, comes] : {std::pair(seconds(59), true), std::pair(seconds(60), false)}) {
    CAPTURE(comes);
    World world;
    auto& alice = world.connect("alice");
    auto& bob = world.connect("bob");
    const SeededRandom fate(99);  // of the next sid
    const auto sid = make_sid(*std::make_unique<SeededRandom>(fate), "DTR_");
    subscribe(world, bob, {sid});
    world.run(waits);
    world.random = fate;
    REQUIRE(publish(world, alice, 1, "one") == sid);
    CHECK(handles_of(bob).contains(sid) == comes);
  }
}

TEST_CASE("a resumed subscriber is told its handles again, with what changed meanwhile") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", true, auto_subscribe);
  const auto one = publish(world, alice, 1, "one");
  world.room->connection_closed(world.now(), bob.connection, world.out);
  const auto two = publish(world, alice, 2, "two");
  const auto told = bob.count(Case::kDataTrackSubscriberHandles);
  ResumeParams resume;
  resume.connection = bob.connection = 900;
  resume.identity = "bob";
  REQUIRE(world.room->resume(world.now(), resume, world.out).has_value());
  world.deliver();
  CHECK(bob.count(Case::kDataTrackSubscriberHandles) == told + 1);
  CHECK(handles_of(bob).contains(one));
  CHECK(handles_of(bob).contains(two));
}

TEST_CASE("[S-074] a resumed client's data tracks must be published here, or it starts afresh") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  const auto sid = publish(world, alice, 1, "one");
  const auto of_bob = publish(world, bob, 1, "one");
  livekit::SyncState state;
  state.add_publish_data_tracks()->mutable_info()->set_sid(sid);
  auto* wish = state.mutable_data_subscription()->add_updates();
  wish->set_track_sid(of_bob);
  wish->set_subscribe(true);
  world.room->sync_state(world.now(), alice.id, state, world.out);
  world.deliver();
  CHECK_FALSE(alice.closed);
  CHECK(handles_of(alice).contains(of_bob));

  state.add_publish_data_tracks()->mutable_info()->set_sid(of_bob);  // not hers
  world.room->sync_state(world.now(), alice.id, state, world.out);
  world.deliver();
  CHECK(alice.last(Case::kLeave).leave().reason() == livekit::STATE_MISMATCH);
  CHECK(alice.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RECONNECT);
}

TEST_CASE("[M-081] a subscriber who takes nothing has its packets dropped and counted; others get theirs") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", true, auto_subscribe);
  auto& carol = world.connect("carol", true, auto_subscribe);
  publish(world, alice, 1, "one");
  bob.deaf = true;
  for (int i = 0; i < 100; ++i) {
    for (int burst = 0; burst < 2; ++burst) alice.send_message("_data_track", packet(1, 0, 15'000));
    world.run(milliseconds(20));
  }
  CHECK(carol.received_data_track().size() == 200);
  CHECK(bob.received_data_track().empty());
  CHECK(world.statistics.data_tracks_dropped > 100);
}

TEST_CASE("[S-065] [S-093] nobody is told of the data tracks of a hidden participant, nor sent them") {
  World world;
  auto& bob = world.connect("bob", true, [](JoinParams& params) { params.auto_subscribe_data = true; });
  auto& ghost = world.connect("ghost", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  const auto sid = publish(world, ghost, 1, "secret");
  subscribe(world, bob, {sid});
  world.run(seconds(1));
  CHECK(handles_of(bob).empty());
  CHECK(bob.count(Case::kSubscriptionPermissionUpdate) == 0);
}

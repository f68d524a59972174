// SPDX-License-Identifier: Apache-2.0
#include "room/testing.hpp"

using namespace sfu;
using namespace sfu::room;
using namespace sfu::room::testing;

namespace {

using Reason = livekit::RequestResponse;

room::RoomOptions with_blobs() {
  room::RoomOptions options;
  options.data_blobs = true;
  return options;
}

livekit::DataBlobKey generic(std::string name) {
  livekit::DataBlobKey key;
  key.set_generic(std::move(name));
  return key;
}

livekit::DataBlobKey schema(std::string name, std::string encoding) {
  livekit::DataBlobKey key;
  key.mutable_schema_id()->set_name(std::move(name));
  key.mutable_schema_id()->mutable_encoding()->set_custom(std::move(encoding));
  return key;
}

// The answer, whatever it is.
livekit::SignalResponse store(World& world, TestClient& owner, const livekit::DataBlobKey& key, std::string contents) {
  livekit::StoreDataBlobRequest request;
  request.set_request_id(41);
  *request.mutable_blob()->mutable_key() = key;
  request.mutable_blob()->set_contents(std::move(contents));
  world.room->store_data_blob(world.now(), owner.id, request, world.out);
  world.deliver();
  return owner.messages.back();
}

livekit::SignalResponse get(World& world, TestClient& asker, const std::string& owner,
                            const livekit::DataBlobKey& key) {
  livekit::GetDataBlobRequest request;
  request.set_request_id(42);
  request.set_participant_identity(owner);
  *request.mutable_key() = key;
  world.room->get_data_blob(world.now(), asker.id, request, world.out);
  world.deliver();
  return asker.messages.back();
}

void check_refused(const livekit::SignalResponse& response, Reason::Reason reason, std::uint32_t request_id = 41) {
  REQUIRE(response.has_request_response());
  CHECK(response.request_response().reason() == reason);
  CHECK(response.request_response().request_id() == request_id);
}

}  // namespace

TEST_CASE("[S-094] data blobs are off unless the room has them") {
  World world;
  auto& alice = world.connect("alice");
  check_refused(store(world, alice, generic("key"), "contents"), Reason::NOT_ALLOWED);
  check_refused(get(world, alice, "alice", generic("key")), Reason::NOT_FOUND, 42);
}

TEST_CASE("[S-094] what one stores under a key others fetch, until it is replaced or its owner leaves") {
  World world(with_blobs());
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  const auto stored = store(world, alice, schema("pose", "idl"), "struct Pose {}");
  CHECK(stored.store_data_blob_response().request_id() == 41);
  CHECK(stored.store_data_blob_response().key().schema_id().name() == "pose");
  auto found = get(world, bob, "alice", schema("pose", "idl"));
  CHECK(found.get_data_blob_response().request_id() == 42);
  CHECK(found.get_data_blob_response().blob().contents() == "struct Pose {}");
  CHECK(found.get_data_blob_response().blob().key().schema_id().encoding().custom() == "idl");
  check_refused(get(world, bob, "alice", schema("pose", "other")), Reason::NOT_FOUND, 42);
  check_refused(get(world, bob, "alice", generic("pose")), Reason::NOT_FOUND, 42);
  check_refused(get(world, bob, "bob", schema("pose", "idl")), Reason::NOT_FOUND, 42);
  check_refused(get(world, bob, "nobody", schema("pose", "idl")), Reason::NOT_FOUND, 42);
  check_refused(get(world, bob, "alice", {}), Reason::INVALID_REQUEST, 42);

  store(world, alice, schema("pose", "idl"), "struct Pose2 {}");
  found = get(world, bob, "alice", schema("pose", "idl"));
  CHECK(found.get_data_blob_response().blob().contents() == "struct Pose2 {}");
  world.room->leave(world.now(), alice.id, {}, world.out);
  world.connect("alice");
  check_refused(get(world, bob, "alice", schema("pose", "idl")), Reason::NOT_FOUND, 42);
}

TEST_CASE("[S-094] a blob without key or contents is invalid, and all of one participant's have 64 000 bytes at most") {
  World world(with_blobs());
  auto& alice = world.connect("alice");
  check_refused(store(world, alice, {}, "contents"), Reason::INVALID_REQUEST);
  check_refused(store(world, alice, generic(""), "contents"), Reason::INVALID_REQUEST);
  check_refused(store(world, alice, generic(std::string(257, 'k')), "contents"), Reason::INVALID_REQUEST);
  check_refused(store(world, alice, schema("pose", ""), "contents"), Reason::INVALID_REQUEST);
  check_refused(store(world, alice, schema("pose", std::string(33, 'e')), "contents"), Reason::INVALID_REQUEST);
  check_refused(store(world, alice, generic("key"), ""), Reason::INVALID_REQUEST);
  CHECK(store(world, alice, generic(std::string(256, 'k')), "contents").has_store_data_blob_response());

  CHECK(store(world, alice, generic("large"), std::string(60'000, 'x')).has_store_data_blob_response());
  check_refused(store(world, alice, generic("more"), std::string(4'000, 'x')), Reason::LIMIT_EXCEEDED);
  check_refused(store(world, alice, generic("large"), std::string(64'000, 'x')), Reason::LIMIT_EXCEEDED);
  // One that is replaced makes room; one that was refused has changed nothing.
  CHECK(get(world, alice, "alice", generic("large")).get_data_blob_response().blob().contents().size() == 60'000);
  CHECK(store(world, alice, generic("large"), std::string(62'000, 'x')).has_store_data_blob_response());
  CHECK(store(world, alice, generic("large"), "small").has_store_data_blob_response());
  CHECK(store(world, alice, generic("more"), std::string(60'000, 'x')).has_store_data_blob_response());
  // Others have theirs.
  auto& bob = world.connect("bob");
  CHECK(store(world, bob, generic("large"), std::string(60'000, 'x')).has_store_data_blob_response());
}

TEST_CASE("[S-094] the limits of data blobs are the room's, and 0 is none") {
  auto options = with_blobs();
  options.data_limits = {.blob_key = 4, .blobs = 20, .custom_encoding = 2};
  World narrow(options);
  auto& alice = narrow.connect("alice");
  check_refused(store(narrow, alice, generic("large"), "x"), Reason::INVALID_REQUEST);
  check_refused(store(narrow, alice, schema("pose", "idl"), "x"), Reason::INVALID_REQUEST);
  check_refused(store(narrow, alice, generic("key"), std::string(20, 'x')), Reason::LIMIT_EXCEEDED);
  CHECK(store(narrow, alice, generic("key"), std::string(16, 'x')).has_store_data_blob_response());

  options.data_limits = {.blob_key = 0, .blobs = 0, .custom_encoding = 0};
  World wide(options);
  auto& bob = wide.connect("bob");
  const std::string name(1000, 'n');
  CHECK(store(wide, bob, schema(name, name), std::string(100'000, 'x')).has_store_data_blob_response());
  CHECK(get(wide, bob, "bob", schema(name, name)).get_data_blob_response().blob().contents().size() == 100'000);
}

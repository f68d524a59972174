// SPDX-License-Identifier: Apache-2.0
// What a client may send in a session, and what ends it.
#include <doctest/doctest.h>

#include "signal/session.hpp"
#include "signal/testing.hpp"

using namespace sfu;
using namespace sfu::signal;
using namespace sfu::signal::testing;

TEST_CASE("garbage and messages over 2 MiB end the connection with code 1000, and nothing is heard of after") {
  const std::string garbage = "\xff\xff\xff";
  const std::string huge(kMaxMessageSize + 1, '\0');
  const std::string not_json = "{\"ping\":";
  const std::string not_utf8 = "\x7a\x06\x0a\x04\xff\xff\xff\xff";  // update_metadata{metadata}
  for (const auto& [frame, text] : {std::pair(garbage, false), std::pair(huge, false), std::pair(not_json, true),
                                    std::pair(garbage, true), std::pair(not_utf8, false)}) {
    Stage stage;
    auto& alice = stage.join("alice");
    auto& bob = stage.join("bob");
    stage.send_frame(alice, frame, text);
    CHECK(alice.close == kCloseNormal);
    CHECK(alice.session->closed());
    CHECK(alice.session->deadline() == kNever);
    const auto heard = alice.messages.size();
    stage.send(alice, ping());
    CHECK(alice.messages.size() == heard);
    // Nobody else notices.
    stage.send(bob, ping());
    CHECK(bob.messages.back().message_case() == SignalResponse::kPong);
    CHECK_FALSE(bob.close.has_value());
  }
}

TEST_CASE("[C-098] how long a message may be is the server's to say, and 0 is no limit") {
  const std::string message(100, '\0');  // too long to be looked at
  CHECK(decode_request(as_bytes(message), Encoding::kBinary, 99).error().code == Errc::kLimitExceeded);
  CHECK(decode_request(as_bytes(message), Encoding::kBinary, 100).error().code == Errc::kMalformed);
  CHECK(decode_request(as_bytes(message), Encoding::kBinary, 0).error().code == Errc::kMalformed);
}

TEST_CASE("empty and unknown requests are ignored") {
  Stage stage;
  auto& alice = stage.join("alice");
  const auto heard = alice.messages.size();
  stage.send_frame(alice, "", false);
  stage.send_frame(alice, "\xba\x3e\x01x", false);  // field 999
  stage.send_frame(alice, "{}", true);
  CHECK(alice.messages.size() == heard);
  CHECK_FALSE(alice.close.has_value());
}

TEST_CASE("requests reach the room as the participant who sent them") {
  Stage stage;
  auto& alice = stage.join("alice");
  SignalRequest request;
  request.mutable_add_track()->set_cid("camera");
  request.mutable_add_track()->set_type(livekit::VIDEO);
  request.mutable_add_track()->set_source(livekit::CAMERA);
  stage.send(alice, request);
  const auto* published = alice.find(SignalResponse::kTrackPublished);
  REQUIRE(published != nullptr);
  CHECK(published->track_published().cid() == "camera");

  request.mutable_mute()->set_sid("TR_unknown");
  alice.messages.clear();
  stage.send(alice, request);
  const auto* response = alice.find(SignalResponse::kRequestResponse);
  REQUIRE(response != nullptr);
  CHECK(response->request_response().reason() == livekit::RequestResponse::NOT_FOUND);
  CHECK(response->request_response().mute().sid() == "TR_unknown");
}

TEST_CASE("requests for data tracks and blobs reach the room") {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  SignalRequest request;
  request.mutable_publish_data_track_request()->set_pub_handle(7);
  request.mutable_publish_data_track_request()->set_name("telemetry");
  stage.send(alice, request);
  const auto* published = alice.find(SignalResponse::kPublishDataTrackResponse);
  REQUIRE(published != nullptr);
  const auto sid = published->publish_data_track_response().info().sid();

  auto* wish = request.mutable_update_data_subscription()->add_updates();
  wish->set_track_sid(sid);
  wish->set_subscribe(true);
  stage.send(bob, request);
  const auto* handles = bob.find(SignalResponse::kDataTrackSubscriberHandles);
  REQUIRE(handles != nullptr);
  REQUIRE(handles->data_track_subscriber_handles().sub_handles_size() == 1);
  CHECK(handles->data_track_subscriber_handles().sub_handles().begin()->second.track_sid() == sid);

  request.mutable_unpublish_data_track_request()->set_pub_handle(7);
  stage.send(alice, request);
  CHECK(alice.find(SignalResponse::kUnpublishDataTrackResponse) != nullptr);
  request.mutable_store_data_blob_request()->set_request_id(9);
  stage.send(alice, request);
  CHECK(alice.messages.back().request_response().request_id() == 9);
  CHECK(alice.messages.back().request_response().reason() == livekit::RequestResponse::NOT_ALLOWED);
  request.mutable_get_data_blob_request()->set_request_id(10);
  stage.send(alice, request);
  CHECK(alice.messages.back().request_response().request_id() == 10);
}

TEST_CASE("a client that floods is closed with 1008, and nothing is heard of it after") {
  Stage stage;
  auto& alice = stage.join("alice");
  alice.session->refuse_flood(alice.out);
  stage.drain(alice);
  CHECK(alice.close == kClosePolicy);
  const auto heard = alice.messages.size();
  stage.send(alice, ping());
  CHECK(alice.messages.size() == heard);
}

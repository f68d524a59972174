// SPDX-License-Identifier: Apache-2.0
// What the host's policy decides, at once and later; what it is told; and what clients notice of it.
#include "room/policy.hpp"

#include <array>

#include "room/testing.hpp"

using namespace sfu;
using namespace sfu::room;
using namespace sfu::room::testing;

namespace {

constexpr std::array<std::uint8_t, 40> kAudio = {0xfc, 1, 2, 3};

// Keeps what it is asked as lines, and answers what the test says; nullopt: later.
class Rules final : public Policy {
 public:
  std::optional<Verdict> publish = Verdict::allow();
  std::optional<Verdict> subscribe = Verdict::allow();
  std::function<DataVerdict(const DataRequest&)> data = [](const DataRequest&) { return DataVerdict::allow(); };
  std::vector<std::string> asked;
  QuestionId last = 0;  // that was left open

  Answer ask(const PublishRequest& request) override {
    asked.push_back(text(request.publisher.identity) + " publishes " + text(request.track) + " in " +
                    text(request.room));
    return answer(publish);
  }
  Answer ask(const SubscribeRequest& request) override {
    asked.push_back(text(request.subscriber.identity) + " gets " + text(request.track) + " of " +
                    text(request.publisher.identity));
    return answer(subscribe);
  }
  DataVerdict ask(const DataRequest& request) override { return data(request); }
  Duration timeout() const override { return seconds(5); }

  std::vector<std::string> take() { return std::exchange(asked, {}); }

 private:
  static std::string text(std::string_view words) { return std::string(words); }
  static std::string text(const TrackInfo& track) {
    return text(to_string(track.kind)) + ' ' + text(to_string(track.source)) + ' ' + track.name;
  }
  Answer answer(const std::optional<Verdict>& verdict) {
    if (verdict) return *verdict;
    return ++last;
  }
};

struct Governed {
  explicit Governed(Rules& rules) : world({}, {address(1, 7882)}, &rules) {}

  void decide(QuestionId id, const Verdict& verdict) {
    world.room->decide(world.now(), id, verdict, world.out);
    world.deliver();
  }
  void publish_data_track(const TestClient& publisher, std::uint32_t handle, const std::string& name) {
    livekit::PublishDataTrackRequest request;
    request.set_pub_handle(handle);
    request.set_name(name);
    world.room->publish_data_track(world.now(), publisher.id, request, world.out);
    world.deliver();
  }
  void want(const TestClient& subscriber, const std::string& sid, bool wanted) {
    livekit::UpdateSubscription request;
    request.set_subscribe(wanted);
    request.add_track_sids(sid);
    world.room->update_subscription(world.now(), subscriber.id, request, world.out);
    world.deliver();
  }
  // Somebody who sends sound; its sid.
  std::string sing(TestClient& publisher) {
    world.publish(publisher, publisher.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
    return publisher.last(Case::kTrackPublished).track_published().track().sid();
  }
  // How many packets of the publisher's come within a while.
  std::size_t heard(TestClient& publisher, TestClient& listener) {
    const std::size_t before = listener.received().size();
    for (int i = 0; i < 5; ++i) {
      publisher.send_packet(publisher.tracks.front(), kAudio);
      world.run(milliseconds(20));
    }
    return listener.received().size() - before;
  }

  World world;
};

livekit::RequestResponse answer_of(const TestClient& client) {
  return client.last(Case::kRequestResponse).request_response();
}

bool told_allowed(const TestClient& client) {
  return client.last(Case::kSubscriptionPermissionUpdate).subscription_permission_update().allowed();
}

livekit::DataPacket user_packet(std::string payload) {
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload(std::move(payload));
  return packet;
}

std::vector<std::string> payloads(const TestClient& client) {
  std::vector<std::string> all;
  for (const auto& packet : client.received_data()) all.push_back(packet.user().payload());
  return all;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a track that the policy denies is refused with its reason, and is nothing to anybody else") {
  Rules rules;
  rules.publish = Verdict::deny("no cameras");
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  hall.world.publish(alice, camera);
  hall.world.run(seconds(1));
  CHECK(rules.asked == Lines{"alice publishes VIDEO CAMERA  in lobby"});
  CHECK(answer_of(alice).reason() == livekit::RequestResponse::NOT_ALLOWED);
  CHECK(answer_of(alice).message() == "no cameras");
  CHECK(answer_of(alice).add_track().cid() == "cam");
  CHECK(alice.count(Case::kTrackPublished) == 0);
  CHECK(bob.heard_of("alice").tracks().empty());
  CHECK(hall.world.count(Event::Type::kTrackPublished) == 0);
}

TEST_CASE("a track waits for the verdict with all that its client does meanwhile, and then goes live") {
  Rules rules;
  rules.publish.reset();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  hall.world.publish(alice, microphone);  // its offer comes before the verdict
  hall.world.run(seconds(3));
  CHECK(hall.heard(alice, bob) == 0);
  CHECK(alice.count(Case::kTrackPublished) == 0);
  CHECK(alice.count(Case::kRequestResponse) == 0);
  CHECK(bob.heard_of("alice").tracks().empty());

  hall.decide(rules.last, Verdict::allow());
  hall.world.run(seconds(1));
  CHECK(alice.last(Case::kTrackPublished).track_published().cid() == "mic");
  CHECK(bob.heard_of("alice").tracks_size() == 1);
  CHECK(hall.heard(alice, bob) == 5);
  // A second answer finds nothing.
  hall.decide(rules.last, Verdict::deny());
  CHECK(alice.count(Case::kRequestResponse) == 0);
  CHECK(hall.heard(alice, bob) == 5);
}

TEST_CASE("a track that is denied later is refused then, and one that nobody decides when time is up") {
  Rules rules;
  rules.publish.reset();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  hall.world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  hall.world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  REQUIRE(rules.last == 2);
  hall.decide(2, Verdict::deny("silence, please"));
  CHECK(answer_of(alice).message() == "silence, please");
  CHECK(answer_of(alice).add_track().cid() == "mic");
  hall.world.run(milliseconds(4900));
  CHECK(alice.count(Case::kRequestResponse) == 1);
  hall.world.run(milliseconds(200));
  CHECK(alice.count(Case::kRequestResponse) == 2);
  CHECK(answer_of(alice).reason() == livekit::RequestResponse::NOT_ALLOWED);
  CHECK(answer_of(alice).add_track().cid() == "cam");
  hall.decide(1, Verdict::allow());  // too late
  CHECK(alice.count(Case::kTrackPublished) == 0);
}

TEST_CASE("tracks that wait count as pending ones, and what has changed meanwhile counts when they are allowed") {
  Rules rules;
  rules.publish.reset();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  for (int i = 0; i < 21; ++i) {
    TestTrack track;
    track.cid = std::to_string(i);
    hall.world.room->add_track(hall.world.now(), alice.id, alice.add_track_request(track), hall.world.out);
  }
  hall.world.deliver();
  CHECK(rules.asked.size() == 20);
  CHECK(answer_of(alice).reason() == livekit::RequestResponse::LIMIT_EXCEEDED);

  livekit::ParticipantPermission permission;
  permission.set_can_subscribe(true);
  REQUIRE(hall.world.room->set_permission(hall.world.now(), alice.id, permission, hall.world.out));
  hall.decide(1, Verdict::allow());
  CHECK(answer_of(alice).reason() == livekit::RequestResponse::NOT_ALLOWED);
  CHECK(alice.count(Case::kTrackPublished) == 0);
}

TEST_CASE("a verdict on somebody who has left does nothing") {
  Rules rules;
  rules.publish.reset();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  hall.world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  hall.world.room->leave(hall.world.now(), alice.id, {}, hall.world.out);
  hall.world.deliver();
  hall.decide(rules.last, Verdict::allow());
  hall.world.run(seconds(6));
  CHECK(alice.count(Case::kTrackPublished) == 0);
  CHECK(alice.count(Case::kRequestResponse) == 0);
}

TEST_CASE("who is moved takes along what is not decided, and the other room's policy is asked anew") {
  Rules here;
  Rules there;
  here.publish.reset();
  Governed hall(here);
  auto& alice = hall.world.connect("alice");
  hall.world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  hall.publish_data_track(alice, 7, "positions");
  Environment environment = hall.world.environment;
  environment.policy = &there;
  room::RoomOptions options;
  options.name = "yard";
  Room yard(hall.world.now(), options, environment, hall.world.out);
  REQUIRE(hall.world.room->move_participant(hall.world.now(), alice.id, yard, hall.world.out));
  hall.world.deliver();
  CHECK(there.asked ==
        Lines{"alice publishes VIDEO CAMERA  in yard", "alice publishes DATA UNKNOWN positions in yard"});
  CHECK(alice.last(Case::kTrackPublished).track_published().cid() == "cam");
  CHECK(alice.count(Case::kPublishDataTrackResponse) == 1);
  hall.decide(1, Verdict::deny());
  CHECK(alice.count(Case::kRequestResponse) == 0);
}

TEST_CASE("a subscription that the policy denies is one that is not permitted, until it is wanted anew") {
  Rules rules;
  rules.subscribe = Verdict::deny();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob");
  const auto sid = hall.sing(alice);
  hall.world.run(seconds(4));
  CHECK(rules.take() == Lines{"alice publishes AUDIO MICROPHONE  in lobby", "bob gets AUDIO MICROPHONE  of alice"});
  CHECK_FALSE(told_allowed(bob));
  CHECK(bob.count(Case::kSubscriptionPermissionUpdate) == 1);
  CHECK(hall.heard(alice, bob) == 0);

  rules.subscribe = Verdict::allow();
  SUBCASE("after it was given up") {
    hall.want(bob, sid, false);
    hall.want(bob, sid, true);
  }
  SUBCASE("at once") {
    hall.want(bob, sid, true);
  }
  hall.world.run(seconds(1));
  CHECK(rules.asked == Lines{"bob gets AUDIO MICROPHONE  of alice"});
  CHECK(told_allowed(bob));
  CHECK(hall.heard(alice, bob) == 5);
}

TEST_CASE("a subscription waits for the verdict, and its client is told nothing before") {
  Rules rules;
  rules.subscribe.reset();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob");
  hall.sing(alice);
  hall.world.run(seconds(4));  // it is looked at every three seconds, and asked about once
  REQUIRE(rules.last == 1);
  CHECK(bob.count(Case::kSubscriptionPermissionUpdate) == 0);
  CHECK(hall.heard(alice, bob) == 0);
  SUBCASE("which lets it pass") {
    hall.decide(1, Verdict::allow());
    hall.world.run(seconds(1));
    CHECK(told_allowed(bob));
    CHECK(hall.heard(alice, bob) == 5);
  }
  SUBCASE("which denies it") {
    hall.decide(1, Verdict::deny());
    hall.world.run(seconds(1));
    CHECK_FALSE(told_allowed(bob));
    CHECK(hall.heard(alice, bob) == 0);
  }
  SUBCASE("which does not come") {
    hall.world.run(seconds(1));
    CHECK_FALSE(told_allowed(bob));
    hall.decide(1, Verdict::allow());
    CHECK(hall.heard(alice, bob) == 0);
  }
}

TEST_CASE("a verdict on a subscription that was given up does not count for the next") {
  Rules rules;
  rules.subscribe.reset();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob");
  const auto sid = hall.sing(alice);
  hall.want(bob, sid, false);
  hall.want(bob, sid, true);
  REQUIRE(rules.last == 2);
  hall.decide(1, Verdict::allow());
  hall.world.run(seconds(1));
  CHECK(bob.count(Case::kSubscriptionPermissionUpdate) == 0);
  hall.decide(2, Verdict::allow());
  hall.world.run(seconds(1));
  CHECK(hall.heard(alice, bob) == 5);
}

TEST_CASE("who may not subscribe anyway is not asked about") {
  Rules rules;
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  livekit::SubscriptionPermission nobody;
  hall.world.room->set_subscription_permission(hall.world.now(), alice.id, nobody, hall.world.out);
  hall.world.connect("bob");
  hall.sing(alice);
  hall.world.run(seconds(1));
  CHECK(rules.asked == Lines{"alice publishes AUDIO MICROPHONE  in lobby"});
}

TEST_CASE("data tracks are published and subscribed to by the same policy") {
  Rules rules;
  rules.publish = Verdict::deny("no data");
  rules.subscribe.reset();
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob", true, [](JoinParams& params) { params.auto_subscribe_data = true; });
  hall.publish_data_track(alice, 1, "positions");
  CHECK(answer_of(alice).reason() == livekit::RequestResponse::NOT_ALLOWED);
  CHECK(answer_of(alice).message() == "no data");
  CHECK(answer_of(alice).publish_data_track().pub_handle() == 1);

  rules.publish.reset();
  hall.publish_data_track(alice, 1, "positions");
  hall.publish_data_track(alice, 1, "again");  // of the same handle
  CHECK(alice.count(Case::kPublishDataTrackResponse) == 0);
  hall.decide(1, Verdict::allow());
  CHECK(alice.last(Case::kPublishDataTrackResponse).publish_data_track_response().info().name() == "positions");
  hall.decide(2, Verdict::allow());
  CHECK(answer_of(alice).reason() == livekit::RequestResponse::DUPLICATE_HANDLE);
  CHECK(rules.asked.back() == "bob gets DATA UNKNOWN positions of alice");
  CHECK(bob.count(Case::kDataTrackSubscriberHandles) == 0);
  hall.decide(3, Verdict::allow());
  CHECK(bob.last(Case::kDataTrackSubscriberHandles).data_track_subscriber_handles().sub_handles_size() == 1);
}

TEST_CASE("the policy sees each packet of data, and may drop it or give it another payload") {
  Rules rules;
  Lines seen;
  rules.data = [&](const DataRequest& request) {
    const std::string payload(request.payload.begin(), request.payload.end());
    seen.push_back(std::string(request.sender.identity) + (request.reliable ? " reliably " : " lossily ") + payload +
                   " about " + std::string(request.topic) + " to " + std::to_string(request.to_identities.size()));
    if (payload == "secret") return DataVerdict::drop();
    if (payload == "rude") return DataVerdict::replace({'p', 'o', 'l', 'i', 't', 'e'});
    return DataVerdict::allow();
  };
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob");
  auto to_bob = user_packet("for bob");
  to_bob.mutable_user()->set_topic("news");
  to_bob.add_destination_identities("bob");
  alice.send_data(to_bob, true);
  alice.send_data(user_packet("secret"), true);
  alice.send_data(user_packet("rude"), true);
  alice.send_data(user_packet("lost"), false);
  hall.world.run(milliseconds(200));
  CHECK(payloads(bob) == Lines{"for bob", "polite", "lost"});
  CHECK(seen == Lines{"alice reliably for bob about news to 1", "alice reliably secret about  to 0",
                      "alice reliably rude about  to 0", "alice lossily lost about  to 0"});
  // The host's own data is not asked about.
  hall.world.room->send_data(hall.world.now(), user_packet("secret"), hall.world.out);
  hall.world.run(milliseconds(200));
  CHECK(payloads(bob).back() == "secret");
}

TEST_CASE("the policy sees what a packet of data is, and the payload where there is one") {
  Rules rules;
  struct Seen {
    DataKind kind;
    std::string topic, id, payload;
    bool operator==(const Seen&) const = default;
  };
  std::vector<Seen> seen;
  rules.data = [&](const DataRequest& request) {
    seen.push_back({request.kind, std::string(request.topic), std::string(request.id),
                    std::string(request.payload.begin(), request.payload.end())});
    return DataVerdict::replace({'!'});
  };
  Governed hall(rules);
  auto& alice = hall.world.connect("alice");
  auto& bob = hall.world.connect("bob");
  const auto send = [&](const std::function<void(livekit::DataPacket&)>& fill) {
    livekit::DataPacket packet;
    fill(packet);
    alice.send_data(packet, true);
    hall.world.run(milliseconds(100));
    return bob.received_data().back();
  };
  const auto begun = send([](auto& packet) {
    packet.mutable_stream_header()->set_stream_id("s");
    packet.mutable_stream_header()->set_topic("files");
  });
  CHECK_FALSE(begun.stream_header().has_inline_content());
  const auto chunk = send([](auto& packet) {
    packet.mutable_stream_chunk()->set_stream_id("s");
    packet.mutable_stream_chunk()->set_content("part");
  });
  CHECK(chunk.stream_chunk().content() == "!");
  send([](auto& packet) { packet.mutable_stream_trailer()->set_stream_id("s"); });
  const auto call = send([](auto& packet) {
    packet.mutable_rpc_request()->set_id("r");
    packet.mutable_rpc_request()->set_method("ring");
    packet.mutable_rpc_request()->set_payload("once");
  });
  CHECK(call.rpc_request().payload() == "!");
  send([](auto& packet) { packet.mutable_rpc_response()->set_request_id("r"); });
  send([](auto& packet) { packet.mutable_encrypted_packet()->set_encrypted_value("x"); });
  send([](auto& packet) { packet.mutable_sip_dtmf()->set_digit("5"); });
  CHECK(seen == std::vector<Seen>{{DataKind::kStreamStart, "files", "s", ""},
                                  {DataKind::kStreamChunk, "", "s", "part"},
                                  {DataKind::kStreamEnd, "", "s", ""},
                                  {DataKind::kRpcRequest, "ring", "r", "once"},
                                  {DataKind::kRpcAnswer, "", "r", ""},
                                  {DataKind::kEncrypted, "", "", "x"},
                                  {DataKind::kOther, "", "", ""}});
}

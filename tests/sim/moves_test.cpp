// SPDX-License-Identifier: Apache-2.0
// Participants that are moved to another room, or shown in a second one, with media going on.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "auth/auth.hpp"
#include "camera.hpp"
#include "simulation.hpp"
#include "viewer.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

struct Person {
  Viewer viewer;
  Camera camera;
  Client* client = nullptr;
  bool ready = false;
  std::string track_sid;
  std::vector<livekit::SignalResponse> heard;

  // What it was last told of someone.
  livekit::ParticipantInfo last_of(const std::string& identity) const {
    livekit::ParticipantInfo info;
    for (const auto& message : heard) {
      const auto take = [&](const auto& infos) {
        for (const auto& one : infos) {
          if (one.identity() == identity) info = one;
        }
      };
      take(message.join().other_participants());
      take(message.room_moved().other_participants());
      take(message.update().participants());
    }
    return info;
  }
  const livekit::SignalResponse* find(livekit::SignalResponse::MessageCase which) const {
    const auto found = std::ranges::find(heard, which, &livekit::SignalResponse::message_case);
    return found == heard.end() ? nullptr : &*found;
  }
  // Of the data tracks that it is sent, as last told.
  auto last_handles() const {
    google::protobuf::Map<std::uint32_t, livekit::DataTrackSubscriberHandles::PublishedDataTrack> handles;
    for (const auto& message : heard) {
      if (message.has_data_track_subscriber_handles()) handles = message.data_track_subscriber_handles().sub_handles();
    }
    return handles;
  }
  std::size_t packets_of(const Person& publisher) const {
    const auto found = viewer.tracks().find(publisher.track_sid);
    return found == viewer.tracks().end() ? 0 : found->second.packets.size();
  }
};

// Rooms in which everybody films.
class Stage {
 public:
  explicit Stage(std::uint64_t seed) : simulation(seed) {
    simulation.every(Camera::kInterval, [this] { return film(), true; });
  }

  Person& enter(const std::string& room, const std::string& identity, bool films = true) {
    auto& person = *people.emplace_back(std::make_unique<Person>());
    person.client = &simulation.join(room, identity, {}, {}, &person.viewer);
    if (films) filming.push_back(&person);
    return person;
  }
  room::Room& room(const std::string& name) {
    auto* found = simulation.shard().find_room(name);
    REQUIRE(found != nullptr);
    return *found;
  }
  Result<void> move(const std::string& from, const std::string& identity, const std::string& to) {
    return simulation.shard().move_participant(simulation.now(), room(from), identity, to);
  }
  Result<void> forward(const std::string& from, const std::string& identity, const std::string& to) {
    return simulation.shard().forward_participant(simulation.now(), room(from), identity, to);
  }

  Simulation simulation;
  std::vector<std::unique_ptr<Person>> people;
  std::vector<Person*> filming;

 private:
  void film() {
    for (const auto& person : people) {
      for (const client::Event& event : person->client->take_events()) act(*person, event);
      if (!person->ready) continue;
      for (auto& packet : person->camera.next_frame()) person->client->write("camera", packet);
    }
  }
  void act(Person& person, const client::Event& event) {
    if (const auto* signal = std::get_if<client::SignalReceived>(&event)) {
      person.heard.push_back(signal->message);
      if (signal->message.has_join() && std::ranges::find(filming, &person) != filming.end()) {
        person.client->publish(
            {.cid = "camera", .name = "camera", .codec = rtp::Codec::kVp8, .width = 640, .height = 360});
      }
    }
    if (const auto* ready = std::get_if<client::PublishReady>(&event)) {
      person.ready = true;
      person.track_sid = ready->track_sid;
    }
    if (std::holds_alternative<client::KeyframeRequested>(event)) person.camera.want_keyframe();
  }
};

}  // namespace

TEST_CASE(
    "[C-052] a moved participant keeps its connections, and its tracks are seen in the other room by their sids") {
  Stage stage(52);
  Person& alice = stage.enter("blue", "alice");
  Person& bob = stage.enter("blue", "bob");
  Person& carol = stage.enter("red", "carol");
  stage.simulation.run_for(5s);
  REQUIRE(bob.packets_of(alice) > 50);
  REQUIRE(alice.packets_of(bob) > 50);
  const auto old_sid = alice.client->joined()->participant().sid();
  const auto sent_before = alice.packets_of(bob);

  REQUIRE(stage.move("blue", "alice", "red").has_value());
  stage.simulation.run_for(5s);

  // What alice was told.
  const auto* message = alice.find(livekit::SignalResponse::kRoomMoved);
  REQUIRE(message != nullptr);
  const auto& moved = message->room_moved();
  CHECK(moved.room().name() == "red");
  CHECK(moved.room().sid() == carol.client->joined()->room().sid());
  CHECK(moved.participant().identity() == "alice");
  CHECK(moved.participant().sid() != old_sid);
  CHECK(moved.participant().state() == livekit::ParticipantInfo::ACTIVE);
  REQUIRE(moved.participant().tracks_size() == 1);
  CHECK(moved.participant().tracks(0).sid() == alice.track_sid);
  REQUIRE(moved.other_participants_size() == 1);
  CHECK(moved.other_participants(0).identity() == "carol");
  const auto make_token_keys = auth::KeyMap(auth::KeyMap::Keys{{"devkey", "secret"}});
  const auto claims = auth::verify(moved.token(), make_token_keys, WallTime(1'700'000'010s));
  REQUIRE(claims.has_value());
  CHECK(claims->identity == "alice");
  CHECK(claims->video->room == "red");
  CHECK_FALSE(alice.client->closed());

  // What the others were told, and what they see.
  CHECK(bob.last_of("alice").state() == livekit::ParticipantInfo::DISCONNECTED);
  CHECK(bob.last_of("alice").disconnect_reason() == livekit::MIGRATION);
  CHECK(bob.last_of("alice").sid() == old_sid);
  CHECK(carol.last_of("alice").sid() == moved.participant().sid());
  CHECK(carol.last_of("alice").state() == livekit::ParticipantInfo::ACTIVE);
  CHECK(carol.packets_of(alice) > 80);
  CHECK(alice.packets_of(carol) > 80);
  CHECK(alice.packets_of(bob) <= sent_before + 8);  // what was on its way, and six black frames at the end
  const auto until_now = bob.packets_of(alice);
  stage.simulation.run_for(2s);
  CHECK(bob.packets_of(alice) == until_now);
  CHECK(stage.room("blue").participant_count() == 1);
  CHECK(stage.room("red").participant_count() == 2);

  // It is a member of the new room in every respect: its requests count there, and there it leaves.
  livekit::SignalRequest mute;
  mute.mutable_mute()->set_sid(alice.track_sid);
  mute.mutable_mute()->set_muted(true);
  alice.client->request(mute);
  stage.simulation.run_for(1s);
  CHECK(carol.last_of("alice").tracks(0).muted());
  livekit::SignalRequest leave;
  leave.mutable_leave();
  alice.client->request(leave);
  stage.simulation.run_for(4s);
  CHECK(alice.client->closed());
  CHECK(carol.last_of("alice").disconnect_reason() == livekit::CLIENT_INITIATED);
}

TEST_CASE("[C-052] a moved participant resumes in the new room, and may be moved back") {
  Stage stage(53);
  Person& alice = stage.enter("blue", "alice");
  Person& bob = stage.enter("blue", "bob");
  stage.simulation.run_for(3s);
  REQUIRE(stage.move("blue", "alice", "red").has_value());
  stage.simulation.run_for(2s);
  CHECK(stage.room("red").find("alice"));
  // Its media holds the session while its signalling is lost, as in any room.
  alice.client->drop_signalling();
  stage.simulation.run_for(5s);
  REQUIRE(stage.room("red").find("alice"));
  CHECK(stage.move("red", "alice", "blue").error().code == Errc::kFailedPrecondition);
  auto& again = stage.enter("red", "alice", false);  // joins anew
  stage.simulation.run_for(3s);
  REQUIRE(stage.move("red", "alice", "blue").has_value());
  stage.simulation.run_for(4s);  // who does not publish is told of with others
  CHECK(again.packets_of(bob) > 20);
  CHECK(bob.last_of("alice").state() == livekit::ParticipantInfo::ACTIVE);
}

TEST_CASE("[C-052] a moved participant's data tracks are announced in the other room, by their sids and handles") {
  Stage stage(59);
  Person& alice = stage.enter("blue", "alice", false);
  Person& bob = stage.enter("blue", "bob", false);
  Person& carol = stage.enter("red", "carol", false);
  stage.simulation.run_for(3s);
  livekit::SignalRequest publish;
  publish.mutable_publish_data_track_request()->set_pub_handle(7);
  publish.mutable_publish_data_track_request()->set_name("sensors");
  alice.client->request(publish);
  stage.simulation.run_for(1s);
  const auto sid = bob.last_of("alice").data_tracks(0).sid();
  livekit::SignalRequest subscribe;
  auto& wish = *subscribe.mutable_update_data_subscription()->add_updates();
  wish.set_track_sid(sid);
  wish.set_subscribe(true);
  bob.client->request(subscribe);
  carol.client->request(subscribe);  // before it can be known there
  stage.simulation.run_for(1s);
  REQUIRE(bob.last_handles().size() == 1);
  CHECK(carol.last_handles().empty());

  REQUIRE(stage.move("blue", "alice", "red").has_value());
  stage.simulation.run_for(1s);
  CHECK(bob.last_handles().empty());
  CHECK(bob.last_of("alice").data_tracks_size() == 0);
  REQUIRE(carol.last_of("alice").data_tracks_size() == 1);
  CHECK(carol.last_of("alice").data_tracks(0).sid() == sid);
  CHECK(carol.last_of("alice").data_tracks(0).pub_handle() == 7);
  REQUIRE(carol.last_handles().size() == 1);
  CHECK(carol.last_handles().begin()->second.publisher_sid() == carol.last_of("alice").sid());
  CHECK(alice.find(livekit::SignalResponse::kUnpublishDataTrackResponse) == nullptr);

  livekit::SignalRequest unpublish;
  unpublish.mutable_unpublish_data_track_request()->set_pub_handle(7);
  alice.client->request(unpublish);
  stage.simulation.run_for(1s);
  CHECK(alice.find(livekit::SignalResponse::kUnpublishDataTrackResponse) != nullptr);
  CHECK(carol.last_of("alice").data_tracks_size() == 0);
  CHECK(carol.last_handles().empty());
}

TEST_CASE("[C-052] a move that cannot be is refused, and changes nothing") {
  Stage stage(54);
  stage.enter("blue", "alice");
  stage.enter("red", "alice", false);
  stage.simulation.run_for(3s);
  CHECK(stage.move("blue", "nobody", "red").error().code == Errc::kNotFound);
  CHECK(stage.move("blue", "alice", "blue").error().code == Errc::kInvalidArgument);
  CHECK(stage.move("blue", "alice", "red").error().code == Errc::kAlreadyExists);
  RoomConfiguration small;
  small.max_participants = 1;
  stage.simulation.shard().create_room(stage.simulation.now(), "cell", small);
  stage.enter("cell", "guard", false);
  stage.simulation.run_for(2s);
  CHECK(stage.move("blue", "alice", "cell").error().code == Errc::kLimitExceeded);
  CHECK(stage.room("blue").find("alice"));
  CHECK(stage.simulation.shard().find_room("nobody's") == nullptr);
}

TEST_CASE("a room of another worker is reached by joining it: the client gets its token and is told to reconnect") {
  Stage stage(55);
  Person& alice = stage.enter("blue", "alice");
  Person& bob = stage.enter("blue", "bob");
  stage.simulation.run_for(3s);
  REQUIRE(stage.simulation.shard().send_away(stage.simulation.now(), stage.room("blue"), "alice", "far").has_value());
  stage.simulation.run_for(4s);
  const auto* moved = alice.find(livekit::SignalResponse::kRoomMoved);
  REQUIRE(moved != nullptr);
  const auto keys = auth::KeyMap(auth::KeyMap::Keys{{"devkey", "secret"}});
  const auto claims = auth::verify(moved->room_moved().token(), keys, WallTime(1'700'000'010s));
  REQUIRE(claims.has_value());
  CHECK(claims->video->room == "far");
  const auto* leave = alice.find(livekit::SignalResponse::kLeave);
  REQUIRE(leave != nullptr);
  CHECK(leave->leave().action() == livekit::LeaveRequest::RECONNECT);
  CHECK(alice.client->closed());
  CHECK(bob.last_of("alice").disconnect_reason() == livekit::MIGRATION);
}

TEST_CASE("[C-052] a forwarded participant is shown in the other room too, with its tracks, and both rooms get them") {
  Stage stage(56);
  Person& alice = stage.enter("blue", "alice");
  Person& bob = stage.enter("blue", "bob", false);
  Person& carol = stage.enter("red", "carol");
  stage.simulation.run_for(4s);
  REQUIRE(stage.forward("blue", "alice", "red").has_value());
  stage.simulation.run_for(4s);
  const auto copy = carol.last_of("alice");
  CHECK(copy.state() == livekit::ParticipantInfo::ACTIVE);
  CHECK(copy.sid() != alice.client->joined()->participant().sid());
  REQUIRE(copy.kind_details_size() == 1);
  CHECK(copy.kind_details(0) == livekit::ParticipantInfo::FORWARDED);
  REQUIRE(copy.tracks_size() == 1);
  CHECK(copy.tracks(0).sid() == alice.track_sid);
  CHECK(carol.packets_of(alice) > 60);
  CHECK(bob.packets_of(alice) > 100);
  CHECK(alice.packets_of(carol) == 0);  // she hears only her own room
  CHECK(bob.last_of("alice").kind_details_size() == 0);
  CHECK(stage.room("red").info().num_participants() == 1);

  SUBCASE("what changes of the source is seen of the copy") {
    livekit::SignalRequest request;
    request.mutable_mute()->set_sid(alice.track_sid);
    request.mutable_mute()->set_muted(true);
    alice.client->request(request);
    livekit::SignalRequest metadata;
    metadata.mutable_update_metadata()->set_name("Alice B.");
    alice.client->request(metadata);
    stage.simulation.run_for(1s);
    CHECK(carol.last_of("alice").tracks(0).muted());
    CHECK(carol.last_of("alice").name() == "Alice B.");
    CHECK(carol.last_of("alice").sid() == copy.sid());
  }
  SUBCASE("the source says who may subscribe, in both rooms") {
    livekit::SignalRequest request;
    auto& allowed = *request.mutable_subscription_permission()->add_track_permissions();
    allowed.set_participant_identity("bob");
    allowed.set_all_tracks(true);
    alice.client->request(request);
    stage.simulation.run_for(1s);
    const auto carol_until_now = carol.packets_of(alice);
    const auto bob_until_now = bob.packets_of(alice);
    stage.simulation.run_for(1s);
    CHECK(carol.packets_of(alice) == carol_until_now);
    CHECK(bob.packets_of(alice) > bob_until_now + 10);
    request.mutable_subscription_permission()->set_all_participants(true);
    alice.client->request(request);
    stage.simulation.run_for(2s);
    CHECK(carol.packets_of(alice) > carol_until_now + 10);
  }
  SUBCASE("who joins the other room later sees it as well") {
    Person& dave = stage.enter("red", "dave", false);
    stage.simulation.run_for(3s);
    CHECK(dave.packets_of(alice) > 40);
    CHECK(dave.last_of("alice").sid() == copy.sid());
  }
  SUBCASE("the copy ends with its source") {
    livekit::SignalRequest leave;
    leave.mutable_leave();
    alice.client->request(leave);
    stage.simulation.run_for(4s);
    CHECK(carol.last_of("alice").state() == livekit::ParticipantInfo::DISCONNECTED);
    CHECK_FALSE(stage.room("red").find("alice"));
  }
  SUBCASE("the copy ends alone when it is removed, and can be made anew") {
    auto& red = stage.room("red");
    stage.simulation.shard().with_room(stage.simulation.now(), red, [&](room::Room& room, room::Output& out) {
      room.remove_participant(stage.simulation.now(), room.find("alice"), livekit::PARTICIPANT_REMOVED, out);
    });
    stage.simulation.run_for(4s);
    CHECK(carol.last_of("alice").state() == livekit::ParticipantInfo::DISCONNECTED);
    const auto until_now = carol.packets_of(alice);
    const auto bob_until_now = bob.packets_of(alice);
    stage.simulation.run_for(2s);
    CHECK(carol.packets_of(alice) == until_now);
    CHECK(bob.packets_of(alice) > bob_until_now + 20);
    REQUIRE(stage.forward("blue", "alice", "red").has_value());
    stage.simulation.run_for(2s);
    CHECK(carol.packets_of(alice) > until_now + 20);
  }
  SUBCASE("the source moves to where its copy is") {
    REQUIRE(stage.move("blue", "alice", "red").has_value());
    stage.simulation.run_for(3s);
    CHECK(carol.last_of("alice").sid() != copy.sid());
    CHECK(carol.last_of("alice").kind_details_size() == 0);
    CHECK(alice.packets_of(carol) > 30);
    CHECK(stage.room("red").participant_count() == 2);
  }
  SUBCASE("the other room ends when all others have left it, and the source goes on") {
    livekit::SignalRequest leave;
    leave.mutable_leave();
    carol.client->request(leave);
    stage.simulation.run_for(25s);
    CHECK(stage.simulation.shard().find_room("red") == nullptr);
    const auto until_now = bob.packets_of(alice);
    stage.simulation.run_for(1s);
    CHECK(bob.packets_of(alice) > until_now + 10);
  }
  SUBCASE("a copy is neither forwarded on nor moved, and its identity is taken") {
    CHECK(stage.forward("red", "alice", "green").error().code == Errc::kUnsupported);
    CHECK(stage.move("red", "alice", "green").error().code == Errc::kUnsupported);
    CHECK(stage.forward("blue", "alice", "red").error().code == Errc::kAlreadyExists);
    CHECK(stage.simulation.shard().find_room("green") == nullptr);
  }
  SUBCASE("a copy is changed through its source alone") {
    auto& red = stage.room("red");
    stage.simulation.shard().with_room(stage.simulation.now(), red, [&](room::Room& room, room::Output& out) {
      const auto now = stage.simulation.now();
      const auto id = room.find("alice");
      CHECK(room.set_permission(now, id, {}, out).error().code == Errc::kUnsupported);
      CHECK(room.update_participant(now, id, {}, out).error().code == Errc::kUnsupported);
      CHECK(room.mute_published_track(now, id, alice.track_sid, true, out).error().code == Errc::kUnsupported);
      CHECK(room.update_subscriptions(now, id, {}, out).error().code == Errc::kUnsupported);
    });
    stage.simulation.run_for(1s);
    CHECK_FALSE(carol.last_of("alice").tracks(0).muted());
    CHECK(carol.last_of("alice").permission().can_publish());
    auto& blue = stage.room("blue");
    stage.simulation.shard().with_room(stage.simulation.now(), blue, [&](room::Room& room, room::Output& out) {
      const auto muted =
          room.mute_published_track(stage.simulation.now(), room.find("alice"), alice.track_sid, true, out);
      CHECK(muted.has_value());
    });
    stage.simulation.run_for(1s);
    CHECK(carol.last_of("alice").tracks(0).muted());
  }
  SUBCASE("the server shuts down with everybody in it") {
    stage.simulation.shard().close(stage.simulation.now());
  }
}

TEST_CASE("a track that only another room watches is watched: its publisher is told the quality wanted there") {
  Stage stage(57);
  Person& alice = stage.enter("blue", "alice");
  stage.enter("red", "carol", false);
  stage.simulation.run_for(2s);
  REQUIRE(stage.forward("blue", "alice", "red").has_value());
  stage.simulation.run_for(20s);
  const livekit::SubscribedQualityUpdate* last = nullptr;
  for (const auto& message : alice.heard) {
    if (message.has_subscribed_quality_update()) last = &message.subscribed_quality_update();
  }
  REQUIRE(last != nullptr);
  CHECK(last->track_sid() == alice.track_sid);
  CHECK(std::ranges::all_of(last->subscribed_codecs(0).qualities(), &livekit::SubscribedQuality::enabled));
}

TEST_CASE("two rooms whose people are shown in each other come to rest") {
  Stage stage(58);
  Person& alice = stage.enter("blue", "alice");
  Person& carol = stage.enter("red", "carol");
  stage.simulation.run_for(3s);
  REQUIRE(stage.forward("blue", "alice", "red").has_value());
  REQUIRE(stage.forward("red", "carol", "blue").has_value());
  stage.simulation.run_for(4s);
  CHECK(carol.packets_of(alice) > 40);
  CHECK(alice.packets_of(carol) > 40);
  CHECK(stage.room("blue").participant_count() == 2);
}

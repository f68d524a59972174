// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "room/connection_score.hpp"
#include "room/seen_versions.hpp"
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

constexpr std::array<std::uint8_t, 40> kFrame = {0xfc, 1, 2, 3};
constexpr std::array<std::uint8_t, 40> kVp8Keyframe = {0x10, 0x10, 2, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00};

}  // namespace

TEST_CASE("[S-059] who speaks is told to those who hear it, in eighths, and once when it ends") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& deaf = world.connect("deaf", true, [](JoinParams& params) { params.auto_subscribe = false; });
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  world.run(milliseconds(500));
  for (int i = 0; i < 100; ++i) {
    alice.send_packet(microphone, kFrame, true, 20);
    world.run(milliseconds(20));
  }
  const auto heard = bob.speakers();
  REQUIRE_FALSE(heard.empty());
  CHECK(heard.size() <= 5);
  for (const auto& speaker : heard) {
    CHECK(speaker.sid() == alice.sid);
    CHECK(speaker.active());
    CHECK(speaker.level() > 0);
    CHECK(speaker.level() * 8 == doctest::Approx(std::round(speaker.level() * 8)));
  }
  CHECK_FALSE(alice.speakers().empty());
  CHECK(deaf.speakers().empty());
  world.run(seconds(3));
  const auto after = bob.speakers();
  REQUIRE(after.size() > heard.size());
  CHECK_FALSE(after.back().active());
  CHECK(after.back().level() == 0);
  CHECK(std::ranges::count(after, false, &livekit::SpeakerInfo::active) == 1);
}

namespace {

// Alice speaks, and bob hears her.
struct Speech {
  Speech() {
    world.publish(alice, microphone);
    world.run(milliseconds(500));
    speak(seconds(1));
    REQUIRE_FALSE(bob.speakers().empty());
    REQUIRE(bob.speakers().back().active());
  }
  void speak(Duration duration) {
    for (const auto end = world.now() + duration; world.now() < end; world.run(milliseconds(20))) {
      alice.send_packet(microphone, kFrame, true, 20);
    }
  }
  void lose() { world.room->connection_closed(world.now(), bob.connection, world.out); }
  void resume() {
    bob.messages.clear();
    ResumeParams params;
    params.identity = "bob";
    params.connection = ++bob.connection;
    REQUIRE(world.room->resume(world.now(), params, world.out).has_value());
    world.deliver();
  }
  void ends_once() const {
    CHECK_FALSE(bob.speakers().back().active());
    CHECK(bob.speakers().back().sid() == alice.sid);
    CHECK(std::ranges::count(bob.speakers(), false, &livekit::SpeakerInfo::active) == 1);
  }

  World world;
  TestClient& alice = world.connect("alice");
  TestClient& bob = world.connect("bob");
  TestTrack& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
};

}  // namespace

TEST_CASE("[S-059] the end of speech is told to those who have unsubscribed from the speaker meanwhile") {
  Speech speech;
  livekit::UpdateSubscription unsubscribe;
  unsubscribe.add_track_sids(speech.alice.last(Case::kTrackPublished).track_published().track().sid());
  speech.world.room->update_subscription(speech.world.now(), speech.bob.id, unsubscribe, speech.world.out);
  speech.speak(seconds(1));
  speech.world.run(seconds(3));
  speech.ends_once();
}

TEST_CASE("[S-059] the end of speech is told when the speaker's track is unpublished") {
  Speech speech;
  speech.alice.unpublish(speech.microphone);
  speech.world.run(seconds(3));
  speech.ends_once();
}

TEST_CASE("[S-059] who resumes is told who speaks, and who has fallen silent while its signalling was being lost") {
  Speech speech;
  SUBCASE("the speaker goes on") {
    speech.lose();
    speech.speak(seconds(1));
    speech.resume();
    REQUIRE_FALSE(speech.bob.speakers().empty());
    CHECK(speech.bob.speakers()[0].sid() == speech.alice.sid);
    CHECK(speech.bob.speakers()[0].active());
    speech.world.run(seconds(3));
    speech.ends_once();
  }
  SUBCASE("the speaker fell silent after the loss") {
    speech.lose();
    speech.world.run(seconds(3));
    speech.resume();
    speech.ends_once();
  }
  SUBCASE("the speaker fell silent before the loss was noticed") {
    speech.world.run(seconds(3));
    speech.lose();
    speech.resume();
    speech.ends_once();
  }
  SUBCASE("the speaker began after the loss") {
    speech.world.run(seconds(3));
    speech.resume();
    speech.lose();
    speech.speak(seconds(1));
    speech.resume();
    REQUIRE_FALSE(speech.bob.speakers().empty());
    CHECK(speech.bob.speakers().back().active());
  }
}

TEST_CASE("how loud and how often is the room's to say") {
  RoomOptions options;
  options.speakers.interval = milliseconds(100);
  options.speakers.active_level = 10;
  World world(options);
  auto& alice = world.connect("alice");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  world.run(milliseconds(500));
  const auto speak = [&](std::uint8_t level, int packets) {
    for (int i = 0; i < packets; ++i) {
      alice.send_packet(microphone, kFrame, true, level);
      world.run(milliseconds(20));
    }
  };
  speak(20, 20);
  CHECK(alice.speakers().empty());
  speak(5, 12);  // 240 ms: not yet an interval of the usual length
  CHECK_FALSE(alice.speakers().empty());
}

TEST_CASE("[S-060] everyone is told of its own connection within some five seconds, and of those whom it hears") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  livekit::MuteTrackRequest mute;  // nothing is sent in this test, and silence unmuted would be bad quality
  mute.set_sid(alice.last(Case::kTrackPublished).track_published().track().sid());
  mute.set_muted(true);
  world.room->mute_track(world.now(), alice.id, mute, world.out);
  world.run(seconds(6));
  const auto own = alice.last(Case::kConnectionQuality).connection_quality();
  REQUIRE(own.updates_size() == 1);
  CHECK(own.updates(0).participant_sid() == alice.sid);
  CHECK(own.updates(0).quality() == livekit::EXCELLENT);
  CHECK(own.updates(0).score() == doctest::Approx(4.4).epsilon(0.05));
  CHECK(bob.last(Case::kConnectionQuality).connection_quality().updates_size() == 2);
  const auto told = alice.count(Case::kConnectionQuality);
  world.run(seconds(20));
  CHECK(alice.count(Case::kConnectionQuality) == told);  // nothing changed
}

TEST_CASE("[S-060] who is moved to a room where nobody is active is told of its connection there") {
  World world;
  auto& alice = world.connect("alice");
  RoomOptions options;
  options.name = "yard";
  auto yard = std::make_unique<Room>(world.now(), options, world.environment, world.out);
  REQUIRE(world.room->move_participant(world.now(), alice.id, *yard, world.out));
  std::swap(world.room, yard);  // time passes there
  world.deliver();
  const auto sid = alice.last(Case::kRoomMoved).room_moved().participant().sid();
  alice.messages.clear();
  world.run(seconds(6));
  CHECK(alice.last(Case::kConnectionQuality).connection_quality().updates(0).participant_sid() == sid);
}

TEST_CASE("[M-046] a publisher of whose track nothing comes is told of a poor connection, once somebody listens") {
  World world;
  auto& alice = world.connect("alice");
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(16));
  CHECK(alice.last(Case::kConnectionQuality).connection_quality().updates(0).quality() == livekit::EXCELLENT);
  world.connect("bob");
  world.run(seconds(16));
  const auto& own = alice.last(Case::kConnectionQuality).connection_quality();
  REQUIRE(own.updates(0).participant_sid() == alice.sid);
  CHECK(own.updates(0).quality() == livekit::POOR);
}

TEST_CASE("[M-046] a publisher that sends nothing since everyone has hidden its camera has a good connection") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, camera);
  const auto send = [&](int pictures) {
    for (int i = 0; i < pictures; ++i) {
      alice.send_packet(camera, kVp8Keyframe);
      world.run(milliseconds(50));
    }
  };
  send(200);
  livekit::UpdateTrackSettings settings;
  settings.add_track_sids(alice.last(Case::kTrackPublished).track_published().track().sid());
  settings.set_disabled(true);
  world.room->update_track_settings(world.now(), bob.id, settings, world.out);
  send(120);  // until it is told to stop
  world.run(seconds(31));
  settings.set_disabled(false);
  world.room->update_track_settings(world.now(), bob.id, settings, world.out);
  send(200);
  for (const auto& message : alice.messages) {
    for (const auto& update : message.connection_quality().updates()) CHECK(update.quality() == livekit::EXCELLENT);
  }
  // Watched, it ought to send.
  world.run(seconds(16));
  CHECK(alice.last(Case::kConnectionQuality).connection_quality().updates(0).quality() == livekit::POOR);
}

TEST_CASE("[S-063] no version older than the last delivered is delivered") {
  SeenVersions seen;
  CHECK(seen.accept("a", 3));
  CHECK(seen.accept("a", 3));
  CHECK_FALSE(seen.accept("a", 2));
  CHECK(seen.has("a", 3));
  CHECK_FALSE(seen.has("a", 4));
  for (int i = 0; i < 200; ++i) CHECK(seen.accept(std::to_string(i), 1));
  CHECK(seen.accept("a", 1));  // forgotten: the cache is bounded
}

TEST_CASE("[S-063] versions that a client sees of one participant never go back") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  livekit::MuteTrackRequest mute;
  mute.set_sid(alice.last(Case::kTrackPublished).track_published().track().sid());
  for (int i = 0; i < 6; ++i) {
    mute.set_muted(!mute.muted());
    world.room->mute_track(world.now(), alice.id, mute, world.out);
    world.run(seconds(1));
  }
  std::uint32_t last = 0;
  for (const auto& message : bob.messages) {
    for (const auto& info : message.update().participants()) {
      if (info.sid() != alice.sid) continue;
      CHECK(info.version() >= last);
      last = info.version();
    }
  }
  CHECK(last >= 6);
}

}  // namespace sfu::room

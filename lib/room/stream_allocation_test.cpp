// SPDX-License-Identifier: Apache-2.0
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

// A camera of 240 kbit/s and its viewers.
struct Scene {
  explicit Scene(std::optional<bool> allow_pause, bool v1 = true, const RoomOptions& options = {}) : world(options) {
    bob = &world.connect("bob", v1, [&](JoinParams& params) { params.subscriber_allow_pause = allow_pause; });
    camera = &alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
    microphone = &alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
    world.publish(alice, *camera);
    world.publish(alice, *microphone);
    world.run(milliseconds(500));
    frame.assign(1000, 0x55);
    const std::array<std::uint8_t, 11> key_frame = {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
    std::ranges::copy(key_frame, frame.begin());
  }
  // Gives how many packets of video and audio came.
  std::pair<std::size_t, std::size_t> send(Duration duration) {
    bob->received().clear();
    const auto end = world.now() + duration;
    while (world.now() < end) {
      alice.send_packet(*camera, frame);
      alice.send_packet(*microphone, kAudio);
      world.run(milliseconds(33));
    }
    const auto video = std::ranges::count_if(bob->received(), [](const auto& packet) { return packet.size() > 500; });
    return {static_cast<std::size_t>(video), bob->received().size() - static_cast<std::size_t>(video)};
  }
  rtp::PacketView newest_video() const {
    const auto found = std::ranges::find_if(bob->received().rbegin(), bob->received().rend(),
                                            [](const auto& packet) { return packet.size() > 500; });
    REQUIRE(found != bob->received().rend());
    return *rtp::PacketView::parse(*found);
  }
  void cap(std::int64_t bps) {
    livekit::SimulateScenario scenario;
    scenario.set_subscriber_bandwidth(bps);
    world.room->simulate(world.now(), bob->id, scenario, world.out);
  }
  std::vector<livekit::StreamState> states() const {
    std::vector<livekit::StreamState> told;
    for (const auto& message : bob->messages) {
      for (const auto& stream : message.stream_state_update().stream_states()) {
        CHECK(stream.participant_sid() == alice.sid);
        CHECK(stream.track_sid().starts_with("TR_VC"));
        told.push_back(stream.state());
      }
    }
    return told;
  }

  static constexpr std::array<std::uint8_t, 40> kAudio = {0xfc, 1, 2, 3};
  World world;
  TestClient& alice = world.connect("alice");
  TestClient* bob = nullptr;
  TestTrack* camera = nullptr;
  TestTrack* microphone = nullptr;
  std::vector<std::uint8_t> frame;
};

using States = std::vector<livekit::StreamState>;

}  // namespace

TEST_CASE(
    "[S-061][S-081] a track that does not fit is paused if the client allows it, and goes on when it fits again") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    Scene scene(true, v1);
    CHECK(scene.send(seconds(2)).first >= 60);
    CHECK(scene.states().empty());
    scene.cap(100'000);
    scene.send(seconds(1));
    CHECK(scene.states() == States{livekit::PAUSED});
    const auto [video, audio] = scene.send(seconds(2));
    CHECK(video == 0);
    CHECK(audio >= 60);  // it is never touched
    scene.cap(1'000'000);
    scene.send(seconds(1));
    CHECK(scene.states() == States{livekit::PAUSED, livekit::ACTIVE});
    CHECK(scene.send(seconds(2)).first >= 60);
    scene.cap(100'000);
    scene.send(seconds(2));
    scene.cap(0);
    scene.world.run(milliseconds(100));
    CHECK(scene.states() == States{livekit::PAUSED, livekit::ACTIVE, livekit::PAUSED, livekit::ACTIVE});
  }
}

TEST_CASE("[S-061][M-072] without the client's leave nothing is paused, however little fits") {
  Scene scene(false);
  scene.send(seconds(2));
  scene.cap(1000);
  CHECK(scene.send(seconds(3)).first >= 90);
  CHECK(scene.states().empty());
}

TEST_CASE("[S-061] a server may have tracks paused for clients that did not say, and for no others") {
  RoomOptions options;
  options.allow_pause = true;
  Scene silent(std::nullopt, false, options);
  silent.send(seconds(2));
  silent.cap(100'000);
  silent.send(seconds(1));
  CHECK(silent.states() == States{livekit::PAUSED});
  Scene refused(false, false, options);
  refused.send(seconds(2));
  refused.cap(100'000);
  CHECK(refused.send(seconds(1)).first >= 29);
  CHECK(refused.states().empty());
}

TEST_CASE("[S-061] a pause, or its end, that fell into the loss of a client's signalling is told on its resume") {
  Scene scene(true);
  scene.send(seconds(2));
  const auto lose = [&] {
    scene.world.room->connection_closed(scene.world.now(), scene.bob->connection, scene.world.out);
  };
  const auto resume = [&] {
    ResumeParams params;
    params.identity = "bob";
    params.connection = ++scene.bob->connection;
    REQUIRE(scene.world.room->resume(scene.world.now(), params, scene.world.out).has_value());
    scene.world.deliver();
  };
  lose();
  scene.cap(100'000);
  scene.send(seconds(1));
  CHECK(scene.states().empty());
  resume();
  CHECK(scene.states() == States{livekit::PAUSED});
  lose();
  scene.cap(0);
  scene.send(seconds(1));
  CHECK(scene.states() == States{livekit::PAUSED});
  resume();
  CHECK(scene.states() == States{livekit::PAUSED, livekit::ACTIVE});
}

TEST_CASE("[S-061] mute and settings change no stream state, also while a capacity is known") {
  RoomOptions options;
  options.remote_unmute = true;
  Scene scene(true, true, options);
  scene.send(seconds(2));
  scene.cap(10'000'000);
  scene.send(seconds(1));
  const auto sid = scene.world.room->participant_info(scene.alice.id).tracks(0).sid();
  livekit::UpdateTrackSettings settings;
  settings.add_track_sids(sid);
  settings.set_disabled(true);
  scene.world.room->update_track_settings(scene.world.now(), scene.bob->id, settings, scene.world.out);
  scene.world.run(seconds(1));
  CHECK(scene.send(seconds(1)).first == 0);
  settings.set_disabled(false);
  scene.world.room->update_track_settings(scene.world.now(), scene.bob->id, settings, scene.world.out);
  CHECK(scene.world.room->mute_published_track(scene.world.now(), scene.alice.id, sid, true, scene.world.out));
  scene.world.run(seconds(1));
  CHECK(scene.world.room->mute_published_track(scene.world.now(), scene.alice.id, sid, false, scene.world.out));
  CHECK(scene.send(seconds(1)).first >= 29);
  CHECK(scene.states().empty());
}

TEST_CASE("[S-061] [M-072] a receiver that estimates less than it is sent has its video paused, and tried 5 s later") {
  Scene scene(true);
  scene.send(seconds(2));
  for (int i = 0; i < 10; ++i) {  // hardly more than what comes: says nothing
    scene.bob->send_estimate(Bitrate::kilobits(300));
    scene.send(milliseconds(300));
  }
  CHECK(scene.states().empty());
  for (int i = 0; i < 11; ++i) {
    scene.bob->send_estimate(Bitrate::kilobits(100));
    scene.send(milliseconds(300));
  }
  CHECK(scene.states() == States{livekit::PAUSED});
  CHECK(scene.send(seconds(4)).first == 0);
  scene.send(seconds(2));
  CHECK(scene.states() == States{livekit::PAUSED, livekit::ACTIVE});
}

TEST_CASE("[M-072] a camera that was paused for want of room when its publisher muted it is there once it is unmuted") {
  RoomOptions options;
  options.remote_unmute = true;
  options.send_side_bwe = false;
  Scene scene(true, true, options);
  scene.send(seconds(2));
  for (int i = 0; i < 13; ++i) {
    scene.bob->send_estimate(Bitrate::kilobits(100));
    scene.send(milliseconds(300));
  }
  REQUIRE(scene.states() == States{livekit::PAUSED});
  const auto sid = scene.world.room->participant_info(scene.alice.id).tracks(0).sid();
  CHECK(scene.world.room->mute_published_track(scene.world.now(), scene.alice.id, sid, true, scene.world.out));
  scene.world.run(seconds(15));  // meanwhile the limit ends
  CHECK(scene.world.room->mute_published_track(scene.world.now(), scene.alice.id, sid, false, scene.world.out));
  CHECK(scene.send(seconds(2)).first >= 55);
  CHECK(scene.states() == States{livekit::PAUSED, livekit::ACTIVE});
}

TEST_CASE("[M-066] a receiver whose estimates fall, or that lacks a tenth of what is repeated, has its video paused") {
  for (const bool falling : {true, false}) {
    CAPTURE(falling);
    RoomOptions options;
    options.send_side_bwe = false;
    Scene scene(true, true, options);
    scene.send(seconds(2));
    scene.frame[1] |= 1;  // no key frame: after one, nobody asks for what was before
    std::int64_t estimate = 240;
    std::vector<std::uint16_t> lost;
    for (int i = 0; i < 30 && scene.states().empty(); ++i) {
      scene.bob->send_estimate(Bitrate::kilobits(falling ? estimate -= 4 : 1000));
      // One of nine pictures is asked for, and each of them again until the next but one.
      if (!falling && i % 3 == 0) lost.push_back(scene.newest_video().sequence_number());
      scene.send(milliseconds(99));
      if (!lost.empty()) scene.bob->send_nack(scene.newest_video(), lost);
      if (lost.size() > 2) lost.erase(lost.begin());
    }
    CHECK(scene.states() == States{livekit::PAUSED});
    CHECK(scene.send(seconds(5)).first == 0);
    scene.send(seconds(6));
    CHECK(scene.states() == States{livekit::PAUSED, livekit::ACTIVE});
  }
}

}  // namespace sfu::room

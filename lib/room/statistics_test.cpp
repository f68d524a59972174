// SPDX-License-Identifier: Apache-2.0
#include "room/figures.hpp"
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

constexpr auto kVideo = static_cast<std::size_t>(TrackKind::kVideo);
constexpr auto kAudio = static_cast<std::size_t>(TrackKind::kAudio);

// A VP8 key frame in one packet (RFC 7741 4.2, 4.3).
constexpr std::array<std::uint8_t, 40> kKeyFrame = {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};

}  // namespace

TEST_CASE("sessions are counted by how far they came") {
  World world;
  auto& statistics = world.statistics;
  CHECK(statistics.rooms == 1);
  auto& alice = world.connect("alice");
  auto& quitter = world.client("quitter");
  quitter.negotiates = false;
  world.join(quitter);
  auto& stuck = world.client("stuck");
  stuck.negotiates = false;
  world.join(stuck);
  CHECK(statistics.participants == 3);
  world.room->leave(world.now(), quitter.id, {}, world.out);
  world.run(seconds(61));
  CHECK(statistics.participants == 1);
  CHECK(statistics.joins.rtc_init == 3);
  CHECK(statistics.joins.rtc_connected == 3);
  CHECK(statistics.joins.rtc_active == 1);
  CHECK(statistics.joins.rtc_canceled == 1);
  CHECK(statistics.joins.rtc_failure == 1);
  CHECK(statistics.connections[{false, ConnectionStage::kStarted}] == 3);
  CHECK(statistics.connections[{false, ConnectionStage::kConnected}] == 1);
  CHECK(statistics.connections[{false, ConnectionStage::kFullyEstablished}] == 1);

  world.room->leave(world.now(), alice.id, {}, world.out);
  const auto& sessions = statistics.session_ms[17];
  CHECK(sessions.sum > 60'000);
  CHECK(sessions.sum < 63'000);
  world.room->close(world.now(), livekit::ROOM_DELETED, world.out);
  CHECK(statistics.participants == 0);
  CHECK(statistics.rooms == 0);
  CHECK(statistics.room_seconds.sum > 61);
}

TEST_CASE("tracks and subscriptions are counted while they are there, and by what became of them") {
  World world;
  auto& statistics = world.statistics;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, camera);
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  world.run(seconds(1));
  CHECK(statistics.tracks_published[kVideo] == 1);
  CHECK(statistics.tracks_published[kAudio] == 1);
  CHECK(statistics.tracks_subscribed[kVideo] == 1);
  CHECK(statistics.publish[kVideo].successes == 1);
  CHECK(statistics.subscribe.attempts == 2);
  CHECK(statistics.subscribe.successes == 2);

  // One that is announced and never comes, and a wish for one that is not there.
  auto& screen = alice.add_track(livekit::VIDEO, livekit::SCREEN_SHARE, "screen");
  world.room->add_track(world.now(), alice.id, alice.add_track_request(screen), world.out);
  livekit::UpdateSubscription wish;
  wish.set_subscribe(true);
  wish.add_track_sids("TR_none");
  world.room->update_subscription(world.now(), bob.id, wish, world.out);
  CHECK(statistics.publish[kVideo].attempts == 2);
  world.run(seconds(65));
  CHECK(statistics.subscribe.attempts == 3);
  CHECK(statistics.subscribe.not_found == 1);

  world.room->leave(world.now(), alice.id, {}, world.out);
  world.run(seconds(1));
  CHECK(statistics.publish[kVideo].cancels == 1);
  CHECK(statistics.tracks_published[kVideo] == 0);
  CHECK(statistics.tracks_subscribed[kVideo] == 0);
  CHECK(statistics.tracks_subscribed[kAudio] == 0);
  CHECK(statistics.subscribe.cancels == 0);
}

TEST_CASE("media is counted by direction and source, and told of each participant, track and subscription") {
  World world;
  auto& statistics = world.statistics;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, camera);
  world.run(seconds(1));
  for (int i = 0; i < 600; ++i) {
    if (i % 100 == 50) camera.sequence += 1;  // a packet is lost
    alice.send_packet(camera, kKeyFrame);
    world.run(milliseconds(20));
  }
  CHECK(statistics.traffic.received.packets == 600);
  CHECK(statistics.traffic.received.bytes > 600 * kKeyFrame.size());
  CHECK(statistics.traffic.sent.packets > 500);
  CHECK(statistics.traffic.to_publishers.nacks > 5);
  const auto asked_before = statistics.traffic.to_publishers.plis;
  CHECK(statistics.traffic.from_subscribers.plis == 0);
  bob.request_key_frame();
  world.run(milliseconds(20));
  CHECK(statistics.traffic.from_subscribers.plis == 1);
  CHECK(statistics.traffic.to_publishers.plis == asked_before + 1);
  const StreamKey incoming{StreamDirection::kIncoming, TrackSource::kCamera, TrackKind::kVideo};
  CHECK(statistics.packets_lost[incoming] >= 2);
  CHECK(statistics.packets_lost[incoming] <= 6);
  CHECK(statistics.loss_percent[incoming].counts[0] == 0);  // each window of five seconds lost something
  CHECK(statistics.loss_percent[incoming].sum > 0);
  CHECK(statistics.quality_rating.counts[2] >= 2);

  const RoomStatistics room = world.room->statistics(world.now());
  CHECK(room.name == "lobby");
  REQUIRE(room.participants.size() == 2);
  CHECK(room.participants[0].identity == "alice");
  CHECK(room.participants[0].quality == ConnectionQuality::kExcellent);
  REQUIRE(room.streams.size() == 1);
  CHECK(room.streams[0].publisher == "alice");
  CHECK(room.streams[0].track.mime_type == "video/VP8");
  CHECK(room.streams[0].track.source == TrackSource::kCamera);
  CHECK(room.streams[0].packets == 600);
  CHECK(room.streams[0].lost == 6);
  REQUIRE(room.subscriptions.size() == 1);
  CHECK(room.subscriptions[0].subscriber == "bob");
  CHECK(room.subscriptions[0].packets == statistics.traffic.sent.packets);
  CHECK(room.subscriptions[0].layer == 0);

  world.room->mute_track(
      world.now(), alice.id,
      [&] {
        livekit::MuteTrackRequest mute;
        mute.set_sid(room.streams[0].track.sid);
        mute.set_muted(true);
        return mute;
      }(),
      world.out);
  const RoomStatistics muted = world.room->statistics(world.now());
  CHECK(muted.subscriptions[0].paused);
  CHECK_FALSE(muted.subscriptions[0].layer);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/dynacast.hpp"
#include "room/testing.hpp"
#include "room/wanted_layers.hpp"

namespace sfu::room {

using namespace testing;

namespace {

std::string published_sid(const TestClient& client) {
  return client.last(Case::kTrackPublished).track_published().track().sid();
}

void subscribe(World& world, TestClient& client, const std::string& sid, bool wanted) {
  livekit::UpdateSubscription request;
  request.set_subscribe(wanted);
  request.add_track_sids(sid);
  world.room->update_subscription(world.now(), client.id, request, world.out);
  world.deliver();
}

constexpr std::array<std::uint8_t, 40> kAudio = {0xfc, 1, 2, 3};

// A VP8 key frame in one packet (RFC 7741 4.2, 4.3): its first byte after the descriptor has P = 0.
constexpr std::array<std::uint8_t, 40> kKeyFrame = {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};

std::vector<std::uint8_t> payload_of(const std::vector<std::uint8_t>& packet) {
  const auto view = rtp::PacketView::parse(packet);
  REQUIRE(view.has_value());
  return {view->payload().begin(), view->payload().end()};
}

bool tells_allowed(const TestClient& client, const std::string& sid, bool allowed) {
  const auto& update = client.last(Case::kSubscriptionPermissionUpdate).subscription_permission_update();
  return update.track_sid() == sid && update.allowed() == allowed;
}

}  // namespace

TEST_CASE("media reaches a subscriber in both protocols, from both protocols") {
  for (const bool publisher_v1 : {false, true}) {
    for (const bool subscriber_v1 : {false, true}) {
      CAPTURE(publisher_v1);
      CAPTURE(subscriber_v1);
      World world;
      auto& alice = world.connect("alice", publisher_v1);
      auto& bob = world.connect("bob", subscriber_v1);
      auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
      auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
      world.publish(alice, microphone);
      world.publish(alice, camera);
      world.run(seconds(1));
      const auto& received = (subscriber_v1 ? bob.publisher : bob.subscriber).rtp;
      for (int i = 0; i < 5; ++i) {
        alice.send_packet(microphone, kAudio);
        alice.send_packet(camera, kKeyFrame);
        world.run(milliseconds(20));
      }
      REQUIRE(received.size() == 10);
      CHECK(payload_of(received[0]) == std::vector<std::uint8_t>(kAudio.begin(), kAudio.end()));
      CHECK(world.count(Event::Type::kTrackSubscribed) == 2);
      CHECK(alice.count(Case::kTrackSubscribed) == 2);
    }
  }
}

TEST_CASE("[S-050] without auto-subscribe nothing is sent until it is asked for") {
  World world;
  auto& alice = world.connect("alice");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  const auto sid = published_sid(alice);
  auto& bob = world.connect("bob", true, [](JoinParams& params) { params.auto_subscribe = false; });
  world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  world.run(seconds(4));
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().empty());
  CHECK(bob.heard_of("alice").tracks_size() == 2);
  subscribe(world, bob, sid, true);
  world.run(milliseconds(300));
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().size() == 1);
  alice.send_packet(microphone, kAudio);
  world.run(milliseconds(20));
  CHECK(bob.publisher.rtp.size() == 1);
}

TEST_CASE("[S-051] a track wanted before it exists works once it is published; one that never comes is not found") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false, [](JoinParams& params) { params.auto_subscribe = false; });
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.room->add_track(world.now(), alice.id, alice.add_track_request(microphone), world.out);
  world.deliver();
  const auto sid = published_sid(alice);
  subscribe(world, bob, sid, true);
  subscribe(world, bob, "TR_AMnever", true);
  world.run(seconds(5));
  alice.send_offer();
  world.run(seconds(1));
  CHECK(bob.last(Case::kOffer).offer().mid_to_track_id().size() == 1);
  world.run(seconds(50));
  CHECK(bob.count(Case::kSubscriptionResponse) == 0);
  world.run(seconds(10));
  REQUIRE(bob.count(Case::kSubscriptionResponse) == 1);
  CHECK(bob.last(Case::kSubscriptionResponse).subscription_response().track_sid() == "TR_AMnever");
  CHECK(bob.last(Case::kSubscriptionResponse).subscription_response().err() == livekit::SE_TRACK_NOTFOUND);
}

TEST_CASE("[S-053] the first resolution of a subscription says that it is allowed") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(4));
  REQUIRE(bob.count(Case::kSubscriptionPermissionUpdate) == 1);
  CHECK(tells_allowed(bob, published_sid(alice), true));
  CHECK(bob.last(Case::kSubscriptionPermissionUpdate).subscription_permission_update().participant_sid() == alice.sid);
}

TEST_CASE("[S-054] a publisher's list opens and closes its tracks, and media follows") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  world.run(milliseconds(500));
  const auto sid = published_sid(alice);
  const auto send = [&] {
    bob.publisher.rtp.clear();
    alice.send_packet(microphone, kAudio);
    world.run(milliseconds(20));
    return bob.publisher.rtp.size();
  };
  const auto set = [&](const livekit::SubscriptionPermission& permission) {
    world.room->set_subscription_permission(world.now(), alice.id, permission, world.out);
    world.run(milliseconds(500));
  };
  CHECK(send() == 1);
  livekit::SubscriptionPermission permission;
  set(permission);  // an empty list: nobody
  CHECK(tells_allowed(bob, sid, false));
  CHECK(send() == 0);

  SUBCASE("by sid of the participant, for one track") {
    auto* entry = permission.add_track_permissions();
    entry->set_participant_sid(bob.sid);
    entry->add_track_sids(sid);
    set(permission);
    CHECK(tells_allowed(bob, sid, true));
    CHECK(send() == 1);
  }
  SUBCASE("by identity, for all tracks") {
    auto* entry = permission.add_track_permissions();
    entry->set_participant_identity("bob");
    entry->set_all_tracks(true);
    set(permission);
    CHECK(send() == 1);
  }
  SUBCASE("an entry that names nobody makes the whole list void") {
    auto* good = permission.add_track_permissions();
    good->set_participant_identity("bob");
    good->set_all_tracks(true);
    permission.add_track_permissions()->set_all_tracks(true);
    set(permission);
    CHECK(send() == 0);
  }
  SUBCASE("a recorder hears all the same") {
    auto& recorder = world.connect("rec", true, [](JoinParams& params) { params.permission.set_recorder(true); });
    world.run(milliseconds(500));
    alice.send_packet(microphone, kAudio);
    world.run(milliseconds(20));
    CHECK(recorder.publisher.rtp.size() == 1);
  }
}

TEST_CASE("[S-055] a disabled track is not sent until it is enabled again, and settings wait for the subscription") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", true, [](JoinParams& params) { params.auto_subscribe = false; });
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  const auto sid = published_sid(alice);
  livekit::UpdateTrackSettings settings;
  settings.add_track_sids(sid);
  settings.set_disabled(true);
  world.room->update_track_settings(world.now(), bob.id, settings, world.out);
  subscribe(world, bob, sid, true);
  world.run(milliseconds(500));
  const auto send = [&] {
    bob.publisher.rtp.clear();
    alice.send_packet(microphone, kAudio);
    world.run(milliseconds(5));
    return bob.publisher.rtp.size();
  };
  CHECK(send() == 0);
  settings.set_disabled(false);
  world.room->update_track_settings(world.now(), bob.id, settings, world.out);
  CHECK(send() == 1);  // at once
  settings.set_disabled(true);
  world.room->update_track_settings(world.now(), bob.id, settings, world.out);
  CHECK(send() == 1);  // after 100 ms
  world.run(milliseconds(100));
  CHECK(send() == 0);
}

TEST_CASE("the quality that suits a size is the smallest layer of nine tenths of its height") {
  livekit::TrackInfo info;
  info.set_width(1280);
  info.set_height(720);
  for (const auto& [quality, height] : std::vector<std::pair<livekit::VideoQuality, std::uint32_t>>{
           {livekit::LOW, 180}, {livekit::MEDIUM, 360}, {livekit::HIGH, 720}}) {
    auto* layer = info.add_layers();
    layer->set_quality(quality);
    layer->set_height(height);
  }
  livekit::UpdateTrackSettings settings;
  settings.set_quality(livekit::MEDIUM);
  CHECK(wanted_quality(info, settings) == livekit::MEDIUM);
  const auto for_height = [&](std::uint32_t height) {
    settings.set_width(height * 16 / 9);
    settings.set_height(height);
    return wanted_quality(info, settings);
  };
  CHECK(for_height(100) == livekit::LOW);
  CHECK(for_height(200) == livekit::LOW);
  CHECK(for_height(201) == livekit::MEDIUM);
  CHECK(for_height(400) == livekit::MEDIUM);
  CHECK(for_height(401) == livekit::HIGH);
  info.mutable_layers(1)->set_height(720);  // the better of two that are alike
  CHECK(for_height(400) == livekit::HIGH);
  info.clear_layers();
  CHECK(for_height(390) == livekit::MEDIUM);
  info.set_width(720);
  info.set_height(1280);  // portrait: widths count
  settings.set_width(180);
  settings.set_height(2000);
  CHECK(wanted_quality(info, settings) == livekit::LOW);
}

TEST_CASE("[S-055] layers that do not tell their size are presumed to be of 180, 360 and as many lines as the source") {
  livekit::TrackInfo info;
  info.set_width(1280);
  info.set_height(720);
  for (const auto quality : {livekit::LOW, livekit::MEDIUM, livekit::HIGH}) info.add_layers()->set_quality(quality);
  livekit::UpdateTrackSettings settings;
  for (const auto& [height, quality] : {std::pair{90u, livekit::LOW}, {300u, livekit::MEDIUM}, {700u, livekit::HIGH}}) {
    settings.set_width(height * 16 / 9);
    settings.set_height(height);
    CHECK(wanted_quality(info, settings) == quality);
  }
}

TEST_CASE("the temporal layer that suits a frame rate is the lowest that brings nine tenths of it") {
  media::FrameRateMatrix measured{};
  const auto layer = [&](std::uint32_t rate, livekit::VideoQuality quality = livekit::HIGH) {
    return wanted_temporal_layer(rate, quality, measured);
  };
  CHECK(layer(0) == 3);
  CHECK(layer(30) == 2);
  CHECK(layer(15) == 1);
  CHECK(layer(7) == 0);
  measured[0] = {5, 10, 20, 20};
  measured[1] = {15, 30, 60, 60};
  CHECK(layer(15, livekit::LOW) == 2);
  CHECK(layer(15, livekit::MEDIUM) == 0);
  CHECK(layer(15) == 0);  // not sent: the next lower is shown
  CHECK(layer(16) == 0);
  CHECK(layer(17) == 1);
  CHECK(layer(120) == 3);
  CHECK(layer(0) == 3);
}

TEST_CASE("[S-057] watched qualities: more at once, less after five seconds, again after unmute") {
  ManualClock clock;
  constexpr Duration kPauseDelay = seconds(5);
  Dynacast dynacast;
  dynacast.start(clock.now());
  CHECK_FALSE(dynacast.take_report(clock.now()));

  SUBCASE("nobody for ten seconds") {
    CHECK_FALSE(dynacast.take_report(clock.advance(milliseconds(9999))));
    CHECK(dynacast.take_report(clock.advance(milliseconds(1))) == livekit::OFF);
    CHECK(dynacast.deadline() == kNever);
  }
  SUBCASE("less, after as long as is wanted") {
    dynacast.set_wanted(clock.now(), livekit::HIGH, seconds(1));
    CHECK(dynacast.take_report(clock.now()) == livekit::HIGH);
    dynacast.set_wanted(clock.now(), livekit::LOW, seconds(1));
    CHECK_FALSE(dynacast.take_report(clock.advance(milliseconds(999))));
    CHECK(dynacast.take_report(clock.advance(milliseconds(1))) == livekit::LOW);
  }
  SUBCASE("someone") {
    dynacast.set_wanted(clock.now(), livekit::LOW, kPauseDelay);
    CHECK(dynacast.take_report(clock.now()) == livekit::LOW);
    dynacast.set_wanted(clock.now(), livekit::HIGH, kPauseDelay);
    CHECK(dynacast.take_report(clock.now()) == livekit::HIGH);
    dynacast.set_wanted(clock.now(), livekit::MEDIUM, kPauseDelay);
    CHECK_FALSE(dynacast.take_report(clock.advance(milliseconds(4999))));
    dynacast.set_wanted(clock.now(), livekit::LOW, kPauseDelay);
    CHECK(dynacast.take_report(clock.advance(milliseconds(1))) == livekit::LOW);
    dynacast.set_muted(clock.now(), true);
    dynacast.set_wanted(clock.now(), livekit::HIGH, kPauseDelay);
    CHECK_FALSE(dynacast.take_report(clock.advance(seconds(20))));
    dynacast.set_muted(clock.now(), false);
    CHECK(dynacast.take_report(clock.now()) == livekit::HIGH);
  }
  SUBCASE("a dip that ends in time is not told") {
    dynacast.set_wanted(clock.now(), livekit::HIGH, kPauseDelay);
    CHECK(dynacast.take_report(clock.now()) == livekit::HIGH);
    dynacast.set_wanted(clock.now(), livekit::OFF, kPauseDelay);
    dynacast.set_wanted(clock.advance(seconds(2)), livekit::HIGH, kPauseDelay);
    CHECK_FALSE(dynacast.take_report(clock.advance(seconds(20))));
  }
}

TEST_CASE(
    "[S-056] the publisher is told of HIGH by default, of LOW for an adaptive stream that has not said its size") {
  for (const bool adaptive : {false, true}) {
    World world;
    auto& alice = world.connect("alice");
    world.connect("bob", true, [&](JoinParams& params) { params.adaptive_stream = adaptive; });
    world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
    world.run(milliseconds(500));
    const auto& update = alice.last(Case::kSubscribedQualityUpdate).subscribed_quality_update();
    CHECK(update.track_sid() == published_sid(alice));
    REQUIRE(update.subscribed_codecs_size() == 1);
    CHECK(update.subscribed_codecs(0).codec() == "vp8");
    REQUIRE(update.subscribed_codecs(0).qualities_size() == 3);
    CHECK(update.subscribed_codecs(0).qualities(0).enabled());
    CHECK(update.subscribed_codecs(0).qualities(2).enabled() == !adaptive);
    CHECK(update.subscribed_qualities_size() == 3);
  }
}

TEST_CASE("[S-058] the publisher hears once that it is subscribed to, and not because of a hidden participant") {
  World world;
  auto& alice = world.connect("alice");
  world.connect("ghost", true, [](JoinParams& params) { params.permission.set_hidden(true); });
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(1));
  CHECK(world.count(Event::Type::kTrackSubscribed) == 1);
  CHECK(alice.count(Case::kTrackSubscribed) == 0);
  world.connect("bob");
  world.connect("carol");
  world.run(seconds(1));
  CHECK(alice.count(Case::kTrackSubscribed) == 1);
}

TEST_CASE("a subscriber that leaves and one that comes back get what is there") {
  World world;
  auto& alice = world.connect("alice");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  auto& bob = world.connect("bob");
  world.run(milliseconds(300));
  world.room->leave(world.now(), bob.id, {}, world.out);
  world.run(milliseconds(100));
  alice.send_packet(microphone, kAudio);
  auto& again = world.connect("bob");
  world.run(milliseconds(300));
  alice.send_packet(microphone, kAudio);
  world.run(milliseconds(20));
  CHECK(again.publisher.rtp.size() == 1);
  CHECK(world.count(Event::Type::kTrackUnsubscribed) == 1);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// Tracks in several codecs (signalling 2.8).
#include "room/codec_choice.hpp"
#include "room/media_setup.hpp"
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;
using rtp::Codec;

namespace {

// One packet, a key frame: RFC 7741 4.3 (P = 0) and RFC 9628 4.2 (P = 0, B and E).
constexpr std::array<std::uint8_t, 40> kVp8Frame = {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
constexpr std::array<std::uint8_t, 40> kVp9Frame = {0x0c, 0x82, 0x49, 0x83, 0x42};

ByteView payload_of(const std::vector<std::uint8_t>& packet) {
  return rtp::PacketView::parse(packet)->payload();
}
bool is_frame(const std::vector<std::uint8_t>& packet, const std::array<std::uint8_t, 40>& frame) {
  return std::ranges::equal(payload_of(packet), frame);
}

const livekit::SubscribedCodec* told_of(const TestClient& publisher, const std::string& codec) {
  const auto& update = publisher.last(Case::kSubscribedQualityUpdate).subscribed_quality_update();
  const auto found = std::ranges::find(update.subscribed_codecs(), codec, &livekit::SubscribedCodec::codec);
  return found != update.subscribed_codecs().end() ? &*found : nullptr;
}
bool wants_high(const TestClient& publisher, const std::string& codec) {
  const auto* told = told_of(publisher, codec);
  return told != nullptr && told->qualities(2).enabled();
}
bool wants_nothing(const TestClient& publisher, const std::string& codec) {
  const auto* told = told_of(publisher, codec);
  return told != nullptr && std::ranges::none_of(told->qualities(), &livekit::SubscribedQuality::enabled);
}

// A publisher of VP9 with VP8 as its backup.
struct Studio {
  explicit Studio(livekit::BackupCodecPolicy policy, RoomOptions options = {}) : world(std::move(options)) {
    alice = &world.connect("alice");
    primary = &alice->add_track(livekit::VIDEO, livekit::CAMERA, "cam", Codec::kVp9);
    auto request = alice->add_track_request(*primary);
    request.set_backup_codec_policy(policy);
    auto* vp9 = request.add_simulcast_codecs();
    vp9->set_codec("vp9");
    vp9->set_cid("cam");
    request.add_simulcast_codecs()->set_codec("vp8");
    world.room->add_track(world.now(), alice->id, request, world.out);
    alice->send_offer();
    sid = alice->last(Case::kTrackPublished).track_published().track().sid();
  }
  TestClient& viewer(const std::string& name, bool v1, std::vector<Codec> codecs) {
    world.video_codecs = std::move(codecs);
    auto& client = world.connect(name, v1);
    world.run(milliseconds(300));
    return client;
  }
  // What livekit-client does when the backup is asked for.
  void publish_backup(const std::string& cid = "cam-vp8") {
    backup = &alice->add_track(livekit::VIDEO, livekit::CAMERA, cid, Codec::kVp8);
    auto request = alice->add_track_request(*backup);
    request.set_sid(sid);
    auto* vp8 = request.add_simulcast_codecs();
    vp8->set_codec("vp8");
    vp8->set_cid(cid);
    world.room->add_track(world.now(), alice->id, request, world.out);
    alice->send_offer();
    world.run(milliseconds(300));
  }
  void send(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      alice->send_packet(*primary, kVp9Frame);
      if (backup != nullptr) alice->send_packet(*backup, kVp8Frame);
      world.run(milliseconds(33));
    }
  }

  World world;
  TestClient* alice = nullptr;
  TestTrack* primary = nullptr;
  TestTrack* backup = nullptr;
  std::string sid;
};

bool is_one_line(const std::vector<std::vector<std::uint8_t>>& packets) {
  for (std::size_t i = 1; i < packets.size(); ++i) {
    const auto before = *rtp::PacketView::parse(packets[i - 1]);
    const auto after = *rtp::PacketView::parse(packets[i]);
    if (after.ssrc() != before.ssrc()) return false;
    if (static_cast<std::uint16_t>(after.sequence_number() - before.sequence_number()) != 1) return false;
    if (static_cast<std::int32_t>(after.timestamp() - before.timestamp()) <= 0) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("[S-047] who cannot decode the first codec makes the publisher send its backup, and gets that") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    Studio studio(livekit::SIMULCAST);
    auto& bob = studio.viewer("bob", v1, {Codec::kVp9, Codec::kVp8});
    CHECK(wants_high(*studio.alice, "vp9"));
    CHECK(told_of(*studio.alice, "vp8") == nullptr);
    auto& carol = studio.viewer("carol", v1, {Codec::kVp8});
    CHECK(wants_high(*studio.alice, "vp8"));
    CHECK(wants_high(*studio.alice, "vp9"));
    studio.send(5);
    CHECK(bob.received().size() == 5);
    CHECK(carol.received().empty());
    CHECK(carol.count(Case::kSubscriptionResponse) == 0);

    studio.publish_backup();
    const auto& published = studio.alice->last(Case::kTrackPublished).track_published();
    CHECK(published.cid() == "cam-vp8");
    CHECK(published.track().sid() == studio.sid);
    REQUIRE(bob.heard_of("alice").tracks_size() == 1);
    const auto info = bob.heard_of("alice").tracks(0);
    CHECK(info.mime_type() == "video/VP9");
    CHECK(info.codecs(1).mid() == studio.backup->mid);
    CHECK(info.codecs(1).cid() == "cam-vp8");

    studio.send(5);
    REQUIRE(carol.received().size() == 5);
    CHECK(std::ranges::all_of(carol.received(), [](const auto& packet) { return is_frame(packet, kVp8Frame); }));
    REQUIRE(bob.received().size() == 10);
    CHECK(std::ranges::all_of(bob.received(), [](const auto& packet) { return is_frame(packet, kVp9Frame); }));
    CHECK(wants_high(*studio.alice, "vp9"));
  }
}

TEST_CASE("[S-047] the filters of a track are for all its codecs, also for a backup that comes later") {
  struct Inverter final : PacketFilter {
    PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
      ++packets[std::string(packet.mime_type)];
      std::ranges::transform(packet.payload, room.begin(), [](std::uint8_t byte) { return byte ^ 0xff; });
      return PacketVerdict::replace(packet.payload.size());
    }
    void on_ended() noexcept override { ended = true; }
    std::map<std::string, int> packets;
    bool ended = false;
  };
  Studio studio(livekit::SIMULCAST);
  auto& bob = studio.viewer("bob", true, {Codec::kVp9, Codec::kVp8});
  auto& carol = studio.viewer("carol", true, {Codec::kVp8});
  Inverter filter;
  const auto place = studio.world.room->attach_filter(studio.alice->id, studio.sid, filter);
  REQUIRE(place);
  studio.publish_backup();
  studio.send(5);
  CHECK(filter.packets == std::map<std::string, int>{{"video/VP8", 5}, {"video/VP9", 5}});
  const auto is_inverted = [](const std::array<std::uint8_t, 40>& frame) {
    return [inverted = [&] {
      auto copy = frame;
      for (std::size_t i = 1; i < copy.size(); ++i) copy[i] ^= 0xff;  // behind the descriptor
      return copy;
    }()](const auto& packet) { return is_frame(packet, inverted); };
  };
  REQUIRE(bob.received().size() == 5);
  CHECK(std::ranges::all_of(bob.received(), is_inverted(kVp9Frame)));
  REQUIRE(carol.received().size() == 5);
  CHECK(std::ranges::all_of(carol.received(), is_inverted(kVp8Frame)));
  studio.alice->unpublish(*studio.primary);
  studio.world.run(milliseconds(100));
  CHECK(filter.ended);
  CHECK((*place)->filter == nullptr);
}

TEST_CASE("[M-076] in a small room all go to the backup on the line that they have, and the first codec is off") {
  for (const bool v1 : {false, true}) {
    for (const int others : {1, 2}) {
      CAPTURE(v1);
      CAPTURE(others);
      Studio studio(livekit::PREFER_REGRESSION);
      auto& bob = studio.viewer("bob", v1, {Codec::kVp9, Codec::kVp8});
      for (int i = 0; i < others; ++i) studio.viewer("other" + std::to_string(i), v1, {Codec::kVp9, Codec::kVp8});
      studio.viewer("carol", v1, {Codec::kVp8});  // participants: alice, bob, carol and the others
      studio.send(5);
      studio.publish_backup();
      studio.send(10);
      studio.world.run(milliseconds(50));
      const bool small = others == 1;
      CHECK(is_frame(bob.received().back(), small ? kVp8Frame : kVp9Frame));
      CHECK(bob.received().size() >= 14);
      CHECK(is_one_line(bob.received()));
      CHECK(wants_nothing(*studio.alice, "vp9") == small);
      CHECK(wants_high(*studio.alice, "vp8"));
    }
  }
}

TEST_CASE("of a track that is encrypted end to end no redundancy is taken apart to fill holes") {
  livekit::TrackInfo info;
  info.set_type(livekit::AUDIO);
  CHECK_FALSE(published_track_config({}, info, 1, "trailer", {}).encrypted);
  info.set_encryption(livekit::Encryption::GCM);
  CHECK(published_track_config({}, info, 1, "trailer", {}).encrypted);
}

TEST_CASE("a room of any size goes to the backup by REGRESSION, or when no threshold is set") {
  livekit::TrackInfo info;
  info.set_type(livekit::VIDEO);
  CHECK(regresses_to_backup(info, 4, 5));
  CHECK_FALSE(regresses_to_backup(info, 5, 5));
  CHECK(regresses_to_backup(info, 500, 0));
  info.set_encryption(livekit::Encryption::GCM);
  CHECK_FALSE(regresses_to_backup(info, 2, 5));
  info.set_encryption(livekit::Encryption::NONE);
  info.set_backup_codec_policy(livekit::REGRESSION);
  CHECK(regresses_to_backup(info, 500, 5));
  info.set_backup_codec_policy(livekit::SIMULCAST);
  CHECK_FALSE(regresses_to_backup(info, 2, 5));
}

TEST_CASE("when the backup stops, those who can go back to the first codec, and who cannot waits for it") {
  Studio studio(livekit::REGRESSION);
  auto& bob = studio.viewer("bob", true, {Codec::kVp9, Codec::kVp8});
  auto& carol = studio.viewer("carol", false, {Codec::kVp8});
  studio.publish_backup();
  studio.send(5);
  CHECK(is_frame(bob.received().back(), kVp8Frame));
  studio.alice->unpublish(*std::exchange(studio.backup, nullptr));
  studio.world.run(milliseconds(300));
  CHECK(wants_high(*studio.alice, "vp9"));
  carol.received().clear();
  studio.send(5);
  CHECK(is_frame(bob.received().back(), kVp9Frame));
  CHECK(is_one_line(bob.received()));
  CHECK(carol.received().empty());
  CHECK(wants_high(*studio.alice, "vp8"));
  REQUIRE(bob.heard_of("alice").tracks_size() == 1);
  CHECK(bob.heard_of("alice").tracks(0).codecs(1).mid().empty());
  studio.publish_backup("cam-vp8 again");
  studio.send(5);
  REQUIRE_FALSE(carol.received().empty());
  CHECK(is_frame(carol.received().back(), kVp8Frame));
}

TEST_CASE("a backup that was not announced with its track is refused") {
  Studio studio(livekit::SIMULCAST);
  auto& track = studio.alice->add_track(livekit::VIDEO, livekit::CAMERA, "cam-h264", Codec::kH264);
  auto request = studio.alice->add_track_request(track);
  request.set_sid(studio.sid);
  request.add_simulcast_codecs()->set_codec("h264");
  studio.world.room->add_track(studio.world.now(), studio.alice->id, request, studio.world.out);
  studio.world.deliver();
  CHECK(studio.alice->last(Case::kRequestResponse).request_response().reason() ==
        livekit::RequestResponse::UNSUPPORTED_TYPE);
}

TEST_CASE(
    "[M-075] of each codec its own viewers count: less is told after 5 s, more at once, nothing when none is left") {
  Studio studio(livekit::SIMULCAST);
  auto& world = studio.world;
  auto& bob = studio.viewer("bob", true, {Codec::kVp9, Codec::kVp8});
  auto& carol = studio.viewer("carol", true, {Codec::kVp8});
  studio.publish_backup();
  const auto told = [&](const std::string& codec) {
    const auto* of = told_of(*studio.alice, codec);
    REQUIRE(of != nullptr);
    std::vector<bool> enabled;
    for (const auto& quality : of->qualities()) enabled.push_back(quality.enabled());
    return enabled;
  };
  const auto ask = [&](const TestClient& viewer, livekit::VideoQuality quality) {
    livekit::UpdateTrackSettings settings;
    settings.add_track_sids(studio.sid);
    settings.set_quality(quality);
    world.room->update_track_settings(world.now(), viewer.id, settings, world.out);
    world.run(milliseconds(100));  // until settings take effect
  };
  const std::vector<bool> low = {true, false, false}, medium = {true, true, false}, high = {true, true, true},
                          off = {false, false, false};
  CHECK(told("vp9") == high);
  CHECK(told("vp8") == high);

  ask(bob, livekit::LOW);
  world.run(milliseconds(4950));
  CHECK(told("vp9") == high);
  world.run(milliseconds(100));
  CHECK(told("vp9") == low);
  CHECK(told("vp8") == high);

  ask(bob, livekit::MEDIUM);
  CHECK(told("vp9") == medium);

  world.room->leave(world.now(), carol.id, {}, world.out);
  world.run(milliseconds(4900));
  CHECK(told("vp8") == high);
  world.run(milliseconds(200));
  CHECK(told("vp8") == off);
  CHECK(told("vp9") == medium);

  auto& dave = studio.viewer("dave", true, {Codec::kVp8});
  CHECK(told("vp8") == high);
  CHECK(dave.count(Case::kSubscriptionResponse) == 0);
}

TEST_CASE("[S-052] a subscriber without any codec of a track is told so, and keeps its other tracks") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    Studio studio(livekit::SIMULCAST);
    auto& world = studio.world;
    auto& microphone = studio.alice->add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
    world.publish(*studio.alice, microphone);
    auto& bob = studio.viewer("bob", v1, {Codec::kVp9});
    auto& dave = studio.viewer("dave", v1, {Codec::kH264});
    REQUIRE(dave.count(Case::kSubscriptionResponse) == 1);
    const auto& response = dave.last(Case::kSubscriptionResponse).subscription_response();
    CHECK(response.track_sid() == studio.sid);
    CHECK(response.err() == livekit::SE_CODEC_UNSUPPORTED);
    world.run(seconds(5));
    CHECK(dave.count(Case::kSubscriptionResponse) == 1);
    studio.send(3);
    studio.alice->send_packet(microphone, kVp8Frame);
    world.run(milliseconds(30));
    CHECK(dave.received().size() == 1);
    CHECK(bob.received().size() == 4);
    CHECK(bob.count(Case::kSubscriptionResponse) == 0);

    livekit::UpdateSubscription again;
    again.add_track_sids(studio.sid);
    again.set_subscribe(true);
    world.room->update_subscription(world.now(), dave.id, again, world.out);
    world.run(seconds(1));
    CHECK(dave.count(Case::kSubscriptionResponse) == 2);
  }
}

TEST_CASE("[S-052] a client that rejects a section without its mid, as pion does, lacks that track alone") {
  Studio studio(livekit::SIMULCAST);
  auto& world = studio.world;
  auto& microphone = studio.alice->add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(*studio.alice, microphone);
  auto& gopher = world.client("gopher", false);
  gopher.edit_answer = [](sdp::SessionDescription& answer) {
    for (auto& media : answer.media) {
      if (media.type != "video") continue;
      std::erase(answer.bundle, media.mid);
      media = {};
      media.type = "video";
      media.port = 0;
      media.formats = {"0"};
    }
  };
  world.join(gopher);
  world.run(seconds(1));
  CHECK_FALSE(gopher.closed);
  REQUIRE(gopher.count(Case::kSubscriptionResponse) == 1);
  CHECK(gopher.last(Case::kSubscriptionResponse).subscription_response().track_sid() == studio.sid);
  CHECK(gopher.last(Case::kSubscriptionResponse).subscription_response().err() == livekit::SE_CODEC_UNSUPPORTED);
  studio.alice->send_packet(microphone, kVp8Frame);
  world.run(milliseconds(30));
  CHECK(gopher.received().size() == 1);
}

TEST_CASE(
    "[S-016][C-070] a codec that is disabled for a client is not sent to it: it gets the backup, or is told why not") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    Studio studio(livekit::SIMULCAST);
    // As AV1 is for Safari, which would take it.
    const auto no_vp9 = [](JoinParams& params) {
      auto* disabled = params.response.mutable_client_configuration()->mutable_disabled_codecs();
      disabled->add_codecs()->set_mime("video/VP9");
    };
    studio.world.video_codecs = {Codec::kVp9, Codec::kVp8};
    auto& bob = studio.world.connect("bob", v1, no_vp9);
    studio.world.run(milliseconds(300));
    CHECK(wants_high(*studio.alice, "vp8"));
    studio.publish_backup();
    studio.send(5);
    REQUIRE(bob.received().size() == 5);
    CHECK(std::ranges::all_of(bob.received(), [](const auto& packet) { return is_frame(packet, kVp8Frame); }));
    CHECK(bob.count(Case::kSubscriptionResponse) == 0);

    studio.world.video_codecs = {Codec::kVp9, Codec::kH264};
    auto& carol = studio.world.connect("carol", v1, no_vp9);
    studio.world.run(milliseconds(300));
    REQUIRE(carol.count(Case::kSubscriptionResponse) == 1);
    CHECK(carol.last(Case::kSubscriptionResponse).subscription_response().err() == livekit::SE_CODEC_UNSUPPORTED);
  }
}

TEST_CASE("[S-016] a publisher for whom the only video codec of the room is disabled publishes its sound alone") {
  RoomOptions options;
  options.enabled_codecs.resize(2);
  options.enabled_codecs[0].set_mime("video/H264");
  options.enabled_codecs[1].set_mime("audio/opus");
  World world(options);
  // As H264 is for Firefox on Linux.
  auto& alice = world.connect("alice", true, [](JoinParams& params) {
    auto* disabled = params.response.mutable_client_configuration()->mutable_disabled_codecs();
    disabled->add_publish()->set_mime("video/H264");
  });
  auto& bob = world.connect("bob");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam", Codec::kH264);
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.publish(alice, camera);
  world.run(milliseconds(500));
  const auto info = bob.heard_of("alice");
  REQUIRE(info.tracks_size() == 1);
  CHECK(info.tracks(0).source() == livekit::MICROPHONE);
  const auto answer = sdp::parse(alice.last(Case::kAnswer).answer().sdp());
  REQUIRE(answer);
  const auto section = std::ranges::find(answer->media, camera.mid, &sdp::MediaDescription::mid);
  REQUIRE(section != answer->media.end());
  CHECK_FALSE(sdp::receives(section->direction));
}

TEST_CASE("the publisher of an audio track with two codecs is told which of them are heard") {
  World world;
  auto& alice = world.connect("alice");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  auto request = alice.add_track_request(microphone);
  for (const char* codec : {"audio/opus", "audio/PCMU"}) request.add_simulcast_codecs()->set_codec(codec);
  world.room->add_track(world.now(), alice.id, request, world.out);
  alice.send_offer();
  auto& bob = world.connect("bob");
  world.run(milliseconds(300));
  const auto told = [&] {
    const auto& update = alice.last(Case::kSubscribedAudioCodecUpdate).subscribed_audio_codec_update();
    CHECK(update.track_sid() == alice.last(Case::kTrackPublished).track_published().track().sid());
    REQUIRE(update.subscribed_audio_codecs_size() == 1);
    CHECK(update.subscribed_audio_codecs(0).codec() == "opus");
    return update.subscribed_audio_codecs(0).enabled();
  };
  CHECK(told());
  world.room->leave(world.now(), bob.id, {}, world.out);
  world.run(seconds(6));
  CHECK_FALSE(told());
  CHECK(alice.count(Case::kSubscribedQualityUpdate) == 0);
}

}  // namespace sfu::room

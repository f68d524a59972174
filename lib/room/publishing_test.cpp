// SPDX-License-Identifier: Apache-2.0
#include "room/publishing.hpp"
#include "room/announcement.hpp"
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

livekit::AddTrackRequest track_request(livekit::TrackType type, livekit::TrackSource source, std::string cid) {
  livekit::AddTrackRequest request;
  request.set_type(type);
  request.set_source(source);
  request.set_cid(std::move(cid));
  return request;
}

void add(World& world, TestClient& client, const livekit::AddTrackRequest& request) {
  world.room->add_track(world.now(), client.id, request, world.out);
  world.deliver();
}

}  // namespace

TEST_CASE("[S-040] a track is accepted at once, under a sid that tells its kind and source") {
  World world;
  auto& alice = world.join("alice");
  const std::vector<std::tuple<livekit::TrackType, livekit::TrackSource, std::string>> kinds = {
      {livekit::VIDEO, livekit::CAMERA, "TR_VC"},       {livekit::AUDIO, livekit::MICROPHONE, "TR_AM"},
      {livekit::VIDEO, livekit::SCREEN_SHARE, "TR_VS"}, {livekit::AUDIO, livekit::SCREEN_SHARE_AUDIO, "TR_As"},
      {livekit::VIDEO, livekit::UNKNOWN, "TR_V"},       {livekit::AUDIO, livekit::UNKNOWN, "TR_A"}};
  for (const auto& [type, source, prefix] : kinds) {
    add(world, alice, track_request(type, source, "cid-" + prefix));
    const auto& published = alice.last(Case::kTrackPublished).track_published();
    CHECK(published.cid() == "cid-" + prefix);
    CHECK(published.track().sid().starts_with(prefix));
    CHECK(published.track().sid().size() == prefix.size() + 12);
    CHECK(published.track().source() == source);
    CHECK(published.track().mime_type().empty());
    CHECK(published.track().mid().empty());
  }
  CHECK(alice.count(Case::kTrackPublished) == kinds.size());
}

TEST_CASE("[S-041] tracks that are not allowed, of no such type, or for no such sid are refused") {
  World world;
  auto& alice = world.join("alice", true,
                           [](JoinParams& params) { params.permission.add_can_publish_sources(livekit::MICROPHONE); });
  const auto reason = [&] { return alice.last(Case::kRequestResponse).request_response().reason(); };
  add(world, alice, track_request(livekit::VIDEO, livekit::CAMERA, "cam"));
  CHECK(reason() == livekit::RequestResponse::NOT_ALLOWED);
  CHECK(alice.last(Case::kRequestResponse).request_response().add_track().cid() == "cam");
  add(world, alice, track_request(livekit::DATA, livekit::MICROPHONE, "data"));
  CHECK(reason() == livekit::RequestResponse::UNSUPPORTED_TYPE);
  auto backup = track_request(livekit::AUDIO, livekit::MICROPHONE, "other");
  backup.set_sid("TR_AMnobody");
  add(world, alice, backup);
  CHECK(reason() == livekit::RequestResponse::NOT_FOUND);
  CHECK(alice.count(Case::kTrackPublished) == 0);
}

TEST_CASE(
    "[C-014] sources that a token does not name exactly are shown and not allowed, until the server allows them") {
  World world;
  livekit::ParticipantPermission shown;
  auto& alice = world.join("alice", true, [&](JoinParams& params) {
    params.permission.add_can_publish_sources(livekit::CAMERA);
    params.permission.add_can_publish_sources(livekit::TrackSource::UNKNOWN);
    params.publish_sources.emplace();
    shown = params.permission;
  });
  CHECK(alice.messages.front().join().participant().permission().can_publish_sources_size() == 2);
  for (const auto source : {livekit::CAMERA, livekit::TrackSource::UNKNOWN}) {
    add(world, alice, track_request(livekit::VIDEO, source, "cam"));
    CHECK(alice.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::NOT_ALLOWED);
  }
  CHECK(alice.count(Case::kTrackPublished) == 0);

  REQUIRE(world.room->set_permission(world.now(), alice.id, shown, world.out));
  add(world, alice, track_request(livekit::VIDEO, livekit::CAMERA, "cam"));
  CHECK(alice.count(Case::kTrackPublished) == 1);
}

TEST_CASE("[S-042] the 21st pending track is too many, and a cid in use waits for its predecessor") {
  World world;
  auto& alice = world.connect("alice");
  auto& track = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, track);
  const auto first = alice.last(Case::kTrackPublished).track_published().track().sid();
  const auto reason = [&] { return alice.last(Case::kRequestResponse).request_response().reason(); };
  for (int i = 0; i < 3; ++i) {
    add(world, alice, track_request(livekit::VIDEO, livekit::CAMERA, "cam"));
    CHECK(reason() == livekit::RequestResponse::QUEUED);
  }
  add(world, alice, track_request(livekit::VIDEO, livekit::CAMERA, "cam"));
  CHECK(reason() == livekit::RequestResponse::LIMIT_EXCEEDED);
  CHECK(alice.count(Case::kTrackPublished) == 1);
  alice.unpublish(track);
  CHECK(alice.count(Case::kTrackPublished) == 2);
  CHECK(alice.last(Case::kTrackPublished).track_published().track().sid() != first);

  auto& bob = world.join("bob");
  for (int i = 0; i < 21; ++i) add(world, bob, track_request(livekit::AUDIO, livekit::UNKNOWN, std::to_string(i)));
  CHECK(bob.count(Case::kTrackPublished) == 20);
  CHECK(bob.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::LIMIT_EXCEEDED);
}

TEST_CASE("a track of which too much is told is refused, since everyone would be told it") {
  World world;
  auto& alice = world.connect("alice");
  const auto reason_of = [&](auto&& spoil) {
    auto request = track_request(livekit::VIDEO, livekit::CAMERA, "cam");
    spoil(request);
    add(world, alice, request);
    return alice.count(Case::kTrackPublished) > 0 ? livekit::RequestResponse::OK
                                                  : alice.last(Case::kRequestResponse).request_response().reason();
  };
  constexpr auto kTooMuch = livekit::RequestResponse::LIMIT_EXCEEDED;
  const std::string long_text(Publishing::kMaxText + 1, 'x');
  CHECK(reason_of([&](auto& request) { request.set_name(long_text); }) == kTooMuch);
  CHECK(reason_of([&](auto& request) { request.set_stream(long_text); }) == kTooMuch);
  CHECK(reason_of([&](auto& request) { request.set_cid(long_text); }) == kTooMuch);
  CHECK(reason_of([](auto& request) {
          for (int i = 0; i <= Publishing::kMaxItems; ++i) request.add_layers();
        }) == kTooMuch);
  CHECK(reason_of([](auto& request) {
          for (int i = 0; i <= Publishing::kMaxItems; ++i) request.add_simulcast_codecs()->add_layers();
        }) == kTooMuch);
  CHECK(reason_of([](auto& request) {
          auto& codec = *request.add_simulcast_codecs();
          for (int i = 0; i <= Publishing::kMaxItems; ++i) codec.add_layers();
        }) == kTooMuch);
  CHECK(reason_of([](auto& request) { request.set_name(std::string(Publishing::kMaxText, 'x')); }) ==
        livekit::RequestResponse::OK);
}

TEST_CASE("[S-042] a track announced again while it is pending is queued, and keeps its sid") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& track = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  const auto request = alice.add_track_request(track);
  add(world, alice, request);
  const auto sid = alice.last(Case::kTrackPublished).track_published().track().sid();
  for (int i = 0; i < 2; ++i) {
    add(world, alice, request);
    CHECK(alice.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::QUEUED);
  }
  CHECK(alice.count(Case::kTrackPublished) == 1);
  alice.send_offer();
  REQUIRE(bob.heard_of("alice").tracks_size() == 1);
  CHECK(bob.heard_of("alice").tracks(0).sid() == sid);

  // The next of the queue comes when the one before it has ended, and can be published under the same sid.
  for (std::size_t published = 2; published <= 3; ++published) {
    alice.unpublish(*std::ranges::find(alice.tracks, "cam", &TestTrack::cid));
    REQUIRE(alice.count(Case::kTrackPublished) == published);
    CHECK(alice.last(Case::kTrackPublished).track_published().track().sid() == sid);
    CHECK(bob.heard_of("alice").tracks().empty());
    std::erase_if(alice.tracks, [](const TestTrack& old) { return old.cid == "cam"; });
    alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
    alice.send_offer();
    REQUIRE(bob.heard_of("alice").tracks_size() == 1);
    CHECK(bob.heard_of("alice").tracks(0).sid() == sid);
    world.run(seconds(1));
    alice.send_packet(alice.tracks.back(), as_bytes("frame"));
    bob.received().clear();
    world.run(seconds(1));
    CHECK(bob.heard_of("alice").tracks_size() == 1);
  }
}

TEST_CASE("[S-042][S-045] a queued track takes the section that its offer has for it, and no other track does") {
  World world;
  auto& alice = world.connect("alice");
  auto& old = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, old);
  const auto first = alice.last(Case::kTrackPublished).track_published().track().sid();
  add(world, alice, alice.add_track_request(old));
  REQUIRE(alice.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::QUEUED);
  add(world, alice, track_request(livekit::VIDEO, livekit::SCREEN_SHARE, "screen"));
  // One offer ends the old camera and begins the new one.
  alice.publisher.peer->negotiation().unbind_sender(old.mid);
  old.cid = "ended";
  const auto mid = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam").mid;
  alice.send_offer();
  auto info = world.room->participant_info(alice.id);
  REQUIRE(info.tracks_size() == 1);
  CHECK(info.tracks(0).source() == livekit::CAMERA);
  CHECK(info.tracks(0).mid() == mid);
  CHECK(info.tracks(0).sid() != first);
  CHECK(info.tracks(0).codecs(0).sdp_cid().empty());
  alice.add_track(livekit::VIDEO, livekit::SCREEN_SHARE, "screen");
  alice.send_offer();
  info = world.room->participant_info(alice.id);
  REQUIRE(info.tracks_size() == 2);
  CHECK(info.tracks(0).source() != info.tracks(1).source());
  CHECK(world.count(Event::Type::kTrackUnpublished) == 1);
}

TEST_CASE("[S-042] a queued track is announced with the codec that its offer's answer agrees to") {
  World world;
  auto& alice = world.connect("alice");
  auto& old = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic", rtp::Codec::kRed);
  world.publish(alice, old);
  REQUIRE(world.room->participant_info(alice.id).tracks(0).mime_type() == "audio/red");
  add(world, alice, alice.add_track_request(old));
  alice.publisher.peer->negotiation().unbind_sender(old.mid);
  old.cid = "ended";
  alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic", rtp::Codec::kRed);
  alice.send_offer();
  REQUIRE(world.room->participant_info(alice.id).tracks_size() == 1);
  CHECK(world.room->participant_info(alice.id).tracks(0).mime_type() == "audio/red");
}

TEST_CASE("[S-043][S-044] others see a track from its negotiation until its section stops") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& track = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.room->add_track(world.now(), alice.id, alice.add_track_request(track), world.out);
  world.run(seconds(4));
  CHECK(bob.heard_of("alice").tracks().empty());
  CHECK_FALSE(bob.heard_of("alice").is_publisher());
  alice.send_offer();
  REQUIRE(bob.heard_of("alice").tracks_size() == 1);
  const auto info = bob.heard_of("alice").tracks(0);
  CHECK(info.mime_type() == "video/VP8");
  CHECK(info.mid() == track.mid);
  CHECK(bob.heard_of("alice").is_publisher());
  CHECK(alice.heard_of("alice").is_publisher());
  CHECK(world.count(Event::Type::kTrackPublished) == 1);

  alice.unpublish(track);
  CHECK(bob.heard_of("alice").tracks().empty());
  CHECK(world.count(Event::Type::kTrackUnpublished) == 1);
  world.run(milliseconds(200));
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().empty());
}

TEST_CASE("[S-045] a section whose id nobody announced is the first pending track of its kind") {
  World world;
  auto& alice = world.connect("alice");
  auto& track = alice.add_track(livekit::VIDEO, livekit::CAMERA, "{firefox-made-this}");
  auto request = alice.add_track_request(track);
  request.set_cid("announced");
  add(world, alice, track_request(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  add(world, alice, request);
  alice.send_offer();
  const auto info = world.room->participant_info(alice.id);
  REQUIRE(info.tracks_size() == 1);
  CHECK(info.tracks(0).source() == livekit::CAMERA);
  CHECK(info.tracks(0).codecs(0).sdp_cid() == "{firefox-made-this}");
}

TEST_CASE("a track announced only after its offer goes live all the same") {
  World world;
  auto& alice = world.connect("alice");
  auto& track = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  alice.send_offer();
  CHECK(world.room->participant_info(alice.id).tracks().empty());
  add(world, alice, alice.add_track_request(track));
  CHECK(world.room->participant_info(alice.id).tracks_size() == 1);
}

TEST_CASE("[S-046] codecs that the room does not allow are replaced by the first one of the kind") {
  std::vector<livekit::Codec> enabled(2);
  enabled[0].set_mime("video/H264");
  enabled[1].set_mime("audio/opus");
  livekit::AddTrackRequest request;
  request.set_type(livekit::VIDEO);
  request.set_cid("cam");
  for (const char* codec : {"vp9", "video/AV1"}) {
    request.add_simulcast_codecs()->set_codec(codec);
    request.mutable_simulcast_codecs()->rbegin()->set_cid("cam");
  }
  const auto info = make_track_info(request, "TR_VCx", enabled);
  REQUIRE(info.codecs_size() == 1);
  CHECK(info.codecs(0).mime_type() == "video/H264");
  CHECK(info.codecs(0).video_layer_mode() == livekit::VideoLayer::ONE_SPATIAL_LAYER_PER_STREAM);
}

TEST_CASE("a track's info sorts its layers and knows simulcast, stream and the audio features of older clients") {
  livekit::AddTrackRequest request;
  request.set_type(livekit::VIDEO);
  request.set_source(livekit::SCREEN_SHARE);
  for (const auto quality : {livekit::HIGH, livekit::LOW}) request.add_layers()->set_quality(quality);
  auto info = make_track_info(request, "TR_VSx", supported_codecs());
  CHECK(info.layers(0).quality() == livekit::LOW);
  CHECK(info.simulcast());
  CHECK(info.stream() == "screen");
  request.add_simulcast_codecs()->set_codec("VP9");
  request.set_disable_dtx(true);
  info = make_track_info(request, "TR_VSx", supported_codecs());
  CHECK_FALSE(info.simulcast());
  CHECK(info.audio_features_size() == 1);
  CHECK(info.codecs(0).video_layer_mode() == livekit::VideoLayer::MULTIPLE_SPATIAL_LAYERS_PER_STREAM);

  livekit::AddTrackRequest audio;
  audio.set_type(livekit::AUDIO);
  audio.set_stereo(true);
  audio.add_audio_features(livekit::TF_STEREO);
  audio.set_disable_dtx(true);
  info = make_track_info(audio, "TR_Ax", supported_codecs());
  CHECK(info.audio_features_size() == 2);
  CHECK(info.stereo());
  CHECK(info.disable_dtx());
  CHECK(info.stream() == "unknown");
  CHECK(info.codecs(0).video_layer_mode() == livekit::VideoLayer::ONE_SPATIAL_LAYER_PER_STREAM);  // of LiveKit's too
}

TEST_CASE("sound in two codecs is to be had in both, unless its publisher insists on the backup") {
  livekit::AddTrackRequest request;
  const auto policy = [&](livekit::TrackType type, livekit::BackupCodecPolicy wanted) {
    request.set_type(type);
    request.set_backup_codec_policy(wanted);
    return make_track_info(request, "TR_x", supported_codecs()).backup_codec_policy();
  };
  CHECK(policy(livekit::AUDIO, livekit::PREFER_REGRESSION) == livekit::SIMULCAST);
  CHECK(policy(livekit::AUDIO, livekit::REGRESSION) == livekit::REGRESSION);
  CHECK(policy(livekit::VIDEO, livekit::PREFER_REGRESSION) == livekit::PREFER_REGRESSION);
}

TEST_CASE("[S-048] mute is told to everyone, the publisher included, and an unknown track is not found") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  const auto sid = alice.last(Case::kTrackPublished).track_published().track().sid();
  CHECK_FALSE(bob.heard_of("alice").tracks(0).muted());
  livekit::MuteTrackRequest mute;
  mute.set_sid(sid);
  mute.set_muted(true);
  world.room->mute_track(world.now(), alice.id, mute, world.out);
  world.deliver();
  CHECK(bob.heard_of("alice").tracks(0).muted());
  CHECK(alice.heard_of("alice").tracks(0).muted());
  CHECK(alice.count(Case::kMute) == 0);
  mute.set_sid("TR_AMnobody");
  world.room->mute_track(world.now(), alice.id, mute, world.out);
  world.deliver();
  const auto& response = alice.last(Case::kRequestResponse).request_response();
  CHECK(response.reason() == livekit::RequestResponse::NOT_FOUND);
  CHECK(response.mute().sid() == "TR_AMnobody");
}

TEST_CASE("[S-049] features and size of a track change for others too") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.publish(alice, microphone);
  const auto audio_sid = alice.last(Case::kTrackPublished).track_published().track().sid();
  world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  const auto video_sid = alice.last(Case::kTrackPublished).track_published().track().sid();
  livekit::UpdateLocalAudioTrack audio;
  audio.set_track_sid(audio_sid);
  audio.add_features(livekit::TF_STEREO);
  audio.add_features(livekit::TF_STEREO);
  world.room->update_audio_track(world.now(), alice.id, audio, world.out);
  livekit::UpdateLocalVideoTrack video;
  video.set_track_sid(video_sid);
  video.set_width(320);
  video.set_height(240);
  world.room->update_video_track(world.now(), alice.id, video, world.out);
  world.deliver();
  const auto info = bob.heard_of("alice");
  REQUIRE(info.tracks_size() == 2);
  CHECK(info.tracks(0).audio_features_size() == 1);
  CHECK(info.tracks(0).stereo());
  CHECK(info.tracks(1).width() == 320);
  video.set_track_sid("TR_VCnobody");
  world.room->update_video_track(world.now(), alice.id, video, world.out);
  world.deliver();
  CHECK(alice.last(Case::kRequestResponse).request_response().reason() == livekit::RequestResponse::NOT_FOUND);
}

TEST_CASE("tracks bundled with a v1 join are published before its offer is answered") {
  World world;
  auto& alice = world.client("alice");
  auto& track = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  world.join(alice, [&](JoinParams& params) {
    params.add_tracks.push_back(alice.add_track_request(track));
    params.offer = alice.make_offer();
  });
  std::vector<Case> order;
  order.reserve(alice.messages.size());
  for (const auto& message : alice.messages) order.push_back(message.message_case());
  REQUIRE(order.size() >= 3);
  CHECK(order[0] == Case::kJoin);
  CHECK(order[1] == Case::kTrackPublished);
  CHECK(order[2] == Case::kAnswer);
  CHECK(world.room->participant_info(alice.id).tracks_size() == 1);
  world.run(seconds(1));
  CHECK(alice.publisher.connected);
}

}  // namespace sfu::room

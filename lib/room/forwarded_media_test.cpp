// SPDX-License-Identifier: Apache-2.0
// What a room has done to media on its way, by its options and by what it knows of tracks and clients.
#include <doctest/doctest.h>

#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "room/media_setup.hpp"
#include "room/testing.hpp"

using namespace sfu;
using namespace sfu::room;
using namespace sfu::room::testing;
using rtp::Codec;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes payload_of(const Bytes& packet) {
  const auto payload = rtp::PacketView::parse(packet)->payload();
  return {payload.begin(), payload.end()};
}

// Alice speaks plain Opus, or whatever `change` makes of it, to bob.
struct Call {
  using Change = std::function<void(livekit::AddTrackRequest&)>;
  explicit Call(const room::RoomOptions& options = {}, bool v1 = true, const Change& change = {}) : world(options) {
    alice = &world.connect("alice");
    bob = &world.connect("bob", v1);
    microphone = &alice->add_track(livekit::AUDIO, livekit::MICROPHONE, "mic", Codec::kOpus);
    auto request = alice->add_track_request(*microphone);
    if (change) change(request);
    world.room->add_track(world.now(), alice->id, request, world.out);
    alice->send_offer();
    world.run(milliseconds(500));
  }
  void speak(int packets) {
    for (int i = 0; i < packets; ++i) {
      const Bytes frame = {++spoken, 7};
      alice->send_packet(*microphone, frame);
      world.run(milliseconds(20));
    }
  }
  void mute(bool muted) {
    livekit::MuteTrackRequest request;
    request.set_sid(alice->last(Case::kTrackPublished).track_published().track().sid());
    request.set_muted(muted);
    world.room->mute_track(world.now(), alice->id, request, world.out);
    world.deliver();
  }
  std::size_t blocks(std::size_t index) const {
    std::array<codec::RedBlock, codec::kMaxRedBlocks> found;
    const auto count = codec::split_red(payload_of(bob->received().at(index)), found);
    return count ? *count : 0;
  }

  World world;
  TestClient* alice;
  TestClient* bob;
  TestTrack* microphone;
  std::uint8_t spoken = 0;
};

room::RoomOptions with_red() {
  room::RoomOptions options;
  options.active_red_encoding = true;
  return options;
}

}  // namespace

TEST_CASE(
    "[M-043] with active RED plain Opus reaches subscribers with two blocks of redundancy, and without it as it is") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    Call call(with_red(), v1);
    call.speak(3);
    REQUIRE(call.bob->received().size() == 3);
    CHECK(call.blocks(2) == 3);
    const Bytes whole = payload_of(call.bob->received()[2]);
    const Bytes end = {1, 7, 2, 7, 3, 7};
    CHECK(std::equal(end.rbegin(), end.rend(), whole.rbegin()));
    Call plain({}, v1);
    plain.speak(3);
    REQUIRE(plain.bob->received().size() == 3);
    CHECK(payload_of(plain.bob->received()[2]) == Bytes{3, 7});
  }
}

TEST_CASE("[M-043] tracks that are encrypted end to end, and those whose publisher wants no RED, stay plain") {
  const Call::Change changes[] = {
      [](livekit::AddTrackRequest& request) { request.set_encryption(livekit::Encryption::GCM); },
      [](livekit::AddTrackRequest& request) { request.set_disable_red(true); },
  };
  for (const auto& change : changes) {
    Call call(with_red(), true, change);
    call.speak(3);
    REQUIRE(call.bob->received().size() == 3);
    CHECK(payload_of(call.bob->received()[2]) == Bytes{3, 7});
  }
}

TEST_CASE("[M-064] subscribers hear a second of silence after a mute, of encrypted tracks with the room's trailer") {
  for (const bool encrypted : {false, true}) {
    CAPTURE(encrypted);
    Call call({}, true, [&](livekit::AddTrackRequest& request) {
      if (encrypted) request.set_encryption(livekit::Encryption::GCM);
    });
    call.speak(2);
    call.mute(true);
    call.world.run(seconds(3));
    REQUIRE(call.bob->received().size() == 52);
    Bytes expected = {0xf8, 0xff, 0xfe};
    const auto& trailer = call.bob->last(Case::kJoin).join().sif_trailer();
    REQUIRE(trailer.size() >= 32);
    if (encrypted) expected.insert(expected.end(), trailer.begin(), trailer.end());
    CHECK(payload_of(call.bob->received().back()) == expected);
  }
}

TEST_CASE("[M-064] a picture that is unpublished ends in black for its subscribers") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, camera);
  world.run(milliseconds(500));
  const Bytes keyframe = {0x90, 0x80, 0x05, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 1, 2, 3};
  alice.send_packet(camera, keyframe);
  world.run(milliseconds(50));
  REQUIRE(bob.received().size() == 1);
  alice.unpublish(camera);
  world.run(milliseconds(100));
  REQUIRE(bob.received().size() == 7);
  for (std::size_t i = 1; i < 7; ++i) {
    const auto frame = *codec::parse_vp8(payload_of(bob.received()[i]));
    CHECK(frame.is_keyframe);
    CHECK(frame.width == 8);
  }
}

TEST_CASE("[M-047] the packet trailer of a track that has one goes to those alone whose client knows it") {
  for (const bool announced : {true, false}) {
    CAPTURE(announced);
    World world;
    auto& alice = world.connect("alice");
    auto& bob = world.connect("bob");
    auto& carol = world.connect("carol", true, [](JoinParams& params) {
      params.client.add_capabilities(livekit::ClientInfo::CAP_PACKET_TRAILER);
    });
    auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
    auto request = alice.add_track_request(camera);
    if (announced) request.add_packet_trailer_features(livekit::PTF_USER_TIMESTAMP);
    world.room->add_track(world.now(), alice.id, request, world.out);
    alice.send_offer();
    world.run(milliseconds(500));
    Bytes frame = {0x90, 0x80, 0x05, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 1, 2, 3};
    const std::size_t plain = frame.size();
    const Bytes trailer = {1, 2, 7 ^ 0xff, 'L', 'K', 'T', 'S'};
    frame.insert(frame.end(), trailer.begin(), trailer.end());
    alice.send_packet(camera, frame);
    world.run(milliseconds(50));
    REQUIRE(bob.received().size() == 1);
    REQUIRE(carol.received().size() == 1);
    CHECK(payload_of(carol.received()[0]).size() == frame.size());
    CHECK(payload_of(bob.received()[0]).size() == (announced ? plain : frame.size()));
  }
}

TEST_CASE("[M-048] loss proxying is what the room's options say") {
  for (const bool enabled : {false, true}) {
    room::RoomOptions options;
    options.loss_proxying = enabled;
    CHECK(published_track_config({}, {}, 1, "", options).loss_proxying == enabled);
  }
}

namespace {

constexpr std::uint8_t kMid = 4;

// Alice speaks to bob, in offers that the test writes.
struct Edited {
  using Edit = std::function<void(sdp::MediaDescription&)>;
  Edited() { world.room->add_track(world.now(), alice.id, alice.add_track_request(microphone), world.out); }

  void offer(const Edit& edit) {
    auto message = alice.make_offer();
    auto description = sdp::parse(message.sdp());
    REQUIRE(description);
    const auto section = std::ranges::find(description->media, microphone.mid, &sdp::MediaDescription::mid);
    REQUIRE(section != description->media.end());
    edit(*section);
    message.set_sdp(sdp::write(*description));
    world.room->offer(world.now(), alice.id, message, world.out);
    world.run(milliseconds(500));
  }
  void speak(std::uint8_t sound, rtp::Ssrc ssrc, bool with_mid = false) {
    const auto* sends = alice.publisher.peer->negotiation().send_section(microphone.mid);
    REQUIRE(sends != nullptr);
    rtp::Header header;
    header.payload_type = sends->codecs.front().payload_type;
    header.sequence_number = microphone.sequence++;
    header.timestamp = microphone.timestamp += 960;
    header.ssrc = ssrc;
    rtp::PacketWriter writer(alice.publisher.peer->open_rtp(world.datagrams), header);
    if (with_mid) writer.extension(kMid, as_bytes(microphone.mid));
    writer.payload(Bytes{sound});
    CHECK(alice.publisher.peer->send_rtp(world.datagrams, writer.size()));
    world.run(milliseconds(20));
  }
  std::string heard() {
    std::string sounds;
    for (const Bytes& packet : bob.received()) sounds += std::to_string(payload_of(packet).front()) + ' ';
    return sounds;
  }

  World world;
  TestClient& alice = world.connect("alice");
  TestClient& bob = world.connect("bob");
  TestTrack& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic", Codec::kOpus);
};

}  // namespace

TEST_CASE("a stream that was found by its mid goes on, without it, when an offer changes its section") {
  Edited call;
  const rtp::Ssrc ssrc = call.microphone.ssrc;
  // No a=ssrc, as of senders that say by mid what their packets are.
  const auto by_mid = [](sdp::MediaDescription& section) {
    section.ssrcs.clear();
    section.ssrc_groups.clear();
    section.extensions.push_back({kMid, sdp::Direction::kSendRecv, "urn:ietf:params:rtp-hdrext:sdes:mid"});
  };
  call.offer(by_mid);
  call.speak(0, ssrc);  // whose it is cannot be told yet
  call.speak(1, ssrc, true);
  call.speak(2, ssrc);
  call.offer([&](sdp::MediaDescription& section) {
    by_mid(section);
    std::erase_if(section.extensions, [](const sdp::ExtMap& each) { return each.uri.ends_with("ssrc-audio-level"); });
  });
  call.speak(3, ssrc);
  CHECK(call.heard() == "1 2 3 ");
}

TEST_CASE("a stream that an offer tells no more by its SSRC is not taken for its track any longer") {
  Edited call;
  const rtp::Ssrc ssrc = call.microphone.ssrc;
  const rtp::Ssrc next = ssrc + 1;
  call.offer([](sdp::MediaDescription&) {});
  call.speak(1, ssrc);
  call.offer([&](sdp::MediaDescription& section) {
    for (auto& each : section.ssrcs) each.ssrc = next;
  });
  call.speak(2, ssrc);
  call.speak(3, next);
  CHECK(call.heard() == "1 3 ");
}

// SPDX-License-Identifier: Apache-2.0
// What filters put in place of payloads.
#include <doctest/doctest.h>

#include <set>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

TEST_CASE("a new payload reaches every subscriber behind the descriptor, also when it is asked for again") {
  Studio studio;
  Filter cipher(invert);
  studio.attach(cipher);
  RecordingSink other;
  Output output = studio.world.out();
  studio.track.add_forwarder(studio.world.now(), forwarder_config(other, 0x6000, 0x6001), output);
  SeededRandom random(1);
  Vp8Source source(0, random);
  // With padding, which does not go along.
  const auto frame = source.frame(studio.world.now(), true, 2);
  const auto view = *rtp::PacketView::parse(frame[0]);
  studio.receive(rtp_packet({view.marker(), kVp8, view.sequence_number(), view.timestamp(), view.ssrc()},
                            view.payload(), 0, {}, 40));
  studio.receive(frame[1]);
  REQUIRE(studio.subscriber.rtp.size() == 2);
  REQUIRE(other.rtp.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(studio.body(i) == inverted(cipher.payloads[i]));
    CHECK(copy_of(rtp::PacketView::parse(other.rtp[i])->payload()) == studio.payload(i));
    const Bytes before = studio.payload(i);
    const auto number = studio.sent(i).sequence_number();
    const std::size_t sent = studio.subscriber.rtp.size();
    studio.nack({number});
    REQUIRE(studio.subscriber.rtp.size() == sent + 1);
    const Bytes again = studio.payload(sent);
    CHECK(load_be16(again.data()) == number);
    CHECK(Bytes(again.begin() + 2, again.end()) == before);
  }
}

TEST_CASE("key frames, layers and picture numbers are those of the payload as it was published") {
  // The camera's first byte behind the descriptor tells a key frame; inverted it tells the opposite.
  Studio studio;
  Filter cipher(invert);
  studio.attach(cipher);
  SeededRandom random(3);
  Vp8Source sources[] = {{0, random}, {1, random}};
  std::set<std::uint8_t> layers;
  const auto film = [&](int frames, int last_layer) {
    for (int frame = 0; frame < frames; ++frame) {
      for (int layer = 0; layer <= last_layer; ++layer) {
        Vp8Source& source = sources[layer];
        if (frame % 10 == 0) {
          studio.track.on_sender_report(studio.world.now(), source.layer(), to_ntp(studio.world.clock.wall_now()),
                                        source.timestamp(studio.world.now()));
        }
        for (const Bytes& packet : source.frame(studio.world.now(), frame % 20 == 0, 3, true)) {
          studio.receive(packet, source.layer());
        }
      }
      studio.world.advance(studio.track, 33ms);
      layers.insert(studio.track.forwarder(studio.id)->stats().layer);
    }
  };
  film(30, 0);
  film(60, 1);
  CHECK(layers.contains(0));
  CHECK(layers.contains(1));
  CHECK(studio.is_gapless());
  CHECK(studio.track.stream_stats(0)->keyframes == 5);
  std::uint16_t picture = codec::parse_vp8(studio.sent(0).payload())->picture_id;
  for (std::size_t i = 0; i < studio.subscriber.rtp.size(); ++i) {
    const auto descriptor = *codec::parse_vp8(studio.sent(i).payload());
    CHECK(((descriptor.picture_id - picture) & 0x7fff) <= 1);
    picture = descriptor.picture_id;
    const Bytes clear = inverted(studio.body(i));
    const bool has_marker = std::ranges::find(clear, 0xee) != clear.end();
    CHECK(has_marker);
  }
}

TEST_CASE("AV1 and VP9 with a dependency descriptor: an opaque payload hides neither key frames nor the descriptor") {
  constexpr std::uint8_t kPayloadType = 45, kIn = 12, kOut = 4;
  struct Case {
    rtp::Codec codec;
    Bytes payload;
    std::size_t descriptor;
  };
  // W = 1 with an OBU_FRAME; B and E, and a picture number.
  const Case cases[] = {{rtp::Codec::kAv1, {0x10, 0x30, 1, 2, 3, 4}, 1},
                        {rtp::Codec::kVp9, {0x8c, 0x05, 1, 2, 3, 4}, 2}};
  for (const Case& test : cases) {
    PublishedTrackConfig config;
    config.payloads = {{kPayloadType, test.codec, 90000, kNoPayloadType}};
    config.extensions.set(kIn, rtp::Extension::kDependencyDescriptor);
    auto to = Studio::default_subscriber();
    to.payloads = {{kPayloadType, kPayloadType, kNoPayloadType, false}};
    to.extensions.set(kOut, rtp::Extension::kDependencyDescriptor);
    Studio studio(config, to);
    Filter cipher(invert);
    studio.attach(cipher);
    const Bytes before = {0xc1, 0, 0}, begins_sequence = {0xc0, 0, 1, 0x80}, follows = {0xc1, 0, 2};
    studio.receive(rtp_packet({true, kPayloadType, 9, 900, 0x1000}, test.payload, kIn, before));
    studio.receive(rtp_packet({true, kPayloadType, 10, 3900, 0x1000}, test.payload, kIn, begins_sequence));
    studio.receive(rtp_packet({true, kPayloadType, 11, 6900, 0x1000}, test.payload, kIn, follows));
    REQUIRE(cipher.shown.size() == 3);
    CHECK(cipher.shown[1].starts_keyframe);
    CHECK(cipher.payloads[0].size() == test.payload.size() - test.descriptor);
    REQUIRE(studio.subscriber.rtp.size() == (test.codec == rtp::Codec::kAv1 ? 2 : 3));
    const std::size_t key = studio.subscriber.rtp.size() - 2;
    CHECK(copy_of(studio.sent(key).extension(kOut)) == begins_sequence);
    Bytes expected = test.payload;
    for (std::size_t i = test.descriptor; i < expected.size(); ++i) expected[i] ^= 0xff;
    CHECK(studio.payload(key) == expected);
  }
}

TEST_CASE("a payload may become shorter, or as long as the room, and what does not fit is dropped") {
  Studio studio(audio_config());
  std::size_t size = 0, room_size = 0;
  Filter resizer([&](const TrackPacket&, std::span<std::uint8_t> room) {
    room_size = room.size();
    std::ranges::fill(room.first(std::min(size, room.size())), 0x42);
    return PacketVerdict::replace(size);
  });
  studio.attach(resizer);
  const Bytes payload(100, 1);
  std::uint16_t number = 1;
  const auto sent_with = [&](std::size_t replaced) {
    size = replaced;
    studio.subscriber.clear();
    studio.receive(audio_packet(number++, payload));
    return studio.subscriber.rtp.empty() ? Bytes() : studio.payload(0);
  };
  CHECK(sent_with(1) == Bytes(1, 0x42));
  CHECK(room_size == PacketFilters::kMaxPacket - rtp::kFixedHeaderSize);
  CHECK(sent_with(room_size) == Bytes(room_size, 0x42));
  CHECK(sent_with(room_size + 1).empty());
  CHECK(sent_with(std::size_t(-1)).empty());
  CHECK(sent_with(0).empty());
  CHECK(studio.track.stream_stats(0)->filtered == 3);
  // A publisher's packet may be larger than what is thought to pass; its payload fits all the same.
  studio.receive(audio_packet(number, Bytes(1460, 1)));
  CHECK(room_size == 1460);
}

TEST_CASE("of redundant audio the newest block is shown; a new payload is alone, and older blocks bring nothing back") {
  auto without_red = Studio::default_subscriber();
  without_red.payloads = {{kRed, kOutOpus, kNoPayloadType, true}, {kOpus, kOutOpus, kNoPayloadType, false}};
  Studio studio(audio_config());
  RecordingSink opus_only;
  without_red.sink = &opus_only;
  without_red.ssrc = 0x6000;
  Output output = studio.world.out();
  studio.track.add_forwarder(studio.world.now(), without_red, output);
  PacketVerdict verdict;
  Filter filter([&](const TrackPacket& packet, std::span<std::uint8_t> room) {
    return verdict.action == Action::kReplace ? invert(packet, room) : verdict;
  });
  studio.attach(filter);
  const auto blocks_of = [](const Bytes& payload) {
    std::array<codec::RedBlock, codec::kMaxRedBlocks> blocks;
    return *codec::split_red(payload, blocks);
  };
  const auto last_opus = [&] { return copy_of(rtp::PacketView::parse(opus_only.rtp.back())->payload()); };
  const auto last_red = [&] { return studio.payload(studio.subscriber.rtp.size() - 1); };

  studio.receive(red_packet(10));
  CHECK(filter.shown[0].mime_type == "audio/opus");
  CHECK(filter.shown[0].redundant);
  CHECK(filter.payloads[0] == Bytes{10, 7});
  CHECK(blocks_of(last_red()) == 3);
  CHECK(last_opus() == Bytes{10, 7});

  verdict.action = Action::kReplace;
  studio.receive(red_packet(11));
  CHECK(blocks_of(last_red()) == 1);
  CHECK(last_red() == Bytes{kOpus, 11 ^ 0xff, 7 ^ 0xff});
  CHECK(last_opus() == Bytes{11 ^ 0xff, 7 ^ 0xff});

  verdict.action = Action::kDrop;
  studio.receive(red_packet(12));
  verdict.action = Action::kPass;
  for (std::uint8_t number = 13; number < 29; ++number) {
    studio.receive(red_packet(number));
    CHECK(last_red() == Bytes{kOpus, number, 7});
    CHECK(last_opus() == Bytes{number, 7});
  }
  for (std::uint8_t number = 29; number < 32; ++number) studio.receive(red_packet(number));
  CHECK(blocks_of(last_red()) == 3);
  CHECK(studio.is_gapless());

  // What is no RED in spite of its name is shown as it is.
  verdict.action = Action::kReplace;
  studio.receive(audio_packet(32, Bytes{0xff, 0xff}, kRed));
  CHECK(filter.shown.back().mime_type == "audio/red");
  CHECK_FALSE(filter.shown.back().redundant);
}

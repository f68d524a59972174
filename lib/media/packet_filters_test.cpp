// SPDX-License-Identifier: Apache-2.0
#include "media/packet_filters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "codec/red.hpp"
#include "media/testing.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/rtx.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

using Action = PacketVerdict::Action;

Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

// Does what the test says, and keeps what it was shown.
class Filter final : public PacketFilter {
 public:
  using Decide = std::function<PacketVerdict(const TrackPacket&, std::span<std::uint8_t>)>;
  explicit Filter(Decide decide = {}) : decide_(std::move(decide)) {}

  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    shown.push_back(packet);
    payloads.push_back(copy_of(packet.payload));
    return decide_ ? decide_(packet, room) : PacketVerdict::pass();
  }
  void on_ended() noexcept override { ++ended; }

  std::vector<TrackPacket> shown;  // their spans dangle
  std::vector<Bytes> payloads;
  int ended = 0;

 private:
  Decide decide_;
};

PacketVerdict invert(const TrackPacket& packet, std::span<std::uint8_t> room) {
  std::ranges::transform(packet.payload, room.begin(), [](std::uint8_t byte) { return byte ^ 0xff; });
  return PacketVerdict::replace(packet.payload.size());
}
Bytes inverted(Bytes bytes) {
  for (auto& byte : bytes) byte ^= 0xff;
  return bytes;
}

// A track with filters and one subscriber.
struct Studio {
  explicit Studio(const PublishedTrackConfig& config = video_config()) : Studio(config, default_subscriber()) {}
  Studio(const PublishedTrackConfig& config, ForwarderConfig to) : track(config, publisher, world.random) {
    to.sink = &subscriber;
    Output output = world.out();
    id = track.add_forwarder(world.now(), to, output);
  }
  static ForwarderConfig default_subscriber() {
    RecordingSink none;
    return forwarder_config(none);
  }
  std::shared_ptr<FilterPlace> attach(PacketFilter& filter) {
    auto place = filters.attach(filter);
    track.set_filters(&filters);
    return place;
  }
  void receive(const Bytes& packet, std::uint8_t layer = 0) { world.receive(track, layer, packet); }
  void receive_rtx(const Bytes& lost, std::uint16_t number) {
    Bytes rtx(1500);
    rtx.resize(rtp::encapsulate_rtx(*rtp::PacketView::parse(lost), kVp8Rtx, 0x2000, number, rtx));
    const auto view = *rtp::PacketView::parse(rtx);
    Output output = world.out();
    track.receive_rtx(world.now(), 0, 0x1000, rtx, view, output);
  }
  void nack(std::vector<std::uint16_t> numbers) {
    world.clock.advance(150ms);
    Output output = world.out();
    track.on_nack(world.now(), id, numbers, output);
  }
  rtp::PacketView sent(std::size_t index) const { return *rtp::PacketView::parse(subscriber.rtp.at(index)); }
  Bytes payload(std::size_t index) const { return copy_of(sent(index).payload()); }
  // What follows VP8's descriptor.
  Bytes body(std::size_t index) const {
    const Bytes whole = payload(index);
    return {whole.begin() + codec::parse_vp8(whole)->size, whole.end()};
  }
  bool is_gapless() const {
    for (std::size_t i = 1; i < subscriber.rtp.size(); ++i) {
      if (static_cast<std::uint16_t>(sent(i).sequence_number() - sent(i - 1).sequence_number()) != 1) return false;
    }
    return true;
  }
  int nacked() const {
    int numbers = 0;
    publisher.for_each<rtcp::Nack>([&](const rtcp::Nack& nack) { nack.for_each([&](std::uint16_t) { ++numbers; }); });
    return numbers;
  }

  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  PacketFilters filters;
  PublishedTrack track;
  ForwarderId id;
};

Bytes audio_packet(std::uint16_t sequence, ByteView payload, std::uint8_t payload_type = kOpus) {
  return rtp_packet({false, payload_type, sequence, sequence * 960U, 0x1000}, payload);
}

// Each block is two bytes: the number of the packet that brought it first.
Bytes red_packet(std::uint8_t number) {
  const Bytes blocks[] = {
      {static_cast<std::uint8_t>(number - 2), 7}, {static_cast<std::uint8_t>(number - 1), 7}, {number, 7}};
  const codec::RedBlock red[] = {{kOpus, 1920, blocks[0]}, {kOpus, 960, blocks[1]}, {kOpus, 0, blocks[2]}};
  Bytes payload(100);
  payload.resize(*codec::build_red(red, payload));
  return audio_packet(number, payload, kRed);
}

}  // namespace

TEST_CASE("a filter is shown each packet that brings media once, with what is known of it, and changes nothing") {
  Studio studio;
  Filter tap;
  studio.attach(tap);
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto key = source.frame(studio.world.now(), true, 4);
  studio.receive(key[0]);
  studio.receive(key[2]);
  studio.receive(key[2]);
  studio.receive_rtx(key[1], 1);
  studio.receive(key[1]);
  studio.receive(key[3]);
  const auto last = rtp::PacketView::parse(key[3])->sequence_number();
  studio.receive(rtp_packet({false, kVp8, static_cast<std::uint16_t>(last + 1), 1, 0x1000}, {}, 0, {}, 200));

  REQUIRE(tap.shown.size() == 4);
  const TrackPacket& first = tap.shown[0];
  CHECK(first.mime_type == "video/VP8");
  CHECK(first.payload_type == kVp8);
  CHECK(first.ssrc == 0x1000);
  CHECK(first.sequence_number == rtp::PacketView::parse(key[0])->sequence_number());
  CHECK(first.timestamp == rtp::PacketView::parse(key[0])->timestamp());
  CHECK(first.starts_keyframe);
  CHECK(first.starts_frame);
  CHECK(first.arrived == studio.world.now());
  CHECK_FALSE(first.audio_level);
  CHECK_FALSE(tap.shown[1].starts_frame);
  CHECK_FALSE(tap.shown[1].recovered);
  CHECK(tap.shown[2].recovered);
  CHECK(tap.shown[3].marker);
  // In place: nothing was copied for it.
  CHECK(first.payload.data() == rtp::PacketView::parse(key[0])->payload().data() + first.descriptor.size());
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t came = std::array<std::size_t, 4>{0, 2, 1, 3}[i];
    CHECK(studio.payload(i) == copy_of(rtp::PacketView::parse(key[came])->payload()));
  }
}

TEST_CASE("a filter of a microphone is told the level, and of a camera the layers") {
  auto config = audio_config();
  config.extensions.set(3, rtp::Extension::kAudioLevel);
  Studio microphone(config);
  Filter listener;
  microphone.attach(listener);
  const Bytes loud = {0x80 | 20};
  microphone.receive(rtp_packet({false, kOpus, 1, 960, 0x1000}, Bytes{1, 2, 3}, 3, loud));
  REQUIRE(listener.shown.size() == 1);
  CHECK(listener.shown[0].mime_type == "audio/opus");
  CHECK(listener.shown[0].audio_level == 20);
  CHECK(listener.shown[0].voice);
  CHECK(listener.shown[0].descriptor.empty());
  CHECK(listener.payloads[0] == Bytes{1, 2, 3});

  Studio camera;
  Filter watcher;
  camera.attach(watcher);
  SeededRandom random(1);
  Vp8Source upper(1, random);
  for (int i = 0; i < 4; ++i) {
    camera.receive(upper.frame(camera.world.now(), i == 0, 1, true)[0], 1);
  }
  REQUIRE(watcher.shown.size() == 4);
  CHECK(watcher.shown[3].layer == 1);
  CHECK(watcher.shown[0].temporal_layer == 0);
  CHECK(watcher.shown[1].temporal_layer == 2);
}

TEST_CASE("dropped packets leave no gap, are asked for by nobody, and count as received") {
  Studio studio;
  int count = 0;
  Filter every_third([&](const TrackPacket& packet, auto) {
    return ++count % 3 == 0 && !packet.starts_frame ? PacketVerdict::drop() : PacketVerdict::pass();
  });
  studio.attach(every_third);
  Traffic traffic;
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (int frame = 0; frame < 40; ++frame) {
    for (const Bytes& packet : source.frame(studio.world.now(), frame == 0, 3)) {
      Output output = studio.world.out();
      output.traffic = &traffic;
      studio.track.receive_rtp(studio.world.now(), 0, *rtp::PacketView::parse(packet), output);
    }
    studio.world.advance(studio.track, 33ms);
  }
  CHECK(studio.subscriber.rtp.size() == 80);
  CHECK(studio.is_gapless());
  CHECK(studio.nacked() == 0);
  const auto stats = *studio.track.stream_stats(0);
  CHECK(stats.filtered == 40);
  CHECK(stats.reception.packets == 120);
  CHECK(stats.reception.lost == 0);
  CHECK(traffic.filtered.packets == 40);
  studio.publisher.for_each<rtcp::ReceiverReport>([&](const rtcp::ReceiverReport& report) {
    for (const rtcp::ReportBlock block : report.reports) CHECK(block.fraction_lost == 0);
  });
}

TEST_CASE("a VP8 frame whose first packet is dropped goes whole, with its picture number") {
  Studio studio;
  Filter upper_layer([](const TrackPacket& packet, auto) {
    return packet.temporal_layer == 2 && packet.starts_frame ? PacketVerdict::drop() : PacketVerdict::pass();
  });
  studio.attach(upper_layer);
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (int frame = 0; frame < 16; ++frame) {
    for (const Bytes& packet : source.frame(studio.world.now(), frame == 0, 2, true)) studio.receive(packet);
  }
  REQUIRE(studio.subscriber.rtp.size() == 16);
  CHECK(studio.is_gapless());
  for (std::size_t i = 1; i < 16; ++i) {
    const auto before = *codec::parse_vp8(studio.sent(i - 1).payload());
    const auto now = *codec::parse_vp8(studio.sent(i).payload());
    CHECK(now.temporal_layer != 2);
    CHECK(((now.picture_id - before.picture_id) & 0x7fff) == (i % 2 == 0 ? 1 : 0));
  }
}

TEST_CASE("an empty packet takes the number of one that is dropped when later ones have gone out") {
  Studio studio;
  Filter recovered(
      [](const TrackPacket& packet, auto) { return packet.recovered ? PacketVerdict::drop() : PacketVerdict::pass(); });
  studio.attach(recovered);
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto packets = source.frame(studio.world.now(), true, 4);
  studio.receive(packets[0]);
  studio.receive(packets[3]);
  studio.receive_rtx(packets[1], 1);
  studio.receive_rtx(packets[2], 2);
  studio.world.advance(studio.track, 1s);
  CHECK(studio.nacked() == 0);
  REQUIRE(studio.subscriber.rtp.size() == 4);
  const auto hole = static_cast<std::uint16_t>(studio.sent(0).sequence_number() + 1);
  CHECK(studio.sent(2).sequence_number() == hole);
  CHECK(studio.sent(2).payload().empty());
  CHECK(studio.sent(3).sequence_number() == hole + 1);
  // Lost on the way, it is there to be asked for.
  studio.subscriber.clear();
  studio.nack({hole});
  REQUIRE(studio.subscriber.rtp.size() == 1);
  CHECK(load_be16(studio.sent(0).payload().data()) == hole);
  CHECK(studio.sent(0).payload().size() == 2);
}

TEST_CASE("what a dropped frame still lacks has its place taken when it comes") {
  Studio studio;
  Filter upper_layer([](const TrackPacket& packet, auto) {
    return packet.temporal_layer == 2 && packet.starts_frame ? PacketVerdict::drop() : PacketVerdict::pass();
  });
  studio.attach(upper_layer);
  SeededRandom random(1);
  Vp8Source source(0, random);
  studio.receive(source.frame(studio.world.now(), true, 1, true)[0]);
  const auto dropped = source.frame(studio.world.now(), false, 2, true);
  studio.receive(dropped[0]);
  studio.receive(source.frame(studio.world.now(), false, 1, true)[0]);
  REQUIRE(studio.subscriber.rtp.size() == 2);
  const auto first = studio.sent(0).sequence_number();
  CHECK(studio.sent(1).sequence_number() == first + 2);
  studio.receive(dropped[1]);
  REQUIRE(studio.subscriber.rtp.size() == 3);
  CHECK(studio.sent(2).sequence_number() == first + 1);
  CHECK(studio.sent(2).payload().empty());
}

TEST_CASE("a packet that comes after a switch does not get the number that the new layer began with") {
  Studio studio;
  Filter last([](const TrackPacket& packet, auto) {
    return packet.layer == 0 && packet.marker ? PacketVerdict::drop() : PacketVerdict::pass();
  });
  studio.attach(last);
  SeededRandom random(1);
  Vp8Source low(0, random), high(1, random);
  const auto shown = low.frame(studio.world.now(), true, 3);
  studio.receive(shown[0]);
  studio.receive(shown[2]);
  studio.receive(high.frame(studio.world.now(), false, 1)[0], 1);
  for (Vp8Source* source : {&low, &high}) {
    studio.track.on_sender_report(studio.world.now(), source->layer(), to_ntp(studio.world.clock.wall_now()),
                                  source->timestamp(studio.world.now()));
  }
  studio.world.clock.advance(33ms);
  studio.receive(high.frame(studio.world.now(), true, 1)[0], 1);
  REQUIRE(studio.track.forwarder(studio.id)->stats().layer == 1);
  REQUIRE(studio.subscriber.rtp.size() == 2);
  studio.receive(shown[1]);
  CHECK(studio.subscriber.rtp.size() == 2);
  CHECK(studio.is_gapless());
}

TEST_CASE("at a switch that is caught up with, what was dropped leaves no gap either") {
  Studio studio;
  Filter second([](const TrackPacket& packet, auto) {
    return packet.layer == 1 && !packet.starts_frame && !packet.marker ? PacketVerdict::drop() : PacketVerdict::pass();
  });
  studio.attach(second);
  SeededRandom random(1);
  Vp8Source low(0, random), high(1, random);
  const auto shown = low.frame(studio.world.now(), true, 2);
  for (const Bytes& packet : shown) studio.receive(packet);
  studio.receive(high.frame(studio.world.now(), false, 1)[0], 1);
  for (Vp8Source* source : {&low, &high}) {
    studio.track.on_sender_report(studio.world.now(), source->layer(), to_ntp(studio.world.clock.wall_now()),
                                  source->timestamp(studio.world.now()));
  }
  // The key frame's first packet comes last.
  studio.world.clock.advance(1500ms);
  const auto key = high.frame(studio.world.now(), true, 4);
  for (const std::size_t i : {1U, 2U, 3U, 0U}) studio.receive(key[i], 1);
  REQUIRE(studio.track.forwarder(studio.id)->stats().layer == 1);
  REQUIRE(studio.subscriber.rtp.size() == 4);
  CHECK(studio.is_gapless());
  CHECK(studio.sent(3).marker());
}

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
    const Bytes begins_sequence = {0xc0, 0, 1, 0x80}, follows = {0xc1, 0, 2};
    studio.receive(rtp_packet({true, kPayloadType, 9, 900, 0x1000}, test.payload, kIn, follows));
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

TEST_CASE("filters follow one another, and come and go from within one") {
  Studio studio(audio_config());
  const auto append = [](std::uint8_t mark) {
    return [mark](const TrackPacket& packet, std::span<std::uint8_t> room) {
      *std::ranges::copy(packet.payload, room.begin()).out = mark;
      return PacketVerdict::replace(packet.payload.size() + 1);
    };
  };
  Filter one(append(1)), two(append(2)), three(append(3)), newcomer(append(4));
  auto first = studio.attach(one);
  auto second = studio.attach(two);
  auto third = studio.attach(three);
  studio.receive(audio_packet(1, Bytes{0}));
  CHECK(studio.payload(0) == Bytes{0, 1, 2, 3});
  CHECK(two.payloads[0] == Bytes{0, 1});

  second->filter = nullptr;
  studio.receive(audio_packet(2, Bytes{0}));
  CHECK(studio.payload(1) == Bytes{0, 1, 3});
  CHECK(two.shown.size() == 1);

  // It takes itself and the next one out, and puts another in, all from within its call.
  std::shared_ptr<FilterPlace> own, added;
  Filter busy([&](const TrackPacket&, auto) {
    own->filter = nullptr;
    third->filter = nullptr;
    added = studio.attach(newcomer);
    return PacketVerdict::pass();
  });
  third->filter = nullptr;
  own = studio.attach(busy);
  third = studio.attach(three);
  studio.receive(audio_packet(3, Bytes{0}));
  CHECK(studio.payload(2) == Bytes{0, 1});
  CHECK(newcomer.shown.empty());
  studio.receive(audio_packet(4, Bytes{0}));
  CHECK(studio.payload(3) == Bytes{0, 1, 4});
  CHECK(busy.shown.size() == 1);

  // One that drops is the last that sees the packet.
  Filter wall([](const TrackPacket&, auto) { return PacketVerdict::drop(); });
  first->filter = nullptr;
  added->filter = nullptr;
  const auto stands = studio.attach(wall);
  added = studio.attach(newcomer);
  studio.receive(audio_packet(5, Bytes{0}));
  CHECK(newcomer.shown.size() == 1);
  CHECK(studio.subscriber.rtp.size() == 4);

  studio.filters.end();
  CHECK(wall.ended == 1);
  CHECK(newcomer.ended == 1);
  CHECK(one.ended == 0);
  CHECK(stands->filter == nullptr);
  studio.receive(audio_packet(6, Bytes{0}));
  CHECK(studio.payload(4) == Bytes{0});
  CHECK(wall.shown.size() == 1);
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

TEST_CASE("who is silenced by a filter does not count as a speaker") {
  auto config = audio_config();
  config.extensions.set(3, rtp::Extension::kAudioLevel);
  for (const bool silenced : {false, true}) {
    Studio studio(config);
    Filter filter(
        [silenced](const TrackPacket&, auto) { return silenced ? PacketVerdict::drop() : PacketVerdict::pass(); });
    studio.attach(filter);
    const Bytes loud = {0x80 | 10};
    for (std::uint16_t i = 0; i < 100; ++i) {
      studio.receive(rtp_packet({false, kOpus, i, i * 960U, 0x1000}, Bytes{1}, 3, loud));
      studio.world.advance(studio.track, 20ms);
    }
    CHECK((studio.track.audio_level(studio.world.now()) > 0) == !silenced);
  }
}

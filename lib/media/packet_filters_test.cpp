// SPDX-License-Identifier: Apache-2.0
// What filters see, and what they drop.
#include <doctest/doctest.h>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

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

TEST_CASE("what is dropped while the subscriber pauses, and until its picture is back, takes no number") {
  Studio studio;
  bool drops = false;
  Filter filter([&](const TrackPacket&, auto) { return drops ? PacketVerdict::drop() : PacketVerdict::pass(); });
  studio.attach(filter);
  SeededRandom random(1);
  Vp8Source source(0, random);
  studio.receive(source.frame(studio.world.now(), true, 1)[0]);
  const auto pause = [&](bool paused) {
    Output output = studio.world.out();
    studio.track.set_paused(studio.world.now(), studio.id, Pause::kDisabled, paused, output);
  };
  pause(true);
  const auto packets = source.frame(studio.world.now(), false, 6);
  for (int i = 0; i < 3; ++i) studio.receive(packets[static_cast<std::size_t>(i)]);
  drops = true;
  studio.receive(packets[4]);
  pause(false);
  studio.receive(packets[5]);
  studio.receive(packets[3]);
  drops = false;
  studio.world.advance(studio.track, 100ms);
  studio.receive(source.frame(studio.world.now(), true, 1)[0]);
  REQUIRE(studio.subscriber.rtp.size() == 2);
  CHECK(studio.sent(1).sequence_number() == static_cast<std::uint16_t>(studio.sent(0).sequence_number() + 1));
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

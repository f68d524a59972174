// SPDX-License-Identifier: Apache-2.0
#include "media/published_track.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "media/testing.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/rtx.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

struct Studio {
  explicit Studio(const PublishedTrackConfig& config = video_config()) : track(config, publisher, world.random) {
    Output output = world.out();
    id = track.add_forwarder(world.now(), forwarder_config(subscriber), output);
  }
  void receive(const Bytes& packet, std::uint8_t layer = 0) { world.receive(track, layer, packet); }
  void receive_rtx(Bytes packet) {
    Output output = world.out();
    const auto view = *rtp::PacketView::parse(packet);
    track.receive_rtx(world.now(), 0, 0x1000, packet, view, output);
  }
  std::vector<std::uint16_t> nacked() {
    std::vector<std::uint16_t> numbers;
    publisher.for_each<rtcp::Nack>(
        [&](const rtcp::Nack& nack) { nack.for_each([&](std::uint16_t number) { numbers.push_back(number); }); });
    return numbers;
  }

  // A frame of ten packets of which one comes by RTX, once it was asked for. What was asked.
  std::vector<std::uint16_t> lose_one(bool keyframe) {
    publisher.clear();
    const auto packets = source.frame(world.now(), keyframe, 10);
    for (std::size_t n = 0; n < packets.size(); ++n) {
      if (n != 5) receive(packets[n]);
    }
    world.advance(track, 20ms);
    const auto asked = nacked();
    receive_rtx(rtx_of(packets[5], rtx_number++));
    world.advance(track, 20ms);
    return asked;
  }

  World world;
  SeededRandom random{1};
  Vp8Source source{0, random};
  std::uint16_t rtx_number = 0;
  RecordingSink publisher;
  RecordingSink subscriber;
  PublishedTrack track;
  ForwarderId id;
};

}  // namespace

TEST_CASE("[M-025] the track asks for a loss 20 ms later although nothing more arrives") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto packets = source.frame(studio.world.now(), true, 5);
  studio.receive(packets[0]);
  studio.receive(packets[4]);
  CHECK(studio.track.deadline() == studio.world.now() + 20ms);
  studio.world.advance(studio.track, 20ms);
  CHECK(studio.nacked().size() == 3);
}

TEST_CASE("[M-025] where more than a packet in fifty is lost, each is asked for in two datagrams at once") {
  Studio studio;
  for (int i = 0; i < 20; ++i) {
    const auto asked = studio.lose_one(i == 0);
    CHECK(asked.size() == (i < 6 ? 1 : 2));
    CHECK(std::ranges::equal(asked, std::vector(asked.size(), asked.front())));
  }
}

TEST_CASE("[M-025] where much is lost the end of a frame is asked for 20 ms later, not only when the next one comes") {
  for (const bool much : {false, true}) {
    CAPTURE(much);
    Studio studio;
    for (int i = 0; i < (much ? 20 : 1); ++i) studio.lose_one(i == 0);
    const auto packets = studio.source.frame(studio.world.now(), false, 10);
    studio.publisher.clear();
    for (std::size_t n = 0; n < 9; ++n) studio.receive(packets[n]);
    studio.world.advance(studio.track, 20ms);
    const auto last = rtp::PacketView::parse(packets[9])->sequence_number();
    CHECK(studio.nacked() == (much ? std::vector{last, last} : std::vector<std::uint16_t>{}));
    if (!much) continue;
    const auto forwarded = studio.subscriber.rtp.size();
    studio.receive_rtx(rtx_of(packets[9], 100));
    CHECK(studio.subscriber.rtp.size() == forwarded + 1);
    // It is there: the next frame shows no loss.
    studio.publisher.clear();
    for (const Bytes& packet : studio.source.frame(studio.world.now(), false, 10)) studio.receive(packet);
    studio.world.advance(studio.track, 500ms);
    CHECK(studio.nacked().empty());
  }
}

TEST_CASE("what the publisher does not repeat in five requests makes it send a key frame") {
  for (const bool comes : {true, false}) {
    CAPTURE(comes);
    Studio studio;
    studio.lose_one(true);
    studio.world.advance(studio.track, 2s);
    studio.publisher.clear();
    const auto packets = studio.source.frame(studio.world.now(), false, 10);
    for (std::size_t n = 0; n < packets.size(); ++n) {
      if (n != 5) studio.receive(packets[n]);
    }
    studio.world.advance(studio.track, 200ms);
    CHECK(studio.publisher.sent<rtcp::Pli>() == 0);
    if (comes) studio.receive_rtx(rtx_of(packets[5], 100));
    studio.world.advance(studio.track, 1s);
    CHECK((studio.publisher.sent<rtcp::Pli>() > 0) == !comes);
  }
}

TEST_CASE("[M-026] what RTX brings is asked for no more, and 17 losses in a row take one pair") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto packets = source.frame(studio.world.now(), true, 19);
  studio.receive(packets[0]);
  studio.receive(packets[18]);
  studio.world.advance(studio.track, 20ms);
  int pairs = 0;
  studio.publisher.for_each<rtcp::Nack>([&](const rtcp::Nack& nack) { pairs += static_cast<int>(nack.pairs.size()); });
  CHECK(pairs == 1);
  CHECK(studio.nacked().size() == 17);
  for (std::size_t lost = 1; lost < 18; ++lost) {
    studio.receive_rtx(rtx_of(packets[lost], static_cast<std::uint16_t>(lost)));
  }
  studio.publisher.clear();
  studio.world.advance(studio.track, 2s);
  CHECK(studio.nacked().empty());
  CHECK(studio.subscriber.rtp.size() == 19);
}

TEST_CASE("[M-027] RTX gives back number, payload type and SSRC; padding in it forwards nothing; it begins no stream") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto packets = source.frame(studio.world.now(), true, 3);
  const Bytes rtx = rtx_of(packets[1], 9);
  studio.receive_rtx(rtx);
  CHECK(studio.subscriber.rtp.empty());
  studio.receive(packets[0]);
  studio.receive(packets[2]);
  studio.receive_rtx(rtx);
  REQUIRE(studio.subscriber.rtp.size() == 3);
  const auto restored = *rtp::PacketView::parse(studio.subscriber.rtp[2]);
  const auto original = *rtp::PacketView::parse(packets[1]);
  CHECK(restored.sequence_number() == original.sequence_number());
  CHECK(restored.timestamp() == original.timestamp());
  CHECK(restored.payload_type() == kOutVp8);
  CHECK(std::ranges::equal(restored.payload(), original.payload()));

  studio.receive_rtx(rtp_packet({false, kVp8Rtx, 10, 0, 0x2000}, {}, 0, {}, 200));
  studio.receive_rtx(rtx);
  CHECK(studio.subscriber.rtp.size() == 3);
  const auto stats = *studio.track.stream_stats(0);
  CHECK(stats.padding_only == 1);
  CHECK(stats.duplicates == 1);
  CHECK(stats.reception.recovered == 1);
  CHECK(stats.reception.lost == 1);  // by the network
}

TEST_CASE("[M-029] a packet of padding alone leaves no hole for the subscriber") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto first = source.frame(studio.world.now(), true, 2);
  for (const auto& packet : first) studio.receive(packet);
  const auto sequence = static_cast<std::uint16_t>(rtp::PacketView::parse(first[1])->sequence_number() + 1);
  studio.receive(
      rtp_packet({false, kVp8, sequence, source.timestamp(studio.world.now()), source.ssrc()}, {}, 0, {}, 255));
  source.skip_sequence(1);
  studio.world.clock.advance(33ms);
  for (const auto& packet : source.frame(studio.world.now(), false, 2)) studio.receive(packet);
  REQUIRE(studio.subscriber.rtp.size() == 4);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(rtp::PacketView::parse(studio.subscriber.rtp[i])->sequence_number() ==
          static_cast<std::uint16_t>(rtp::PacketView::parse(studio.subscriber.rtp[i - 1])->sequence_number() + 1));
  }
}

TEST_CASE("[M-029] padding alone that comes late takes the place that was left for it") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (const auto& packet : source.frame(studio.world.now(), true, 2)) studio.receive(packet);
  const auto padding = rtp_packet(
      {false, kVp8, source.next_sequence(), source.timestamp(studio.world.now()), source.ssrc()}, {}, 0, {}, 255);
  source.skip_sequence(1);
  for (const auto& packet : source.frame(studio.world.now(), false, 1)) studio.receive(packet);
  studio.receive(padding);
  REQUIRE(studio.subscriber.rtp.size() == 4);
  const auto sent = [&](std::size_t at) { return *rtp::PacketView::parse(studio.subscriber.rtp[at]); };
  CHECK(sent(3).payload().empty());
  CHECK(sent(3).sequence_number() == static_cast<std::uint16_t>(sent(2).sequence_number() - 1));
}

TEST_CASE("[M-030] a sender that begins afresh 30000 numbers back is followed after five packets, with one request") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (int i = 0; i < 30; ++i) {
    for (const auto& packet : source.frame(studio.world.now(), i == 0, 2)) studio.receive(packet);
    studio.world.advance(studio.track, 33ms);
  }
  const auto last = *rtp::PacketView::parse(studio.subscriber.rtp.back());
  const auto last_sequence = last.sequence_number();
  const auto last_timestamp = last.timestamp();
  const std::size_t before = studio.subscriber.rtp.size();
  studio.publisher.clear();
  source.skip_sequence(-30000);
  for (int i = 0; i < 3; ++i) {
    for (const auto& packet : source.frame(studio.world.now(), false, 2)) studio.receive(packet);
  }
  CHECK(studio.track.stream_stats(0)->restarts == 1);
  CHECK(studio.subscriber.rtp.size() == before);
  CHECK(studio.publisher.sent<rtcp::Pli>() == 1);
  studio.world.advance(studio.track, 33ms);
  for (const auto& packet : source.frame(studio.world.now(), true, 2)) studio.receive(packet);
  REQUIRE(studio.subscriber.rtp.size() == before + 2);
  const auto next = *rtp::PacketView::parse(studio.subscriber.rtp[before]);
  CHECK(next.sequence_number() == static_cast<std::uint16_t>(last_sequence + 1));
  CHECK(static_cast<std::int32_t>(next.timestamp() - last_timestamp) > 0);
  studio.world.advance(studio.track, 400ms);
  CHECK(studio.publisher.sent<rtcp::Pli>() == 1);
}

TEST_CASE("an encoding that comes with another SSRC takes the place of the one before, without a break") {
  Studio studio(audio_config());
  for (std::uint16_t i = 0; i < 10; ++i) {
    studio.receive(rtp_packet({false, kOpus, i, 960u * i, 0xa}, Bytes{1}));
    studio.world.advance(studio.track, 20ms);
  }
  for (std::uint16_t i = 0; i < 10; ++i) {
    studio.receive(rtp_packet({false, kOpus, static_cast<std::uint16_t>(40000 + i), 7777 + 960u * i, 0xb}, Bytes{1}));
    studio.world.advance(studio.track, 20ms);
  }
  REQUIRE(studio.subscriber.rtp.size() == 20);
  for (std::size_t i = 1; i < 20; ++i) {
    const auto a = *rtp::PacketView::parse(studio.subscriber.rtp[i - 1]);
    const auto b = *rtp::PacketView::parse(studio.subscriber.rtp[i]);
    CHECK(b.sequence_number() == a.sequence_number() + 1);
    CHECK(b.timestamp() - a.timestamp() == 960);
  }
}

TEST_CASE("sound that a subscriber lost is sent again, however much has come after it") {
  Studio studio(audio_config());
  for (std::uint16_t i = 0; i < 20; ++i) {
    studio.receive(rtp_packet({false, kOpus, i, i * 960U, 0x1000}, Bytes{1, 2, 3}));
    studio.world.advance(studio.track, 20ms);
  }
  Output output = studio.world.out();
  studio.track.on_nack(studio.world.now(), studio.id, std::vector<std::uint16_t>{7}, output);
  REQUIRE(studio.subscriber.rtp.size() == 21);
  CHECK(studio.subscriber.rtp[20] == studio.subscriber.rtp[7]);
}

TEST_CASE("receiver reports go out each second while packets come, and stop five seconds after them") {
  Studio studio(audio_config());
  for (std::uint16_t i = 0; i < 500; ++i) {
    studio.receive(rtp_packet({false, kOpus, i, 960u * i, 0xa}, Bytes{1}));
    studio.world.advance(studio.track, 20ms);
  }
  CHECK(studio.publisher.sent<rtcp::ReceiverReport>() == 10);
  studio.world.advance(studio.track, 60s);
  CHECK(studio.publisher.sent<rtcp::ReceiverReport>() <= 15);
  CHECK(studio.track.deadline() == kNever);
}

TEST_CASE("the room learns that a track started, and how loud it is") {
  auto config = audio_config();
  config.extensions.set(1, rtp::Extension::kAudioLevel);
  Studio studio(config);
  CHECK(studio.track.take_changes() == 0);
  const Bytes loud = {0x8a};  // voice, -10 dBov
  for (std::uint16_t i = 0; i < 40; ++i) {
    studio.receive(rtp_packet({false, kOpus, i, 960u * i, 0xa}, Bytes{1}, 1, loud));
    studio.world.advance(studio.track, 20ms);
  }
  CHECK((studio.track.take_changes() & PublishedTrack::kStarted) != 0);
  CHECK(studio.track.take_changes() == 0);
  CHECK(studio.track.codec() == rtp::Codec::kOpus);
  CHECK(studio.track.audio_level(studio.world.now()) > 0.2);
  studio.receive(rtp_packet({false, 33, 41, 0, 0xa}, Bytes{1}));
  CHECK(studio.track.wrong_payload_type() == 1);
}

TEST_CASE("a subscriber that comes late asks for a key frame at once, many of them only once") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (int i = 0; i < 90; ++i) {
    for (const auto& packet : source.frame(studio.world.now(), i == 0, 2)) studio.receive(packet);
    studio.world.advance(studio.track, 33ms);
  }
  studio.publisher.clear();
  RecordingSink late[5];
  for (RecordingSink& sink : late) {
    Output output = studio.world.out();
    studio.track.add_forwarder(studio.world.now(), forwarder_config(sink), output);
  }
  CHECK(studio.publisher.sent<rtcp::Pli>() == 1);
  for (const auto& packet : source.frame(studio.world.now(), true, 2)) studio.receive(packet);
  for (RecordingSink& sink : late) CHECK(sink.rtp.size() == 2);
}

TEST_CASE("[M-080] who comes right after another gets a key frame of its own as soon as the sender heeds the request") {
  Studio studio;
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto frames = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const bool key = studio.publisher.sent<rtcp::Pli>() > 0;
      studio.publisher.clear();
      for (const auto& packet : source.frame(studio.world.now(), key, 2)) studio.receive(packet);
      studio.world.advance(studio.track, 20ms);
    }
  };
  for (const auto& packet : source.frame(studio.world.now(), true, 2)) studio.receive(packet);
  frames(100);
  RecordingSink late[5];
  for (RecordingSink& sink : late) {
    const Instant came = studio.world.now();
    Output output = studio.world.out();
    studio.track.add_forwarder(came, forwarder_config(sink), output);
    while (sink.rtp.empty() && studio.world.now() < came + 5s) frames(1);
    // Its own throttle is 500 ms.
    CHECK(studio.world.now() - came <= KeyframeRequests::kSenderPause + 40ms);
  }
}

TEST_CASE("how often a key frame may be asked for is the track's to say") {
  PublishedTrackConfig config = video_config();
  config.keyframe_throttle[0] = 3s;
  Studio studio(config);
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (const auto& packet : source.frame(studio.world.now(), true, 2)) studio.receive(packet);
  const auto ask = [&] {
    Output output = studio.world.out();
    studio.track.on_pli(studio.world.now(), studio.id, output);
    return studio.publisher.sent<rtcp::Pli>();
  };
  studio.world.advance(studio.track, 1100ms);  // the beginning is sent again instead
  const int first = ask();
  studio.world.advance(studio.track, 2900ms);
  CHECK(ask() == first);
  studio.world.advance(studio.track, 200ms);
  CHECK(studio.publisher.sent<rtcp::Pli>() == first + 1);
}

TEST_CASE("[M-078] two hundred subscribers of one track with different targets each get what they asked for") {
  World world;
  RecordingSink publisher;
  PublishedTrack track(video_config(), publisher, world.random);
  SeededRandom random(1);
  Vp8Source sources[] = {{0, random}, {1, random}, {2, random}};
  std::vector<RecordingSink> sinks(200);
  std::vector<ForwarderId> ids;
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    auto config = forwarder_config(sinks[i]);
    config.max_layer = static_cast<std::uint8_t>(i % 3);
    if (i % 7 == 0) config.paused = static_cast<std::uint8_t>(Pause::kDisabled);
    Output output = world.out();
    ids.push_back(track.add_forwarder(world.now(), config, output));
  }
  for (int frame = 0; frame < 30; ++frame) {
    for (Vp8Source& source : sources) {
      for (const auto& packet : source.frame(world.now(), frame % 15 == 0, 2))
        world.receive(track, source.layer(), packet);
      track.on_sender_report(world.now(), source.layer(), to_ntp(world.clock.wall_now()),
                             source.timestamp(world.now()));
    }
    world.advance(track, 33ms);
  }
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    CAPTURE(i);
    const auto stats = track.forwarder(ids[i])->stats();
    if (i % 7 == 0) {
      CHECK(sinks[i].rtp.empty());
      continue;
    }
    CHECK(stats.layer == i % 3);
    CHECK(sinks[i].rtp.size() >= 58);
    std::set<std::uint16_t> numbers;
    for (const Bytes& packet : sinks[i].rtp) numbers.insert(rtp::PacketView::parse(packet)->sequence_number());
    CHECK(numbers.size() == sinks[i].rtp.size());
  }
}

TEST_CASE("[M-076] a forwarder goes on with another track of the same content, on one line of numbers") {
  World world;
  RecordingSink publisher, subscriber;
  PublishedTrack first(video_config(), publisher, world.random);
  PublishedTrack second(video_config(), publisher, world.random);
  Vp8Source source(0, world.random), backup(1, world.random);
  Output output = world.out();
  auto id = first.add_forwarder(world.now(), forwarder_config(subscriber), output);
  const auto send = [&](PublishedTrack& track, Vp8Source& from, bool keyframe) {
    for (const Bytes& packet : from.frame(world.now(), keyframe, 3)) world.receive(track, 0, packet);
    world.advance(track, 33ms);
  };
  for (int i = 0; i < 5; ++i) send(first, source, i == 0);
  send(second, backup, true);
  publisher.clear();
  const std::vector<PayloadMapping> payloads = {{kVp8, kOutH264, kNoPayloadType, false}};
  id = second.take_over(world.now(), first, id, payloads, output);
  REQUIRE(second.forwarder(id) != nullptr);
  CHECK(first.forwarder_count() == 0);
  CHECK(publisher.sent<rtcp::Pli>() == 1);
  send(first, source, true);
  send(second, backup, false);
  CHECK(subscriber.rtp.size() == 15);  // until the key frame comes
  for (int i = 0; i < 5; ++i) send(second, backup, i == 0);
  REQUIRE(subscriber.rtp.size() == 30);
  for (std::size_t i = 1; i < subscriber.rtp.size(); ++i) {
    const auto before = *rtp::PacketView::parse(subscriber.rtp[i - 1]);
    const auto packet = *rtp::PacketView::parse(subscriber.rtp[i]);
    CHECK(packet.ssrc() == before.ssrc());
    CHECK(packet.sequence_number() == static_cast<std::uint16_t>(before.sequence_number() + 1));
    const auto step = static_cast<std::int32_t>(packet.timestamp() - before.timestamp());
    CHECK(step == (i % 3 != 0 ? 0 : i == 15 ? 4 * 2970 : 2970));
    CHECK(packet.payload_type() == (i < 15 ? kOutVp8 : kOutH264));
  }
  // What was sent of the old source cannot be repeated, and is not mistaken for the new one's.
  const auto lost = rtp::PacketView::parse(subscriber.rtp[10])->sequence_number();
  const std::array<std::uint16_t, 1> numbers = {lost};
  second.on_nack(world.now(), id, numbers, output);
  CHECK(subscriber.rtp.size() == 30);
  CHECK(second.forwarder(id)->stats().retransmissions.missed == 1);
  second.remove_forwarder(id, output);
}

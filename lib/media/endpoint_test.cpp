// SPDX-License-Identifier: Apache-2.0
#include "media/endpoint.hpp"

#include <doctest/doctest.h>

#include "media/testing.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/rtx.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// One Peer that publishes video and one that subscribes, without a network.
struct Pair {
  Pair() : uplink(publisher), downlink(subscriber), track(video_config(), publisher, world.random) {
    rtp::ExtensionMap extensions;
    extensions.set(1, rtp::Extension::kMid);
    extensions.set(5, rtp::Extension::kTransportCc);
    uplink.configure(extensions, true, true);
    uplink.router().add_section("0", track);
    Output output = world.out();
    const ForwarderId id = track.add_forwarder(world.now(), forwarder_config(subscriber), output);
    downlink.add_forwarder(0x5000, track, id);
  }
  PublishedTrack* receive(Bytes packet) {
    Output output = world.out();
    return uplink.receive_rtp(world.now(), packet, world.now(), output);
  }
  template <typename Write>
  void control(Endpoint& to, Write write) {
    Bytes buffer(500);
    ByteWriter writer(buffer);
    write(writer);
    Output output = world.out();
    to.receive_rtcp(world.now(), writer.written(), output);
  }

  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  Endpoint uplink;
  Endpoint downlink;
  PublishedTrack track;
};

Bytes with_extensions(Vp8Source& source, Instant now, bool keyframe, std::uint16_t transport_sequence) {
  const auto made = source.frame(now, keyframe, 1)[0];
  const auto view = *rtp::PacketView::parse(made);
  Bytes bytes(1500);
  rtp::PacketWriter writer(bytes,
                           {view.marker(), view.payload_type(), view.sequence_number(), view.timestamp(), view.ssrc()});
  writer.extension(1, as_bytes("0"));
  writer.extension(5, rtp::TransportSequence{transport_sequence}.bytes());
  writer.payload(view.payload());
  bytes.resize(writer.size());
  return bytes;
}

}  // namespace

TEST_CASE("a packet finds its track by mid, goes out to the subscriber, and is told in transport feedback") {
  Pair pair;
  SeededRandom random(1);
  Vp8Source source(0, random);
  CHECK(pair.receive(with_extensions(source, pair.world.now(), true, 100)) == &pair.track);
  CHECK(pair.subscriber.rtp.size() == 1);
  // A probe of padding on SSRC 0: unrouted, but of the same path.
  CHECK(pair.receive(rtp_packet({false, 127, 1, 0, 0}, {}, 5, rtp::TransportSequence{101}.bytes(), 200)) == nullptr);
  CHECK(pair.uplink.stats().unrouted == 1);
  CHECK(pair.receive(Bytes{0x80}) == nullptr);
  CHECK(pair.uplink.stats().malformed_rtp == 1);

  pair.world.clock.advance(50ms);
  Output output = pair.world.out();
  pair.uplink.advance(pair.world.now(), output);
  int received = 0;
  pair.publisher.for_each<rtcp::TransportFeedback>([&](const rtcp::TransportFeedback& feedback) {
    feedback.for_each([&](const rtcp::TransportFeedback::Status& status) { received += status.received ? 1 : 0; });
  });
  CHECK(received == 2);
  CHECK(pair.publisher.sent<rtcp::Remb>() == 0);
}

TEST_CASE("[M-094] what is broken in a compound packet of a subscriber is skipped, and the rest is acted upon") {
  Pair pair;
  SeededRandom random(1);
  Vp8Source source(0, random);
  pair.receive(with_extensions(source, pair.world.now(), true, 1));
  const auto number = rtp::PacketView::parse(pair.subscriber.rtp[0])->sequence_number();
  pair.world.clock.advance(1s);
  pair.subscriber.clear();
  pair.publisher.clear();
  pair.control(pair.downlink, [&](ByteWriter& writer) {
    rtcp::write_receiver_report(writer, 0x99);
    writer.bytes(Bytes{0x81, 206, 0, 1, 0, 0, 0, 1});  // a PLI without its media SSRC
    const std::uint16_t numbers[] = {number};
    rtcp::write_nack(writer, 0x99, 0x5000, numbers);
    rtcp::write_nack(writer, 0x99, 0x7777, numbers);  // of nobody
    const rtcp::FirEntry fir{0x5000, 1};
    rtcp::write_fir(writer, 0x99, {&fir, 1});
  });
  CHECK(pair.downlink.stats().malformed_rtcp == 1);
  CHECK(pair.subscriber.rtp.size() == 1);
  CHECK(pair.publisher.sent<rtcp::Pli>() == 1);
}

TEST_CASE("[M-037] the round trip with a publisher comes from XR, to 1 ms") {
  Pair pair;
  SeededRandom random(1);
  Vp8Source source(0, random);
  pair.receive(with_extensions(source, pair.world.now(), true, 1));
  Output output = pair.world.out();
  pair.uplink.advance(pair.world.now(), output);
  std::uint64_t asked = 0;
  pair.publisher.for_each<rtcp::ExtendedReport>(
      [&](const rtcp::ExtendedReport& report) { asked = report.reference_time.value_or(0); });
  REQUIRE(asked != 0);
  pair.world.clock.advance(130ms);  // 80 ms on the way, 50 ms at the publisher
  pair.control(pair.uplink, [&](ByteWriter& writer) {
    const rtcp::DlrrItem item{1, compact_ntp(asked), to_compact_ntp(50ms)};
    rtcp::write_xr_dlrr(writer, 0x1000, {&item, 1});
  });
  REQUIRE(pair.track.rtt().has_value());
  CHECK(std::chrono::abs(*pair.track.rtt() - 80ms) <= 1ms);
}

TEST_CASE("without transport-cc a publisher that knows REMB is told one") {
  Pair pair;
  rtp::ExtensionMap extensions;
  extensions.set(1, rtp::Extension::kMid);
  pair.uplink.configure(extensions, false, true);
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (int i = 0; i < 60; ++i) {
    pair.receive(with_extensions(source, pair.world.now(), i == 0, 1));
    pair.world.clock.advance(33ms);
    Output output = pair.world.out();
    pair.uplink.advance(pair.world.now(), output);
  }
  CHECK(pair.publisher.sent<rtcp::Remb>() >= 2);
  CHECK(pair.publisher.sent<rtcp::TransportFeedback>() == 0);
}

TEST_CASE("sender reports and BYE reach the track of their SSRC, and a track that is gone is not touched") {
  Pair pair;
  SeededRandom random(1);
  Vp8Source source(0, random);
  pair.receive(with_extensions(source, pair.world.now(), true, 1));
  pair.control(pair.uplink, [&](ByteWriter& writer) {
    rtcp::write_sender_report(writer,
                              {.ssrc = source.ssrc(), .ntp = to_ntp(pair.world.clock.wall_now()), .rtp_timestamp = 1});
    const rtcp::Ssrc gone[] = {source.ssrc()};
    rtcp::write_bye(writer, gone);
  });
  CHECK(pair.track.encodings().stream(0)->clock().known());
  CHECK((pair.track.take_changes() & PublishedTrack::kEnded) != 0);
  pair.uplink.remove_track(pair.track);
  pair.downlink.remove_forwarder(0x5000);
  CHECK(pair.receive(with_extensions(source, pair.world.now(), true, 2)) == nullptr);
  pair.control(pair.downlink, [&](ByteWriter& writer) { rtcp::write_pli(writer, 1, 0x5000); });
}

TEST_CASE("[M-063] a probe is filled on the stream of repeats, and nothing is sent where packets have no numbers") {
  for (const bool numbered : {true, false}) {
    CAPTURE(numbered);
    World world;
    RecordingSink publisher;
    RecordingSink subscriber;
    Endpoint downlink(subscriber);
    PublishedTrack track(video_config(), publisher, world.random);
    downlink.control_sending();
    ForwarderConfig config = forwarder_config(subscriber);
    if (numbered) config.extensions.set(5, rtp::Extension::kTransportCc);
    Output output = world.out();
    downlink.add_forwarder(0x5000, track, track.add_forwarder(world.now(), config, output));
    SeededRandom random(1);
    Vp8Source source(0, random);
    downlink.outbound()->set_wishes(world.now(), Bitrate::kilobits(5000), Bitrate::kilobits(5000), false, output);
    std::size_t media = 0;
    std::size_t padding = 0;
    for (int i = 0; i < 40; ++i) {
      const auto made = source.frame(world.now(), i == 0, 1)[0];
      track.receive_rtp(world.now(), 0, *rtp::PacketView::parse(made), output);
      for (int step = 0; step < 5; ++step) {
        world.clock.advance(2ms);
        downlink.advance(world.now(), output);
      }
    }
    for (const Bytes& packet : subscriber.rtp) {
      const auto view = rtp::PacketView::parse(packet);
      REQUIRE(view);
      if (view->ssrc() == 0x5000) {
        ++media;
        CHECK(view->padding_size() == 0);
      } else {
        CHECK(view->ssrc() == 0x5001);
        CHECK((view->padding_size() == 255 || !view->payload().empty()));
        ++padding;
      }
    }
    CHECK(media == 40);
    CHECK((padding > 0) == numbered);
  }
}

TEST_CASE("[M-070] what is asked for again goes before what waits, and waits for its turn as well") {
  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  Endpoint downlink(subscriber);
  PublishedTrack track(video_config(), publisher, world.random);
  downlink.control_sending();
  ForwarderConfig config = forwarder_config(subscriber);
  config.extensions.set(5, rtp::Extension::kTransportCc);
  Output output = world.out();
  downlink.add_forwarder(0x5000, track, track.add_forwarder(world.now(), config, output));
  SeededRandom random(1);
  Vp8Source source(0, random);
  for (const Bytes& made : source.frame(world.now(), true, 300)) {
    track.receive_rtp(world.now(), 0, *rtp::PacketView::parse(made), output);
  }
  const std::size_t at_once = subscriber.rtp.size();
  REQUIRE(at_once > 0);
  REQUIRE(at_once < 300);

  const std::uint16_t missing[] = {rtp::PacketView::parse(subscriber.rtp.front())->sequence_number()};
  Bytes buffer(100);
  ByteWriter writer(buffer);
  rtcp::write_nack(writer, 1, 0x5000, missing);
  downlink.receive_rtcp(world.now(), writer.written(), output);
  CHECK(subscriber.rtp.size() == at_once);
  for (int step = 0; step < 1000 && subscriber.rtp.size() < 301; ++step) {
    world.clock.advance(1ms);
    downlink.advance(world.now(), output);
  }
  REQUIRE(subscriber.rtp.size() == 301);
  for (std::size_t i = at_once; i < 301; ++i) {
    CHECK(rtp::PacketView::parse(subscriber.rtp[i])->ssrc() == (i == at_once ? 0x5001 : 0x5000));
  }
}

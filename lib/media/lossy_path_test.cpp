// SPDX-License-Identifier: Apache-2.0
// What is done sooner, and twice, where so much is lost that repairs are lost as well.
#include <doctest/doctest.h>

#include <set>
#include <span>
#include <utility>
#include <vector>

#include "media/endpoint.hpp"
#include "media/testing.hpp"
#include "rtp/extension_values.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kTransportCc = 5;

// One track on its way to one subscriber, who gives feedback on every packet.
struct Downlink {
  Downlink() : downlink(subscriber), track(video_config(), publisher, world.random), source(0, random) {
    downlink.control_sending();
    ForwarderConfig config = forwarder_config(subscriber);
    config.extensions.set(kTransportCc, rtp::Extension::kTransportCc);
    Output output = world.out();
    downlink.add_forwarder(0x5000, track, track.add_forwarder(world.now(), config, output));
  }

  // Twenty packets, of which the publisher's path loses `lost`: it comes by RTX.
  void frame(bool keyframe = false, std::size_t lost = 20) {
    subscriber.clear();
    const auto packets = source.frame(world.now(), keyframe, 20);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (i != lost) world.receive(track, 0, packets[i]);
    }
    if (lost == packets.size()) return;
    Bytes repeat = rtx_of(packets[lost], rtx_number++);
    Output output = world.out();
    const auto view = *rtp::PacketView::parse(repeat);
    track.receive_rtx(world.now(), 0, 0x1000, repeat, view, output);
  }
  // Sends frames whose sixth packet is asked for.
  void lose_much() {
    for (int i = 0; i < 10; ++i) {
      frame(i == 0);
      const auto missing = numbers_of(5);
      control([&](ByteWriter& writer) { rtcp::write_nack(writer, 1, 0x5000, std::span(&missing, 1)); });
      world.clock.advance(50ms);
    }
  }
  // Feedback on what was sent since the last frame() began: all of `packets` but those in `lost`.
  void tell(std::size_t packets, const std::set<std::size_t>& lost) {
    std::vector<rtcp::PacketArrival> arrivals;
    for (std::size_t i = 0; i < packets; ++i) {
      if (!lost.contains(i)) arrivals.push_back({transport_number(i), world.now()});
    }
    control([&](ByteWriter& writer) {
      rtcp::write_transport_feedback(writer, 1, 0x5000, feedback_count++, transport_number(0), arrivals);
    });
  }
  template <typename Write>
  void control(Write&& write) {
    Bytes buffer(500);
    ByteWriter writer(buffer);
    write(writer);
    Output output = world.out();
    downlink.receive_rtcp(world.now(), writer.written(), output);
  }

  rtp::PacketView sent(std::size_t index) const { return *rtp::PacketView::parse(subscriber.rtp.at(index)); }
  std::uint16_t numbers_of(std::size_t index) const { return sent(index).sequence_number(); }
  std::int64_t transport_number(std::size_t index) const {
    return rtp::TransportSequence::parse(sent(index).extension(kTransportCc))->value;
  }
  // The packets that were repeated since the last frame() began.
  std::vector<std::uint16_t> repeated() const {
    std::vector<std::uint16_t> numbers;
    for (const Bytes& packet : subscriber.rtp) {
      const auto view = *rtp::PacketView::parse(packet);
      if (view.ssrc() == 0x5001) numbers.push_back(load_be16(view.payload().data()));
    }
    return numbers;
  }

  World world;
  SeededRandom random{1};
  RecordingSink publisher;
  RecordingSink subscriber;
  Endpoint downlink;
  PublishedTrack track;
  Vp8Source source;
  std::uint8_t feedback_count = 0;
  std::uint16_t rtx_number = 0;
};

using Numbers = std::vector<std::uint16_t>;

}  // namespace

TEST_CASE("[M-060] what feedback tells lost is repeated before it is asked for, where much is lost") {
  Downlink path;
  path.frame(true);
  path.tell(20, {4});
  CHECK(path.repeated().empty());

  path.lose_much();
  path.frame();
  const auto missing = path.numbers_of(4);
  path.world.clock.advance(50ms);
  path.tell(20, {4});
  CHECK(path.repeated() == Numbers{missing, missing});
  // The request that comes just afterwards has its answer.
  path.control([&](ByteWriter& writer) { rtcp::write_nack(writer, 1, 0x5000, std::span(&missing, 1)); });
  CHECK(path.repeated().size() == 2);
}

TEST_CASE("[M-060] the end of a frame that feedback does not get to is repeated half a round trip later") {
  Downlink path;
  path.lose_much();
  path.frame();
  const auto last = path.numbers_of(19);
  path.world.clock.advance(75ms);  // the round trip that is presumed is of 70 ms
  path.tell(19, {});
  CHECK(path.repeated().empty());
  path.world.clock.advance(50ms);
  path.tell(19, {});
  CHECK(path.repeated() == Numbers{last, last});
}

TEST_CASE("[M-060] what the publisher's path lost and repaired is not lost once more, where much is") {
  for (const bool much : {false, true}) {
    CAPTURE(much);
    Downlink path;
    path.frame(true);
    if (much) path.lose_much();
    path.frame(false, 4);
    REQUIRE(path.subscriber.rtp.size() >= 20);
    CHECK(path.sent(19).ssrc() == 0x5000);
    CHECK(path.repeated() == (much ? Numbers{path.numbers_of(19), path.numbers_of(19)} : Numbers{}));
  }
}

TEST_CASE(
    "[M-060] what was repeated twice since the publisher's path had lost it is not repeated for who asked before") {
  Downlink path;
  path.lose_much();
  path.frame(false, 4);
  const auto recovered = path.numbers_of(19);
  REQUIRE(path.repeated() == Numbers{recovered, recovered});
  path.world.clock.advance(50ms);
  path.control([&](ByteWriter& writer) { rtcp::write_nack(writer, 1, 0x5000, std::span(&recovered, 1)); });
  CHECK(path.repeated() == Numbers{recovered, recovered});
}

TEST_CASE("[M-060] a repeat that feedback tells lost is sent once more, if both copies of it are") {
  for (const bool both : {false, true}) {
    CAPTURE(both);
    Downlink path;
    path.lose_much();
    path.frame();
    const auto missing = path.numbers_of(4);
    path.world.clock.advance(50ms);
    path.control([&](ByteWriter& writer) { rtcp::write_nack(writer, 1, 0x5000, std::span(&missing, 1)); });
    REQUIRE(path.repeated() == Numbers{missing, missing});
    path.world.clock.advance(125ms);  // what feedback does not get to is overdue
    path.tell(22, both ? std::set<std::size_t>{4, 20, 21} : std::set<std::size_t>{4, 20});
    CHECK(path.repeated() == (both ? Numbers{missing, missing, missing, missing} : Numbers{missing, missing}));
  }
}

TEST_CASE(
    "[M-025] where much is lost a publisher is asked after 5 ms, but after 20 where packets overtake each other") {
  for (const bool overtaken : {false, true}) {
    CAPTURE(overtaken);
    World world;
    SeededRandom random{1};
    RecordingSink publisher;
    PublishedTrack track(video_config(), publisher, world.random);
    Vp8Source source(0, random);
    const auto frame = [&](bool keyframe) {
      auto packets = source.frame(world.now(), keyframe, 20);
      if (overtaken) std::swap(packets[10], packets[11]);
      for (std::size_t i = 0; i < packets.size(); ++i) {
        if (i != 4) world.receive(track, 0, packets[i]);
      }
    };
    const auto asked = [&] {
      bool found = false;
      publisher.for_each<rtcp::Nack>([&](const rtcp::Nack&) { found = true; });
      publisher.clear();
      return found;
    };
    for (int i = 0; i < 10; ++i) {
      frame(i == 0);
      world.advance(track, 50ms);
    }
    world.advance(track, 1s);  // until nothing of that is asked for any more
    publisher.clear();
    frame(false);
    world.advance(track, 6ms);
    CHECK(asked() == !overtaken);
    world.advance(track, 15ms);
    CHECK(asked() == overtaken);
  }
}

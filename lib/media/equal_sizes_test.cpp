// SPDX-License-Identifier: Apache-2.0
// Packets of video padded to sizes that many have in common (media spec 5.2), and the way back.
#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "media/testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// A publisher of VP8, and what its subscriber gets.
struct Hop {
  Hop(World& at, bool equal_sizes, bool rtx) : world(at), track(video_config(), publisher, at.random) {
    ForwarderConfig config = forwarder_config(subscriber);
    config.equal_sizes = equal_sizes;
    if (!rtx) {
      for (auto& mapping : config.payloads) mapping.rtx = kNoPayloadType;
    }
    Output output = world.out();
    forwarder = track.add_forwarder(world.now(), config, output);
  }
  void receive(ByteView packet) { world.receive(track, 0, Bytes(packet.begin(), packet.end())); }

  World& world;
  RecordingSink publisher;
  RecordingSink subscriber;
  PublishedTrack track;
  ForwarderId forwarder;
};

// Frames of four parts, as a packetizer cuts them: some bytes apart, the first with more header than the others.
std::vector<Bytes> film() {
  std::vector<Bytes> packets;
  std::uint16_t number = 100;
  for (std::uint16_t frame = 0; frame < 20; ++frame) {
    for (std::uint16_t part = 0; part < 4; ++part, ++number) {
      const std::size_t size = 1041u + frame * 3u + (part == 0 ? 0u : 4u) + part % 2;
      packets.push_back(
          rtp_packet({.marker = part == 3,
                      .payload_type = kVp8,
                      .sequence_number = number,
                      .timestamp = frame * 3000u,
                      .ssrc = 0x1000},
                     vp8_payload({.picture_id = frame, .keyframe = frame == 0}, part == 0, 0, number, size)));
    }
  }
  return packets;
}

ByteView payload_of(const Bytes& packet) {
  return rtp::PacketView::parse(packet)->payload();
}

std::set<std::size_t> sizes(const std::vector<Bytes>& packets) {
  std::set<std::size_t> sizes;
  for (const Bytes& packet : packets) sizes.insert(packet.size());
  return sizes;
}

std::size_t total(const std::vector<Bytes>& packets) {
  std::size_t total = 0;
  for (const Bytes& packet : packets) total += packet.size();
  return total;
}

}  // namespace

TEST_CASE(
    "[M-092] with equal sizes packets are padded to few of them, and who receives them finds what was published") {
  World world;
  Hop plain(world, false, true), padded(world, true, true);
  for (const Bytes& packet : film()) {
    plain.receive(packet);
    padded.receive(packet);
    world.clock.advance(5ms);
  }
  REQUIRE(padded.subscriber.rtp.size() == 80);
  CHECK(sizes(plain.subscriber.rtp).size() > 40);
  for (const std::size_t size : sizes(padded.subscriber.rtp)) CHECK(size % 16 == 0);
  CHECK(sizes(padded.subscriber.rtp).size() <= 6);
  CHECK(total(padded.subscriber.rtp) * 100 < total(plain.subscriber.rtp) * 101);

  // Another server takes it, and sends it on without padding.
  Hop next(world, false, true);
  for (const Bytes& packet : padded.subscriber.rtp) {
    Bytes relayed = packet;
    relayed[1] = static_cast<std::uint8_t>((relayed[1] & 0x80) | kVp8);
    next.receive(relayed);
    world.clock.advance(5ms);
  }
  REQUIRE(next.subscriber.rtp.size() == 80);
  for (std::size_t i = 0; i < 80; ++i) {
    CHECK(next.subscriber.rtp[i].size() == plain.subscriber.rtp[i].size());
    CHECK(std::ranges::equal(payload_of(next.subscriber.rtp[i]), payload_of(plain.subscriber.rtp[i])));
  }
}

TEST_CASE("[M-092] small packets are not padded, and a repeat under the same number is the same byte for byte") {
  World world;
  Hop padded(world, true, /*rtx=*/false);
  padded.receive(rtp_packet({.marker = true, .payload_type = kVp8, .sequence_number = 1, .ssrc = 0x1000},
                            vp8_payload({.keyframe = true}, true, 0, 1, 400)));
  padded.receive(
      rtp_packet({.marker = true, .payload_type = kVp8, .sequence_number = 2, .timestamp = 3000, .ssrc = 0x1000},
                 vp8_payload({.picture_id = 1}, true, 0, 2, 1001)));
  REQUIRE(padded.subscriber.rtp.size() == 2);
  CHECK((padded.subscriber.rtp[0][0] & 0x20) == 0);
  CHECK((padded.subscriber.rtp[1][0] & 0x20) != 0);
  world.clock.advance(200ms);
  const std::uint16_t asked[] = {rtp::PacketView::parse(padded.subscriber.rtp[1])->sequence_number()};
  Output output = world.out();
  padded.track.on_nack(world.now(), padded.forwarder, asked, output);
  REQUIRE(padded.subscriber.rtp.size() == 3);
  CHECK(padded.subscriber.rtp[2] == padded.subscriber.rtp[1]);
}

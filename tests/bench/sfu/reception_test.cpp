// SPDX-License-Identifier: Apache-2.0
#include "reception.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "rtp/packet_writer.hpp"
#include "synthetic_encoder.hpp"

using namespace sfu;
using namespace sfu::load;
using namespace std::chrono_literals;

namespace {

constexpr Instant kSent{1000s};

rtp::PacketView view(const sim::Packet& packet) {
  auto parsed = rtp::PacketView::parse(packet);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("packets, their latency and what is missing are counted; a repair counts as packet and no more") {
  Reception reception;
  Figures figures;
  for (const std::uint32_t number : {1U, 2U, 4U}) {
    const sim::Packet packet = sim::opus_packet(kSent, number, Bitrate{32'000});
    reception.on_packet(kSent + 3ms, view(packet), false, figures.down);
  }
  const sim::Packet late = sim::opus_packet(kSent, 3, Bitrate{32'000});
  reception.on_packet(kSent + 90ms, view(late), true, figures.down);
  reception.on_packet(kSent + 95ms, view(late), true, figures.down);
  reception.add_up(figures);
  CHECK(figures.down.packets == 5);
  CHECK(figures.down.bytes == 5 * 92);
  CHECK(figures.down.repeated == 2);
  CHECK(figures.down.expected == 4);
  CHECK(figures.down.lost == 0);
  CHECK(figures.down.latency.count() == 3);
  CHECK(figures.down.latency.max() == 3ms);
  CHECK(figures.streams == 1);
}

TEST_CASE("what is no time of ours is no latency") {
  Reception reception;
  Figures figures;
  for (const std::uint8_t fill : {0x00, 0x55, 0xff, 0x80}) {
    std::array<std::uint8_t, 120> bytes;
    rtp::PacketWriter writer(bytes, {.sequence_number = fill});
    writer.payload(std::vector<std::uint8_t>(80, fill));
    reception.on_packet(kSent, *rtp::PacketView::parse(writer.packet()), false, figures.down);
  }
  CHECK(figures.down.packets == 4);
  CHECK(figures.down.latency.count() == 0);
}

TEST_CASE("data packets are numbered by their sender, and begin anew with a measurement") {
  Reception reception;
  Figures figures;
  const auto hear = [&](const char* sender, std::uint16_t number) {
    participant::UserData data;
    data.sender = sender;
    data.payload.resize(20);
    MessageStamp{number, kSent}.write(data.payload);
    reception.on_message(kSent + 2ms, data, figures.data_down);
  };
  hear("alice", 1);
  hear("alice", 3);
  hear("bob", 9);
  reception.begin();
  figures = {};
  hear("alice", 4);
  hear("alice", 6);
  hear("bob", 10);
  reception.add_up(figures);
  CHECK(figures.data_down.packets == 3);
  CHECK(figures.data_down.expected == 4);
  CHECK(figures.data_down.lost == 1);
  CHECK(figures.data_down.latency.percentile(0.5) == 2ms);
  participant::UserData other;  // of somebody else's, and too short
  other.payload.resize(3);
  reception.on_message(kSent, other, figures.data_down);
  CHECK(figures.data_down.packets == 3);
}

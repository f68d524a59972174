// SPDX-License-Identifier: Apache-2.0
// Plain Opus on its way to subscribers that know RED (RFC 2198).
#include <doctest/doctest.h>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

ForwarderConfig with_red() {
  auto config = Studio::default_subscriber();
  config.payloads = {{kOpus, kOutRed, kNoPayloadType, false, kOutOpus}};
  return config;
}

struct Call : Studio {
  Call() : Studio(audio_config(), with_red()) {}
  void opus(std::uint16_t number, std::size_t size = 2) {
    receive(audio_packet(number, Bytes(size, static_cast<std::uint8_t>(number))));
  }
  // Numbers and distances of what the packet sent at `index` has, the primary last.
  std::vector<std::pair<int, int>> blocks(std::size_t index) const {
    std::array<codec::RedBlock, codec::kMaxRedBlocks> found;
    const Bytes whole = payload(index);
    std::vector<std::pair<int, int>> numbers;
    const std::size_t count = *codec::split_red(whole, found);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(found[i].payload_type == kOutOpus);
      for (const std::uint8_t byte : found[i].payload) CHECK(byte == found[i].payload[0]);
      numbers.emplace_back(found[i].payload[0], found[i].timestamp_offset);
    }
    return numbers;
  }
  std::size_t last() const { return subscriber.rtp.size() - 1; }
};

using Blocks = std::vector<std::pair<int, int>>;

}  // namespace

TEST_CASE("[M-043] Opus goes as RED with the two packets before it, each with its own bytes") {
  Call call;
  for (const std::uint8_t number : {10, 11, 12, 13}) call.receive(audio_packet(number, Bytes{number, 7}));
  REQUIRE(call.subscriber.rtp.size() == 4);
  CHECK(call.payload(0) == Bytes{kOutOpus, 10, 7});
  CHECK(call.payload(1) == Bytes{0x80 | kOutOpus, 960 >> 6, (960 & 0x3f) << 2, 2, kOutOpus, 10, 7, 11, 7});
  CHECK(call.payload(3) == Bytes{0x80 | kOutOpus, 1920 >> 6, (1920 & 0x3f) << 2, 2,  //
                                 0x80 | kOutOpus, 960 >> 6, (960 & 0x3f) << 2, 2,    //
                                 kOutOpus, 11, 7, 12, 7, 13, 7});
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(call.sent(i).payload_type() == kOutRed);
    CHECK(call.sent(i).sequence_number() == 10 + i);
    CHECK(call.sent(i).timestamp() == (10 + i) * 960);
  }
}

TEST_CASE("[M-043] blocks are of the last two numbers, 2^14 ticks and 1023 bytes at most, and never of what was lost") {
  Call call;
  call.opus(10);
  call.opus(12);
  CHECK(call.blocks(1) == Blocks{{10, 1920}, {12, 0}});
  call.opus(15);
  CHECK(call.blocks(2) == Blocks{{15, 0}});
  // Silence (DTX) until 16384 ticks later.
  const auto at = [&](std::uint16_t number, std::uint32_t timestamp) {
    call.receive(rtp_packet({false, kOpus, number, timestamp, 0x1000}, Bytes{static_cast<std::uint8_t>(number)}));
  };
  at(16, 15 * 960 + 16384);
  CHECK(call.blocks(3) == Blocks{{16, 0}});
  at(17, 15 * 960 + 16384 + 16383);
  CHECK(call.blocks(4) == Blocks{{16, 16383}, {17, 0}});
}

TEST_CASE("[M-043] what is too large for RED goes as it is, and is in no later packet; none grows over the usual MTU") {
  Call call;
  call.opus(10);
  call.opus(11, 1024);
  CHECK(call.sent(1).payload_type() == kOutOpus);
  CHECK(call.payload(1) == Bytes(1024, 11));
  call.opus(12);
  CHECK(call.blocks(2) == Blocks{{10, 1920}, {12, 0}});
  for (std::uint16_t number = 13; number < 16; ++number) call.opus(number, 500);
  CHECK(call.blocks(call.last()) == Blocks{{14, 960}, {15, 0}});
  for (const Bytes& packet : call.subscriber.rtp) CHECK(packet.size() <= 1200);
}

TEST_CASE("[M-043] RED made here is repeated under its number byte for byte, whatever came late meanwhile") {
  Call call;
  call.opus(10);
  call.opus(12);
  const Bytes first = call.subscriber.rtp.back();
  call.opus(11);
  call.opus(13);
  CHECK(call.blocks(call.last()) == Blocks{{11, 1920}, {12, 960}, {13, 0}});
  const std::size_t before = call.subscriber.rtp.size();
  call.nack({12});
  REQUIRE(call.subscriber.rtp.size() == before + 1);
  CHECK(call.subscriber.rtp.back() == first);
}

TEST_CASE("[M-043] what a filter dropped is in no block; what it rewrote is there as it was sent") {
  Call call;
  Filter filter([](const TrackPacket& packet, std::span<std::uint8_t> room) {
    return packet.payload[0] == 11 ? PacketVerdict::drop() : invert(packet, room);
  });
  call.attach(filter);
  for (const std::uint16_t number : {10, 11, 12}) call.opus(number);
  REQUIRE(call.subscriber.rtp.size() == 2);
  CHECK(call.blocks(1) == Blocks{{10 ^ 0xff, 1920}, {12 ^ 0xff, 0}});
  CHECK(call.is_gapless());
}

TEST_CASE("[M-043] a sender of RED is left alone") {
  auto config = with_red();
  config.payloads.push_back({kRed, kOutRed, kNoPayloadType, false});
  Studio call(audio_config(), config);
  for (const std::uint8_t number : {10, 11, 12}) call.receive(red_packet(number));
  const Bytes published = red_packet(12);
  CHECK(call.payload(2) == copy_of(rtp::PacketView::parse(published)->payload()));
}

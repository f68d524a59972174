// SPDX-License-Identifier: Apache-2.0
#include "client/red_unpacker.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "codec/red.hpp"
#include "rtp/packet_writer.hpp"

using namespace sfu;
using namespace sfu::client;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kRed = 63;
constexpr std::uint8_t kOpus = 111;
constexpr std::uint8_t kLevelId = 1;

// Packets of 20 ms whose sound is one byte, told apart by that.
struct Line {
  // RED of `sound` with as many of the packets before it as `older`.
  void red(std::uint16_t sequence, std::uint8_t sound, std::size_t older) {
    std::vector<Bytes> bytes;
    std::vector<codec::RedBlock> blocks;
    bytes.reserve(older);
    blocks.reserve(older + 1);
    for (std::size_t i = older; i > 0; --i) bytes.push_back({static_cast<std::uint8_t>(sound - i)});
    for (std::size_t i = 0; i < older; ++i) {
      blocks.push_back({kOpus, static_cast<std::uint16_t>((older - i) * 960), bytes[i]});
    }
    const Bytes newest{sound};
    blocks.push_back({kOpus, 0, newest});
    Bytes payload(100);
    payload.resize(*codec::build_red(blocks, payload));
    receive(sequence, sound, kRed, payload);
  }
  void plain(std::uint16_t sequence, std::uint8_t sound) { receive(sequence, sound, kOpus, {sound}); }
  void receive(std::uint16_t sequence, std::uint8_t sound, std::uint8_t payload_type, const Bytes& payload) {
    Bytes slot(200);
    rtp::PacketWriter writer(slot, {.marker = sound == 1,
                                    .payload_type = payload_type,
                                    .sequence_number = sequence,
                                    .timestamp = sound * 960U,
                                    .ssrc = 0xabc});
    const Bytes level{0x85};
    writer.extension(kLevelId, level);
    writer.payload(payload);
    writer.padding(4);
    unpacker.receive(*rtp::PacketView::parse(writer.packet()), payload_type == kRed,
                     [&](const rtp::PacketView& packet, bool made_up) {
                       CHECK(packet.payload_type() == kOpus);
                       CHECK(packet.ssrc() == 0xabc);
                       REQUIRE(packet.payload().size() == 1);
                       CHECK(packet.timestamp() == packet.payload()[0] * 960U);
                       CHECK(packet.marker() == (packet.payload()[0] == 1));
                       CHECK(packet.extension(kLevelId).size() == (made_up ? 0 : 1));
                       shown += std::to_string(packet.sequence_number()) + (made_up ? "* " : " ");
                     });
  }

  RedUnpacker unpacker;
  std::string shown{};
};

}  // namespace

TEST_CASE("what is lost is shown out of the packet after it, before that, once; numbers wrap") {
  Line line;
  line.red(65533, 1, 0);
  line.red(65534, 2, 1);
  line.red(1, 5, 2);  // 65535 and 0 are missing
  line.red(0, 4, 2);  // late: it has been shown
  line.red(2, 6, 2);
  line.red(6, 10, 2);  // of 3, 4 and 5 the last two
  CHECK(line.shown == "65533 65534 65535* 0* 1 2 4* 5* 6 ");
}

TEST_CASE("Opus that goes plain between RED is shown as it is; what is no RED is dropped, and nothing else with it") {
  Line line;
  line.red(10, 1, 0);
  line.plain(11, 2);
  line.receive(12, 3, kRed, {});            // empty
  line.receive(13, 4, kRed, {0xef, 0x0f});  // cut off in a block's header
  line.red(15, 6, 1);
  CHECK(line.shown == "10 11 14* 15 ");
}

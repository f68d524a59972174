// SPDX-License-Identifier: Apache-2.0
// What of usrsctp's ports is seen outside.
#include "sctp/stack.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>

#include "sctp/test_line.hpp"

using namespace sfu;
using namespace sfu::sctp;
using namespace sfu::sctp::testing;

namespace {

// RFC 9260 appendix A, bit by bit.
std::uint32_t crc32c(ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82F63B78 : 0);
  }
  return ~crc;
}

}  // namespace

TEST_CASE("packets bear the ports of the descriptions, whatever is inside, and their checksum") {
  Association::Config at_a;
  at_a.local_port = 5001;
  at_a.remote_port = 80;
  Association::Config at_b;
  at_b.local_port = 80;
  at_b.remote_port = 5001;
  Line line(41, 0, at_a);
  line.b.association = std::make_unique<Association>(at_b);
  std::size_t seen = 0;
  line.watch = [&](bool from_a, ByteView packet) {
    ++seen;
    REQUIRE(packet.size() >= 12);
    CHECK(load_be16(packet.data()) == (from_a ? 5001 : 80));
    CHECK(load_be16(packet.data() + 2) == (from_a ? 80 : 5001));
    std::vector<std::uint8_t> copy(packet.begin(), packet.end());
    std::fill_n(copy.begin() + 8, 4, std::uint8_t{0});
    const std::uint32_t crc = crc32c(copy);
    for (std::size_t i = 0; i < 4; ++i) CHECK(packet[8 + i] == static_cast<std::uint8_t>(crc >> (8 * i)));
  };
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
  CHECK(line.a.association->send(line.now, id, as_bytes(std::string(3000, 'm')), true, line.a.out).has_value());
  line.pick_up();
  line.settle(10s);
  CHECK(line.b.count(Event::Kind::kMessage) == 1);
  CHECK(seen > 8);
}

TEST_CASE("each association has a place of its own inside usrsctp, at a port that may be bound") {
  std::set<std::pair<std::uintptr_t, std::uint16_t>> places;
  constexpr Stack::Address kMany = 150'000;
  for (Stack::Address address = 1; address <= kMany; ++address) {
    const auto inside = Stack::inside(address);
    if (inside.port < 1024) FAIL("a reserved port: ", inside.port);
    places.emplace(inside.address, inside.port);
  }
  CHECK(places.size() == kMany);
}

TEST_CASE("a damaged packet, and one for another port, are as good as lost") {
  Line line(43);
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
  line.pick_up();
  line.settle(10s);
  for (const std::size_t damaged : {3U, 20U}) {  // a port; the first chunk
    CHECK(line.a.association->send(line.now, id, as_bytes("fine"), true, line.a.out).has_value());
    REQUIRE(line.a.packets.size() == 1);
    std::vector<std::uint8_t> packet(line.a.packets[0].begin(), line.a.packets[0].end());
    line.a.packets.clear();
    packet[damaged] ^= 1;
    line.b.association->receive(line.now, packet, line.b.out);
    CHECK(line.b.count(Event::Kind::kMessage) == 0);
    packet[damaged] ^= 1;
    line.b.association->receive(line.now, packet, line.b.out);
    CHECK(line.b.count(Event::Kind::kMessage) == 1);
    line.b.events.clear();
    line.pick_up();
    line.settle(10s);
  }
}

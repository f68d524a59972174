// SPDX-License-Identifier: Apache-2.0
#include "ice/demux.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "ice/stun.hpp"

namespace sfu::ice {
namespace {

Path path_from(std::uint16_t port) {
  return {{IpAddress::v4({192, 0, 2, 1}), 7882}, {IpAddress::v4({198, 51, 100, 7}), port}};
}

std::vector<std::uint8_t> check_for(std::string_view username) {
  std::vector<std::uint8_t> bytes(256);
  stun::Writer writer(bytes, stun::Class::kRequest, stun::kBinding, {});
  writer.username(username);
  bytes.resize(writer.finish("password"));
  return bytes;
}

constexpr std::array<std::uint8_t, 12> kRtp = {0x80, 96};
constexpr std::array<std::uint8_t, 13> kDtls = {22, 0xFE, 0xFD};

TEST_CASE("datagrams are told apart by their first byte (RFC 7983), RTCP by its packet type") {
  const auto kind_of = [](std::uint8_t first, std::uint8_t second) {
    return classify(std::array<std::uint8_t, 2>{first, second});
  };
  for (int first = 0; first < 256; ++first) {
    PacketKind expected = PacketKind::kUnknown;
    if (first <= 3) expected = PacketKind::kStun;
    if (first >= 16 && first <= 19) expected = PacketKind::kZrtp;
    if (first >= 20 && first <= 63) expected = PacketKind::kDtls;
    if (first >= 64 && first <= 79) expected = PacketKind::kTurnChannel;
    if (first >= 128 && first <= 191) expected = PacketKind::kRtp;
    CAPTURE(first);
    CHECK(kind_of(static_cast<std::uint8_t>(first), 96) == expected);
  }
  CHECK(kind_of(0x80, 191) == PacketKind::kRtp);
  CHECK(kind_of(0x80, 192) == PacketKind::kRtcp);
  CHECK(kind_of(0x81, 223) == PacketKind::kRtcp);
  CHECK(kind_of(0x80, 224) == PacketKind::kRtp);
  CHECK(classify({}) == PacketKind::kUnknown);
  CHECK(classify(ByteView(kRtp).first(1)) == PacketKind::kUnknown);
}

TEST_CASE("[M-004] two peers behind one address on one port: by ufrag first, by 5-tuple once it is proven") {
  Demux demux;
  demux.add_ufrag("alice", 1);
  demux.add_ufrag("bob", 2);
  CHECK(demux.route(path_from(1000), check_for("alice:x")) == 1u);
  CHECK(demux.route(path_from(1001), check_for("bob:x")) == 2u);
  demux.add_path(path_from(1000), 1);
  demux.add_path(path_from(1001), 2);
  CHECK(demux.route(path_from(1000), kRtp) == 1u);
  CHECK(demux.route(path_from(1001), kDtls) == 2u);
  CHECK(demux.counters().unknown_path == 0);
}

TEST_CASE("[M-005] RTP and DTLS from an unknown 5-tuple are dropped and counted") {
  Demux demux;
  demux.add_ufrag("alice", 1);
  demux.add_path(path_from(1000), 1);
  CHECK_FALSE(demux.route(path_from(1001), kRtp));
  CHECK(demux.counters().unknown_path == 1);
  CHECK_FALSE(demux.route(path_from(1001), kDtls));
  CHECK(demux.counters().unknown_path == 2);
  // The same remote address to another of our sockets is another 5-tuple.
  Path other = path_from(1000);
  other.local.port = 7883;
  CHECK_FALSE(demux.route(other, kRtp));
  CHECK(demux.counters().unknown_path == 3);
}

TEST_CASE("[M-002] a check for a ufrag that nobody has is dropped and counted") {
  Demux demux;
  demux.add_ufrag("alice", 1);
  CHECK_FALSE(demux.route(path_from(1000), check_for("mallory:x")));
  CHECK_FALSE(demux.route(path_from(1000), check_for("alic:x")));
  CHECK(demux.counters().unknown_ufrag == 2);
  demux.remove_ufrag("alice");
  CHECK_FALSE(demux.route(path_from(1000), check_for("alice:x")));
}

TEST_CASE("garbage is counted as malformed") {
  Demux demux;
  CHECK_FALSE(demux.route(path_from(1), {}));
  CHECK_FALSE(demux.route(path_from(1), std::array<std::uint8_t, 20>{0, 1}));
  CHECK_FALSE(demux.route(path_from(1), std::array<std::uint8_t, 2>{200, 1}));
  CHECK(demux.counters().malformed == 3);
}

TEST_CASE("a port that a NAT gives to another peer follows the peer that proves it") {
  Demux demux;
  demux.add_ufrag("old", 1);
  demux.add_ufrag("new", 2);
  demux.add_path(path_from(1000), 1);
  CHECK(demux.route(path_from(1000), check_for("new:x")) == 2u);
  demux.add_path(path_from(1000), 2);
  CHECK(demux.route(path_from(1000), kRtp) == 2u);
  demux.remove_path(path_from(1000), 1);  // the old peer lets go of what is no longer its own
  CHECK(demux.route(path_from(1000), kRtp) == 2u);
  demux.remove_peer(2);
  CHECK_FALSE(demux.find_path(path_from(1000)));
  CHECK_FALSE(demux.find_ufrag("new"));
  CHECK(demux.find_ufrag("old") == 1u);
}

TEST_CASE("a peer that ends takes with it what is its own by then, and nothing else") {
  Demux demux;
  demux.add_ufrag("alice", 1);
  demux.add_ufrag("alice again", 1);
  demux.remove_ufrag("alice");
  demux.add_ufrag("alice", 2);
  demux.add_path(path_from(1000), 1);
  demux.add_path(path_from(1001), 1);
  demux.add_path(path_from(1000), 2);
  demux.remove_peer(1);
  CHECK_FALSE(demux.find_ufrag("alice again"));
  CHECK_FALSE(demux.find_path(path_from(1001)));
  CHECK(demux.find_ufrag("alice") == 2u);
  CHECK(demux.find_path(path_from(1000)) == 2u);
  demux.remove_peer(1);
  demux.add_path(path_from(1001), 1);  // the key is another peer's now
  demux.remove_path(path_from(1001), 1);
  CHECK_FALSE(demux.find_path(path_from(1001)));
}

}  // namespace
}  // namespace sfu::ice

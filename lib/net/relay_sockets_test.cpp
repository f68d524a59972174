// SPDX-License-Identifier: Apache-2.0
#include "net/relay_sockets.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <set>
#include <string>

#include "net/udp_socket.hpp"

using namespace sfu;
using namespace sfu::net;

namespace {

const IpAddress kLocalhost = IpAddress::v4({127, 0, 0, 1});

struct Collector final : PacketSink {
  void receive(Instant, const Path& path, std::span<std::uint8_t> bytes) override {
    paths.push_back(path);
    texts.emplace_back(as_text(bytes));
  }
  std::vector<Path> paths;
  std::vector<std::string> texts;
};

// A range of which the kernel has just said that its first port is free.
std::uint16_t free_port() {
  return (*UdpSocket::open({kLocalhost, 0}))->local().port;
}

}  // namespace

TEST_CASE("[M-013] relays are on ports of the range, each on its own, and a port that was closed is used again") {
  SeededRandom random(1);
  const std::uint16_t first = free_port();
  const auto relays = *RelaySockets::create(first, first, random);
  const auto relay = relays->open(kLocalhost);
  REQUIRE(relay);
  CHECK(*relay == SocketAddress{kLocalhost, first});
  CHECK_FALSE(relays->open(kLocalhost));
  relays->close(*relay);
  CHECK(relays->open(kLocalhost) == relay);
}

TEST_CASE("[M-013] ports are drawn at random") {
  SeededRandom random(2);
  const auto relays = *RelaySockets::create(40'000, 49'999, random);
  std::set<std::uint16_t> ports;
  std::uint16_t before = 0;
  int successors = 0;
  for (int i = 0; i < 20; ++i) {
    const auto relay = relays->open(kLocalhost);
    REQUIRE(relay);
    CHECK(relay->port >= 40'000);
    CHECK(relay->port <= 49'999);
    CHECK(ports.insert(relay->port).second);
    CHECK(relays->open(kLocalhost, /*even=*/true)->port % 2 == 0);
    successors += relay->port == before + 1 ? 1 : 0;
    before = relay->port;
  }
  CHECK(successors < 3);
}

TEST_CASE("datagrams leave from their relay's port, and what comes there says so") {
  SeededRandom random(3);
  const auto relays = *RelaySockets::create(40'000, 49'999, random);
  const auto one = *relays->open(kLocalhost);
  const auto other = *relays->open(kLocalhost);
  const auto peer = *UdpSocket::open({kLocalhost, 0});
  const std::string texts[] = {"one", "other", "one again"};
  const Datagram batch[] = {{{one, peer->local()}, as_bytes(texts[0])},
                            {{other, peer->local()}, as_bytes(texts[1])},
                            {{one, peer->local()}, as_bytes(texts[2])}};
  relays->send(batch);
  Collector heard;
  while (heard.texts.size() < 3) {
    pollfd waiting{peer->descriptor(), POLLIN, 0};
    REQUIRE(poll(&waiting, 1, 5000) == 1);
    peer->receive({}, heard);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(heard.paths[i].remote == (heard.texts[i] == "other" ? other : one));
    peer->queue({{peer->local(), heard.paths[i].remote}, as_bytes(texts[i])});
  }
  peer->flush();
  Collector back;
  while (back.texts.size() < 3) {
    pollfd waiting{relays->poll_descriptor(), POLLIN, 0};
    REQUIRE(poll(&waiting, 1, 5000) == 1);
    relays->receive({}, back);
  }
  for (const Path& path : back.paths) CHECK(path.remote == peer->local());
  CHECK(std::set<SocketAddress>{back.paths[0].local, back.paths[1].local, back.paths[2].local} ==
        std::set<SocketAddress>{one, other});
}

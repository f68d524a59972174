// SPDX-License-Identifier: Apache-2.0
// What is left of sessions and engines that have ended: nothing, and soon.
#include <doctest/doctest.h>

#include "host.hpp"
#include "net/tcp_transport.hpp"
#include "net/udp_socket.hpp"
#include "people.hpp"
#include "sctp/stack.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

std::size_t associations() {
  return sctp::Stack::instance().users(sctp::Stack::Lock());
}

}  // namespace

TEST_CASE("[M-096] who is removed is let go within a second, with its TCP connections and its SCTP association") {
  Host host;
  People people;
  EngineOptions options = host.options();
  options.tcp_port = free_tcp_port();
  Engine& engine = host.start(std::move(options));
  auto [alice, bob] = people.call(engine, "hall", Over::kTcp);
  const std::size_t lines = alice.lines().open();
  const std::size_t open = associations();
  REQUIRE(lines > 0);
  REQUIRE(engine.room("hall").participant("alice").remove());
  CHECK(people.run_until([&] { return alice.closed() && alice.lines().closed_by_server() == lines; }, 1s));
  // The server's; that of her client's is the client's to close.
  CHECK(people.run_until([&] { return associations() < open; }, 1s));
  CHECK(people.run_until([&] { return bob.others().empty(); }));
  CHECK(bob.lines().closed_by_server() == 0);
}

TEST_CASE("[M-096] an engine that stops says goodbye and frees its sockets and associations within a second") {
  Host host;
  People people;
  const std::uint16_t tcp_port = free_tcp_port();
  EngineOptions options = host.options();
  options.tcp_port = tcp_port;
  Engine& engine = host.start(std::move(options));
  Person& alice = people.join(engine, "hall", "alice", Over::kTcp);
  Person& bob = people.join(engine, "hall", "bob", Over::kUdp);
  REQUIRE(people.run_until([&] { return alice.connected() && bob.connected(); }));
  alice.publish();
  bob.publish();
  REQUIRE(people.call_goes_on(alice, bob));
  const std::size_t both = associations();

  const SystemClock clock;
  const Instant asked = clock.now();
  engine.stop();
  host.engine.reset();
  CHECK(clock.now() - asked < 1s);
  CHECK(associations() == both / 2);  // the clients' ends
  CHECK(people.run_until([&] { return alice.closed() && bob.closed() && alice.lines().open() == 0; }, 1s));
  CHECK(alice.told_to_leave()->reason() == livekit::SERVER_SHUTDOWN);
  // Both ports are free for whoever comes next.
  CHECK(net::UdpSocket::open({kLoopback, host.port}).has_value());
  const auto tcp = net::TcpTransport::create();
  CHECK((*tcp)->listen({.bind_addresses = {kLoopback}, .interfaces = {}, .port = tcp_port, .advertised = {}}));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include "dtls/dtls.hpp"
#include "dtls/test_link.hpp"

namespace sfu::dtls {
namespace {

TEST_CASE("[M-015] an unanswered flight is sent again after 100, 200, 400 ... 2000 ms, until the abort at 60 s") {
  End client(Role::kClient);
  const Instant start{5s};
  client.session.start(start, client.out);
  CHECK(client.take().size() == 1);
  Instant last = start;
  std::vector<std::int64_t> gaps;
  while (client.session.deadline() < start + Session::kHandshakeTimeout) {
    const Instant now = client.session.deadline();
    client.session.advance(now, client.out);
    CHECK(client.take().size() == 1);
    gaps.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(now - last).count());
    last = now;
  }
  REQUIRE(gaps.size() > 7);
  CHECK(std::vector(gaps.begin(), gaps.begin() + 7) == std::vector<std::int64_t>{100, 200, 400, 800, 1600, 2000, 2000});
  CHECK(client.session.deadline() == start + 60s);
  client.session.advance(start + 60s, client.out);
  CHECK(client.session.state() == State::kFailed);
  CHECK(client.session.deadline() == kNever);
}

TEST_CASE("[M-015] 99 of 100 handshakes complete within 5 s with 30 % loss each way") {
  constexpr std::size_t kSeeds = 300;
  std::vector<Duration> times;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CAPTURE(seed);
    End client(Role::kClient);
    End server(Role::kServer);
    Link link(client, server, seed);
    link.loss = 0.3;
    link.jitter = 30ms;
    const Instant begin = link.now;
    link.start();
    link.run(60s);
    REQUIRE(link.connected());
    times.push_back(link.now - begin);
  }
  std::ranges::sort(times);
  // A client's first five retransmissions may all be lost: 0.07 % of the time.
  CHECK(times[kSeeds * 99 / 100] <= 5s);
  CHECK(times[kSeeds / 2] <= 500ms);
}

TEST_CASE("records of epoch 0 never use a sequence number twice, however often they are sent again") {
  End client(Role::kClient);
  End server(Role::kServer);
  Instant now{1s};
  server.session.start(now, server.out);
  client.session.start(now, client.out);
  std::set<std::uint64_t> seen;
  const auto note = [&](const Bytes& bytes) {
    std::size_t at = 0;
    while (at + 13 <= bytes.size()) {
      if (load_be16(&bytes[at + 3]) == 0) CHECK(seen.insert(load_be64(&bytes[at + 3])).second);
      at += 13 + load_be16(&bytes[at + 11]);
    }
    CHECK(at == bytes.size());
  };
  for (const Bytes& hello : client.take()) server.session.receive(now, hello, server.out);
  for (int i = 0; i < 4; ++i) {
    for (const Bytes& bytes : server.take()) note(bytes);
    now = server.session.deadline();
    server.session.advance(now, server.out);
  }
  std::vector<Bytes> flight = server.take();
  for (const Bytes& bytes : flight) {
    note(bytes);
    client.session.receive(now, bytes, client.out);
  }
  for (const Bytes& bytes : client.take()) server.session.receive(now, bytes, server.out);
  for (const Bytes& bytes : server.take()) note(bytes);
  CHECK(server.session.state() == State::kConnected);
  CHECK(seen.size() > 20);
}

TEST_CASE("a server whose last flight was lost repeats it for a client that repeats its own") {
  End client(Role::kClient);
  End server(Role::kServer);
  Instant now{1s};
  server.session.start(now, server.out);
  client.session.start(now, client.out);
  for (const Bytes& bytes : client.take()) server.session.receive(now, bytes, server.out);
  for (const Bytes& bytes : server.take()) client.session.receive(now, bytes, client.out);
  for (const Bytes& bytes : client.take()) server.session.receive(now, bytes, server.out);
  CHECK(server.session.state() == State::kConnected);
  CHECK(server.take().size() == 1);  // lost
  CHECK(client.session.state() == State::kConnecting);

  now = client.session.deadline();
  client.session.advance(now, client.out);
  for (const Bytes& bytes : client.take()) server.session.receive(now, bytes, server.out);
  const std::vector<Bytes> repeated = server.take();
  REQUIRE(!repeated.empty());
  for (const Bytes& bytes : repeated) client.session.receive(now, bytes, client.out);
  CHECK(client.session.state() == State::kConnected);
}

TEST_CASE("a server repeats its last flight three times, unless application data comes, and its others by request") {
  for (const bool data : {false, true}) {
    End client(Role::kClient);
    End server(Role::kServer);
    Link link(client, server);
    link.start();
    link.run(10s);
    REQUIRE(link.connected());
    if (data) {
      REQUIRE(client.session.send(as_bytes("here"), client.out));
      for (const Bytes& bytes : client.take()) server.session.receive(link.now, bytes, server.out);
    }
    int repeats = 0;
    while (server.session.deadline() != kNever) {
      server.session.advance(server.session.deadline(), server.out);
      repeats += static_cast<int>(server.take().size());
    }
    CHECK(repeats == (data ? 0 : 3));
    CHECK(server.session.state() == State::kConnected);
  }

  End client(Role::kClient);
  End server(Role::kServer);
  client.session.start(Instant{1s}, client.out);
  server.session.start(Instant{1s}, server.out);
  const Bytes hello = client.take().at(0);
  server.session.receive(Instant{1s}, hello, server.out);
  CHECK(server.take().size() == 1);
  server.session.receive(Instant{1s} + 10ms, hello, server.out);  // a duplicate on the network
  CHECK(server.take().empty());
  server.session.receive(Instant{1s} + 60ms, hello, server.out);
  CHECK(server.take().size() == 1);
}

TEST_CASE("nothing is sent while no path is authenticated, and it is sent again when one is") {
  End client(Role::kClient);
  client.out.path = nullptr;
  Instant now{1s};
  client.session.start(now, client.out);
  CHECK(client.datagrams.empty());
  client.out.path = &client.path;
  client.session.advance(client.session.deadline(), client.out);
  CHECK(client.datagrams.size() == 1);
}

}  // namespace
}  // namespace sfu::dtls

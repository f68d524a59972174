// SPDX-License-Identifier: Apache-2.0
// For this folder's tests: two sessions and a lossy network between them, in virtual time.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "dtls/dtls.hpp"

namespace sfu::dtls {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

inline const Certificate& certificate_of(Role role) {
  static const Certificate client = Certificate::make().value();
  static const Certificate server = Certificate::make().value();
  return role == Role::kClient ? client : server;
}

// A session with its sinks.
struct End {
  Session session;
  SendBatch datagrams;
  PacketList application;
  Path path;
  Output out{datagrams, &path, application};

  explicit End(Role role)
      : End(role, {certificate_of(role == Role::kClient ? Role::kServer : Role::kClient).fingerprint()}) {}
  End(Role role, std::vector<Fingerprint> remote) : session(role, certificate_of(role), std::move(remote)) {}

  std::vector<Bytes> take() {
    std::vector<Bytes> taken;
    for (const Datagram& datagram : datagrams.datagrams())
      taken.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
    datagrams.clear();
    return taken;
  }
};

// Two ends and a network between them, in virtual time.
struct Link {
  struct Flying {
    Instant at;
    std::uint64_t order;
    End* to;
    Bytes bytes;
  };

  End& client;
  End& server;
  SeededRandom random;
  double loss = 0;
  Duration delay = 20ms;
  Duration jitter = 0ms;
  Instant now{1s};
  std::vector<Flying> flying;
  std::uint64_t next_order = 0;
  std::size_t largest = 0;

  Link(End& a, End& b, std::uint64_t seed = 1) : client(a), server(b), random(seed) {}

  void start() {
    server.session.start(now, server.out);
    client.session.start(now, client.out);
    launch();
  }
  void launch() {
    for (End* from : {&client, &server}) {
      for (Bytes& bytes : from->take()) {
        largest = std::max(largest, bytes.size());
        if (random.unit() < loss) continue;
        const auto extra = Duration(static_cast<Duration::rep>(random.unit() * static_cast<double>(jitter.count())));
        flying.push_back({now + delay + extra, next_order++, from == &client ? &server : &client, std::move(bytes)});
      }
    }
  }
  bool connected() const {
    return client.session.state() == State::kConnected && server.session.state() == State::kConnected;
  }
  void run(Duration duration) {
    const Instant until = now + duration;
    while (!connected() || !flying.empty()) {
      const auto next =
          std::ranges::min_element(flying, {}, [](const Flying& each) { return std::pair(each.at, each.order); });
      const Instant arrival = next == flying.end() ? kNever : next->at;
      const Instant due = std::min({arrival, client.session.deadline(), server.session.deadline()});
      if (due > until) break;
      now = std::max(now, due);
      if (arrival <= now) {
        Flying datagram = std::move(*next);
        flying.erase(next);
        datagram.to->session.receive(now, datagram.bytes, datagram.to->out);
      } else {
        client.session.advance(now, client.out);
        server.session.advance(now, server.out);
      }
      launch();
    }
  }
};

}  // namespace sfu::dtls

// SPDX-License-Identifier: Apache-2.0
// For this folder's tests: two associations over a simulated line, in virtual time.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "sctp/sctp.hpp"

namespace sfu::sctp::testing {

using namespace std::chrono_literals;

struct Side {
  explicit Side(const Association::Config& config = {}) : association(std::make_unique<Association>(config)) {}

  std::unique_ptr<Association> association;
  PacketList packets;
  std::vector<Event> events;
  Output out{packets, events};

  const Event* find(Event::Kind kind) const {
    const auto at = std::find_if(events.begin(), events.end(), [&](const Event& event) { return event.kind == kind; });
    return at != events.end() ? &*at : nullptr;
  }
  std::size_t count(Event::Kind kind) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [&](const Event& event) { return event.kind == kind; }));
  }
};

// The DTLS client `a` and the server `b`; packets take `delay` and get lost with probability `loss`.
struct Line {
  explicit Line(std::uint64_t seed = 1, double loss_rate = 0, const Association::Config& config = {})
      : a(config), b(config), random(seed), loss(loss_rate) {}

  Side a;
  Side b;
  SeededRandom random;
  double loss;
  Duration delay = 10ms;
  Instant now{1000s};
  std::size_t largest = 0;
  std::size_t carried = 0;
  std::function<void(bool from_a, ByteView packet)> watch;

  struct InFlight {
    Instant at;
    bool to_b;
    std::vector<std::uint8_t> bytes;
  };
  std::deque<InFlight> wire;

  void start() {
    REQUIRE(a.association->start(now, Role::kClient, a.out).has_value());
    REQUIRE(b.association->start(now, Role::kServer, b.out).has_value());
    pick_up();
  }
  void connect() {
    start();
    run_until([&] { return a.association->connected() && b.association->connected(); });
    REQUIRE(a.association->connected());
    REQUIRE(b.association->connected());
  }
  void pick_up() {
    for (Side* side : {&a, &b}) {
      for (std::size_t i = 0; i < side->packets.size(); ++i) {
        const ByteView packet = side->packets[i];
        largest = std::max(largest, packet.size());
        ++carried;
        if (watch) watch(side == &a, packet);
        if (random.unit() < loss) continue;
        wire.push_back({now + delay, side == &a, {packet.begin(), packet.end()}});
      }
      side->packets.clear();
    }
  }
  Instant next() const {
    const Instant timer = std::min(a.association->deadline(), b.association->deadline());
    return wire.empty() ? timer : std::min(timer, wire.front().at);
  }
  void step() {
    now = std::max(now, next());
    while (!wire.empty() && wire.front().at <= now) {
      const InFlight packet = std::move(wire.front());
      wire.pop_front();
      Side& to = packet.to_b ? b : a;
      to.association->receive(now, packet.bytes, to.out);
    }
    a.association->advance(now, a.out);
    b.association->advance(now, b.out);
    pick_up();
  }
  void run_until(const std::function<bool()>& done, Duration limit = 600s) {
    const Instant end = now + limit;
    while (!done() && next() <= end) step();
  }
  // Until nothing is in flight any more.
  void settle(Duration limit = 600s) {
    run_until([] { return false; }, limit);
  }
};

inline ChannelOptions named(std::string label) {
  ChannelOptions options;
  options.label = std::move(label);
  return options;
}

}  // namespace sfu::sctp::testing

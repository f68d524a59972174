// SPDX-License-Identifier: Apache-2.0
// The network by itself: what a link with a rate does to datagrams, and what else passes there.
#include "network.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

const SocketAddress kServer{IpAddress::v4({10, 1, 0, 1}), 7882};
constexpr Instant kStart{1000s};
constexpr std::size_t kSize = 1000 - kDatagramOverhead;  // 1000 bytes on the wire

SocketAddress host(std::uint8_t number) {
  return {IpAddress::v4({10, 0, 0, number}), 50000};
}

// Sends datagrams of 1000 bytes from the server, each of a rate as given.
struct Bench {
  explicit Bench(std::uint64_t seed = 1) : network(seed) {}

  void attach(std::uint8_t number, LinkId down) { network.attach(host(number), network.add_link({}), down); }
  void send(Instant at, std::uint8_t to = 1, std::size_t size = kSize) {
    collect(at);
    network.send(at, kServer, host(to), std::vector<std::uint8_t>(size, 0x80));
  }
  // At `rate` over [from, until).
  void stream(Bitrate rate, Instant from, Instant until) {
    const Duration interval = Duration(8'000'000'000'000 / rate.bps);
    for (Instant at = from; at < until; at += interval) send(at);
  }
  void collect(Instant until) {
    while (const auto arrival = network.pop_due(until)) arrivals.push_back(arrival->at);
  }
  std::vector<Instant> rest() {
    collect(kNever - 1ns);
    return arrivals;
  }
  const TrafficRecord& record(std::uint8_t number = 1) { return *network.received_by(host(number).ip); }

  Network network;
  std::vector<Instant> arrivals;
};

}  // namespace

TEST_CASE("a link with a rate lets datagrams leave one after another, then delays them") {
  Bench bench;
  bench.attach(1, bench.network.add_link({.delay = 20ms, .rate = Bitrate::kilobits(1000)}));
  for (int i = 0; i < 3; ++i) bench.send(kStart);
  CHECK(bench.rest() == std::vector{kStart + 28ms, kStart + 36ms, kStart + 44ms});
  CHECK(bench.record().queueing().max() == 16ms);
  CHECK(bench.record().bytes() == 3000);
}

TEST_CASE("a queue drops what would wait too long, or what finds too many bytes") {
  for (const bool by_bytes : {false, true}) {
    CAPTURE(by_bytes);
    Bench bench;
    Link link{.rate = Bitrate::kilobits(1000), .queue = 300ms};
    if (by_bytes) link.queue_bytes = 10'000;
    bench.attach(1, bench.network.add_link(link));
    bench.stream(Bitrate::kilobits(2000), kStart, kStart + 10s);
    const std::size_t delivered = bench.rest().size();
    // What is waiting at the end comes too.
    CHECK(delivered == 1250 + (by_bytes ? 9 : 38));
    CHECK(bench.record().dropped() == 2500 - delivered);
    CHECK(bench.record().queueing().max() <= 300ms);
    CHECK(bench.record().queueing().max() >= (by_bytes ? 68ms : 290ms));
  }
}

TEST_CASE("what waits is slower too when a link becomes slower, and faster when it becomes faster") {
  Bench bench;
  bench.attach(1, bench.network.add_link({.delay = 0ms,
                                          .rate = Bitrate::kilobits(1000),
                                          .changes = {{.at = kStart + 16ms, .rate = Bitrate::kilobits(500)},
                                                      {.at = kStart + 40ms, .rate = Bitrate::kilobits(8000)}}}));
  for (int i = 0; i < 5; ++i) bench.send(kStart);
  // Two at 8 ms each; one in 16 ms and half of the fourth in 8 ms; then 1 ms each.
  CHECK(bench.rest() == std::vector{kStart + 8ms, kStart + 16ms, kStart + 32ms, kStart + 40500us, kStart + 41500us});
}

TEST_CASE("delay and loss of a link change at their time") {
  Bench bench;
  bench.attach(1,
               bench.network.add_link(
                   {.delay = 10ms, .changes = {{.at = kStart + 1s, .delay = 50ms}, {.at = kStart + 2s, .loss = 1.0}}}));
  bench.send(kStart);
  bench.send(kStart + 1s);
  bench.send(kStart + 2s);
  CHECK(bench.rest() == std::vector{kStart + 10ms, kStart + 1050ms});
  CHECK(bench.record().lost() == 1);
}

TEST_CASE("hosts on one link share its rate and its queue") {
  Bench bench;
  const LinkId shared = bench.network.add_link({.delay = 0ms, .rate = Bitrate::kilobits(1000)});
  bench.attach(1, shared);
  bench.attach(2, shared);
  for (int i = 0; i < 4; ++i) bench.send(kStart, static_cast<std::uint8_t>(1 + i % 2));
  CHECK(bench.rest().back() == kStart + 32ms);
  CHECK(bench.record(1).queueing().max() == 16ms);
  CHECK(bench.record(2).queueing().max() == 24ms);
  CHECK(bench.network.link(shared).record().queueing().count() == 4);
}

TEST_CASE("jitter overtakes, unless the link keeps order") {
  for (const bool in_order : {false, true}) {
    CAPTURE(in_order);
    Bench bench;
    Link down{.delay = 10ms, .jitter = 30ms, .in_order = in_order};
    bench.attach(1, bench.network.add_link(down));
    std::vector<std::size_t> sizes;  // tell them apart
    for (std::size_t i = 0; i < 500; ++i) {
      bench.network.send(kStart + 1ms * static_cast<int>(i), kServer, host(1),
                         std::vector<std::uint8_t>(100 + i, 0x80));
    }
    while (const auto arrival = bench.network.pop_due(kNever - 1ns)) sizes.push_back(arrival->bytes.size());
    CHECK(std::ranges::is_sorted(sizes) == in_order);
  }
}

TEST_CASE("losses in bursts come together, in the share that the probabilities give") {
  Bench bench;
  bench.attach(1, bench.network.add_link({.bursts = {.good_to_bad = 0.01, .bad_to_good = 0.2, .loss = 1}}));
  std::size_t lost = 0;
  std::size_t bursts = 0;
  bool previous = false;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t before = bench.network.lost();
    bench.send(kStart + 1ms * i);
    const bool now = bench.network.lost() > before;
    lost += now ? 1 : 0;
    bursts += now && !previous ? 1 : 0;
    previous = now;
  }
  CHECK(lost == doctest::Approx(100'000 * 0.01 / 0.21).epsilon(0.1));
  CHECK(static_cast<double>(lost) / static_cast<double>(bursts) == doctest::Approx(5).epsilon(0.1));
}

TEST_CASE("cross traffic of a constant rate takes its share of a link, while it is on") {
  Bench bench;
  Link link{.rate = Bitrate::kilobits(1000)};
  link.constant_flows = {{.rate = Bitrate::kilobits(600), .from = kStart, .on = 5s, .off = 5s}};
  const LinkId id = bench.network.add_link(link);
  bench.attach(1, id);
  bench.stream(Bitrate::kilobits(800), kStart, kStart + 10s);
  const auto dropped = [&](Duration from, Duration until) {
    std::uint64_t sum = 0;
    const auto& record = bench.record();
    for (std::size_t i = 0; i < record.bins().size(); ++i) {
      const Instant at = record.begin() + TrafficRecord::kBin * static_cast<int>(i);
      if (at >= kStart + from && at < kStart + until) sum += record.bins()[i].dropped;
    }
    return sum;
  };
  bench.rest();
  CHECK(dropped(1s, 5s) > 50);
  CHECK(dropped(6s, 10s) == 0);
  CHECK(bench.network.link(id).cross_record().bytes() > 300'000);
}

TEST_CASE("a TCP flow fills a link that is its own, and gives way to a constant flow there") {
  Bench bench;
  Link link{.rate = Bitrate::kilobits(2000)};
  link.tcp_flows = {{.from = kStart, .rtt = 100ms}};
  const LinkId id = bench.network.add_link(link);
  bench.attach(1, id);
  const auto tcp_rate = [&](Duration from, Duration until) {
    return bench.network.link(id).cross_record().rate(kStart + from, kStart + until).bps;
  };
  bench.send(kStart + 60s);
  CHECK(tcp_rate(10s, 60s) > 1'800'000);
  CHECK(tcp_rate(10s, 60s) < 2'010'000);
  bench.stream(Bitrate::kilobits(1000), kStart + 60s, kStart + 120s);
  CHECK(tcp_rate(70s, 120s) > 700'000);
  CHECK(tcp_rate(70s, 120s) < 1'150'000);
  CHECK(bench.network.link(id).cross_record().dropped() > 5);
}

TEST_CASE("two TCP flows fill a link between them") {
  Link link{.rate = Bitrate::kilobits(4000)};
  link.tcp_flows = {{.from = kStart}, {.from = kStart + 10s}};
  Bench both;
  const LinkId id = both.network.add_link(link);
  both.attach(1, id);
  both.send(kStart + 100s);
  CHECK(both.network.link(id).cross_record().rate(kStart + 20s, kStart + 100s).bps > 3'600'000);
}

TEST_CASE("short TCP flows send objects, with pauses") {
  Link link{.rate = Bitrate::kilobits(4000)};
  link.tcp_flows = {{.from = kStart, .smallest = 100'000, .largest = 300'000, .idle = 5s}};
  Bench bench;
  const LinkId id = bench.network.add_link(link);
  bench.attach(1, id);
  bench.send(kStart + 100s);
  const auto& record = bench.network.link(id).cross_record();
  CHECK(record.bytes() > 1'000'000);
  CHECK(record.bytes() < 10'000'000);
  CHECK(std::ranges::count_if(record.bins(), [](const auto& bin) { return bin.datagrams == 0; }) > 400);
}

TEST_CASE("a datagram passes the sender's up-link with a rate, then waits in the queue of the receiver's down-link") {
  Bench bench;
  bench.network.attach(host(1), bench.network.add_link({.delay = 5ms, .rate = Bitrate::kilobits(1000)}),
                       bench.network.add_link({}));
  bench.network.attach(host(3), bench.network.add_link({.delay = 0ms, .rate = Bitrate::kilobits(8000)}),
                       bench.network.add_link({}));
  bench.attach(2, bench.network.add_link({.delay = 0ms, .rate = Bitrate::kilobits(1000)}));
  const std::vector<std::uint8_t> bytes(kSize, 0x80);
  bench.network.send(kStart, host(1), host(2), bytes);  // reaches the queue after 13 ms
  bench.network.send(kStart, host(3), host(2), bytes);  // after 1 ms
  CHECK(bench.network.next_arrival() == kStart + 1ms);
  CHECK(bench.rest() == std::vector{kStart + 9ms, kStart + 21ms});
}

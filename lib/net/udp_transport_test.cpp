// SPDX-License-Identifier: Apache-2.0
#include "net/udp_transport.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "net/loop.hpp"

#include <thread>

using namespace sfu;
using namespace sfu::net;
using namespace std::chrono_literals;

namespace {

const IpAddress kLocalhost = IpAddress::v4({127, 0, 0, 1});

struct Collector final : PacketSink {
  std::vector<std::vector<std::uint8_t>> packets;
  Path path;
  std::vector<Instant> arrivals;
  void receive(Instant arrived, const Path& from, std::span<std::uint8_t> bytes) override {
    path = from;
    arrivals.push_back(arrived);
    packets.emplace_back(bytes.begin(), bytes.end());
  }
};

std::unique_ptr<UdpTransport> open_transport(bool segmentation = true) {
  UdpTransportOptions options;
  options.bind_addresses = {kLocalhost};
  options.socket.segmentation = segmentation;
  auto transport = UdpTransport::open(options);
  REQUIRE(transport.has_value());
  return *std::move(transport);
}

void receive_all(UdpTransport& transport, Collector& collector, std::size_t count) {
  while (collector.packets.size() < count) {
    pollfd poll_for{transport.poll_descriptor(), POLLIN, 0};
    if (poll(&poll_for, 1, 2000) != 1) break;
    transport.receive(Instant{}, collector);
  }
}

}  // namespace

TEST_CASE("[M-091] what arrives is byte for byte the same with and without segmentation, in the order it was sent") {
  for (const bool segmentation : {true, false}) {
    CAPTURE(segmentation);
    SeededRandom random(7);
    const auto sender = open_transport(segmentation);
    const auto first = open_transport();
    const auto second = open_transport();
    const UdpTransport* receivers[] = {first.get(), second.get()};
    SendBatch batch;
    std::vector<std::vector<std::uint8_t>> expected[2];
    for (int i = 0; i < 300; ++i) {
      // Mostly runs of one size, as a video frame makes them.
      std::vector<std::uint8_t> bytes(random.below(4) == 0 ? 1 + random.below(1200) : 1100);
      random.fill(bytes);
      const std::size_t to = random.below(2);
      expected[to].push_back(bytes);
      CHECK(batch.add(bytes, {sender->candidates()[0], receivers[to]->candidates()[0]}));
    }
    sender->send(batch.datagrams());
    Collector collectors[2];
    receive_all(*first, collectors[0], expected[0].size());
    receive_all(*second, collectors[1], expected[1].size());
    CHECK(collectors[0].packets == expected[0]);
    CHECK(collectors[1].packets == expected[1]);
    CHECK(collectors[0].path == Path{first->candidates()[0], sender->candidates()[0]});
    CHECK(sender->stats().sent == 300);
    CHECK(sender->stats().dropped == 0);
    if (segmentation) CHECK(sender->stats().send_calls < 250);
  }
}

TEST_CASE("what is read at once keeps the distance at which it arrived") {
  const auto sender = open_transport();
  const auto receiver = open_transport();
  const std::vector<std::uint8_t> bytes(100);
  const auto send = [&] {
    SendBatch batch;
    CHECK(batch.add(bytes, {sender->candidates()[0], receiver->candidates()[0]}));
    sender->send(batch.datagrams());
  };
  // Linux begins to stamp what arrives a moment after it was asked to; until then it stamps what is read.
  Instant turn{99s};
  for (Collector early; early.arrivals.empty() || early.arrivals.back() > turn - 1ms;) {
    send();
    std::this_thread::sleep_for(1ms);
    turn += 1ms;
    receiver->receive(turn, early);
  }

  const auto begin = std::chrono::steady_clock::now();
  send();
  std::this_thread::sleep_for(5ms);
  send();
  const Duration took = std::chrono::steady_clock::now() - begin;
  constexpr Instant kNow{100s};
  Collector collector;
  receiver->receive(kNow, collector);
  REQUIRE(collector.arrivals.size() == 2);
  const Duration apart = collector.arrivals[1] - collector.arrivals[0];
  CHECK(apart >= 4ms);
  CHECK(apart <= took);
  CHECK(collector.arrivals[1] <= kNow + 1ms);
  CHECK(kNow - collector.arrivals[0] <= took + 1s);
}

TEST_CASE("a port in use is refused with its address and number") {
  const auto taken = open_transport();
  UdpTransportOptions options;
  options.bind_addresses = {kLocalhost};
  options.port = taken->candidates()[0].port;
  const auto second = UdpTransport::open(options);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Errc::kUnavailable);
  CHECK(second.error().message.find("127.0.0.1:" + std::to_string(options.port)) != std::string::npos);
}

TEST_CASE("the advertised addresses replace the bound ones in the candidates") {
  UdpTransportOptions options;
  options.bind_addresses = {kLocalhost};
  options.advertised = {*IpAddress::parse("203.0.113.5"), *IpAddress::parse("2001:db8::5")};
  const auto transport = UdpTransport::open(options);
  REQUIRE(transport.has_value());
  REQUIRE((*transport)->candidates().size() == 2);
  CHECK((*transport)->candidates()[0].ip == *IpAddress::parse("203.0.113.5"));
  CHECK((*transport)->candidates()[0].port != 0);
  CHECK((*transport)->candidates()[1].ip == *IpAddress::parse("2001:db8::5"));
}

TEST_CASE("a loop wakes for another thread and for a datagram") {
  auto loop = Loop::create();
  REQUIRE(loop.has_value());
  std::thread other([&] { (*loop)->wake(); });
  (*loop)->wait(10s);
  other.join();

  const auto transport = open_transport();
  Collector collector;
  REQUIRE((*loop)->add(transport->poll_descriptor(), [&] { transport->receive(Instant{}, collector); }).has_value());
  const auto sender = open_transport();
  SendBatch batch;
  const std::uint8_t byte[] = {42};
  batch.add(byte, {sender->candidates()[0], transport->candidates()[0]});
  sender->send(batch.datagrams());
  while (collector.packets.empty()) (*loop)->wait(10s);
  CHECK(collector.packets[0] == std::vector<std::uint8_t>{42});
  (*loop)->remove(transport->poll_descriptor());
}

TEST_CASE("a callback may take itself and others out of the loop") {
  const auto loop = *Loop::create();
  const auto first = open_transport();
  const auto second = open_transport();
  const auto sender = open_transport();
  int calls = 0;
  for (UdpTransport* transport : {first.get(), second.get()}) {
    REQUIRE(loop->add(transport->poll_descriptor(),
                      [&] {
                        ++calls;
                        loop->remove(first->poll_descriptor());
                        loop->remove(second->poll_descriptor());
                      })
                .has_value());
  }
  SendBatch batch;
  const std::uint8_t byte[] = {42};
  batch.add(byte, {sender->candidates()[0], first->candidates()[0]});
  batch.add(byte, {sender->candidates()[0], second->candidates()[0]});
  sender->send(batch.datagrams());
  loop->wait(10s);
  CHECK(calls == 1);
  loop->wait(0s);
  CHECK(calls == 1);
}

TEST_CASE("a wildcard with the node IP 127.0.0.1 listens there too") {
  UdpTransportOptions options;
  options.advertised = {kLocalhost};
  const auto transport = *UdpTransport::open(options);
  REQUIRE(transport->candidates().size() == 1);
  const auto sender = open_transport();
  SendBatch batch;
  const std::uint8_t byte[] = {42};
  batch.add(byte, {sender->candidates()[0], transport->candidates()[0]});
  sender->send(batch.datagrams());
  Collector collector;
  receive_all(*transport, collector, 1);
  CHECK(collector.packets.size() == 1);
}

TEST_CASE("a datagram for a socket that is not there is dropped and counted") {
  const auto transport = open_transport();
  SendBatch batch;
  const std::uint8_t byte[] = {42};
  batch.add(byte, {{kLocalhost, 1}, {kLocalhost, 2}});
  transport->send(batch.datagrams());
  CHECK(transport->stats().dropped == 1);
}

TEST_CASE("several threads send through one transport, each with its sender, and what arrives comes from its address") {
  const auto sender = open_transport();
  const auto receiver = open_transport();
  const Path path{sender->candidates()[0], receiver->candidates()[0]};
  constexpr std::size_t kThreads = 2;
  constexpr std::size_t kBatches = 20;
  constexpr std::size_t kInBatch = 30;
  const auto send = [&](std::uint8_t who, PacketTransport* own) {
    const auto other = own == nullptr ? sender->make_sender() : nullptr;
    std::uint16_t number = 0;
    for (std::size_t i = 0; i < kBatches; ++i) {
      SendBatch batch;
      for (std::size_t k = 0; k < kInBatch; ++k, ++number) {
        batch.add(
            std::vector<std::uint8_t>{who, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)},
            path);
      }
      own == nullptr ? other->send(batch.datagrams()) : own->send(batch.datagrams());
    }
  };
  std::thread other([&] { send(1, nullptr); });
  send(0, sender.get());
  other.join();
  Collector collector;
  receive_all(*receiver, collector, kThreads * kBatches * kInBatch);
  REQUIRE(collector.packets.size() == kThreads * kBatches * kInBatch);
  CHECK(collector.path.remote == sender->candidates()[0]);
  std::uint16_t next[kThreads] = {};
  bool in_order = true;
  for (const auto& packet : collector.packets) in_order &= (packet[1] << 8 | packet[2]) == next[packet[0]]++;
  CHECK(in_order);
}

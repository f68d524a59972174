// SPDX-License-Identifier: Apache-2.0
// Workers with threads and sockets that seal and send for each other. There are no rooms: the test's commands are what
// has packets to send.
#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "runtime/worker.hpp"

using namespace sfu;
using namespace sfu::runtime;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kWorkers = 4;
constexpr room::PeerKey kPeers = 24;
constexpr std::size_t kPacket = 12;  // peer, number, and what the sealer writes
constexpr std::uint64_t kMostUnderWay = 60;

// Counts what it has sealed, as a cipher has state: not for two threads at once.
struct CountingSealer final : Sealer {
  bool seal(ByteSpan datagram, const Task&) override {
    store_be32(&datagram[8], sealed++);
    return true;
  }
  std::uint32_t sealed = 0;
};

std::unique_ptr<net::UdpTransport> open_transport() {
  net::UdpTransportOptions options;
  options.bind_addresses = {IpAddress::v4({127, 0, 0, 1})};
  auto transport = net::UdpTransport::open(options);
  REQUIRE(transport);
  return *std::move(transport);
}

// Where all packets go: each peer's are to come in their order, sealed in their order, from one address.
class Receiver final : private PacketSink {
 public:
  const SocketAddress& address() const { return transport_->candidates()[0]; }
  std::uint64_t count() const { return count_; }
  std::uint64_t wrong() const { return wrong_; }

  bool wait_for(std::uint64_t count) {
    while (count_ < count) {
      pollfd waiting{transport_->poll_descriptor(), POLLIN, 0};
      if (poll(&waiting, 1, 10'000) != 1) return false;
      transport_->receive({}, *this);
    }
    return true;
  }

 private:
  void receive(Instant, const Path& path, std::span<std::uint8_t> bytes) override {
    if (count_++ == 0) from_ = path.remote;
    std::uint32_t& next = next_[load_be32(&bytes[0])];
    if (load_be32(&bytes[4]) != next || load_be32(&bytes[8]) != next || path.remote != from_) ++wrong_;
    ++next;
  }

  std::unique_ptr<net::UdpTransport> transport_ = open_transport();
  std::vector<std::uint32_t> next_ = std::vector<std::uint32_t>(kPeers, 0);
  SocketAddress from_;
  std::uint64_t count_ = 0;
  std::uint64_t wrong_ = 0;
};

// What the first worker's commands share; of its thread.
struct Peers {
  std::vector<Outlet*> outlets;
  std::vector<std::shared_ptr<CountingSealer>> sealers;
  std::vector<std::uint32_t> sent = std::vector<std::uint32_t>(kPeers, 0);
  std::atomic<unsigned> recalls = 0;

  void send(Shard& shard, room::PeerKey peer, const Path& path) {
    ++outlets[peer]->packets;
    SendBatch& batch = outlets[peer]->batch != nullptr ? *outlets[peer]->batch : shard.datagrams();
    const ByteSpan slot = batch.open();
    store_be32(slot.data(), peer);
    store_be32(slot.data() + 4, sent[peer]++);
    batch.commit(kPacket, path, sealers[peer], {});
  }
};

}  // namespace

TEST_CASE(
    "[M-090] four workers send for each other: one thread seals for a peer at a time, and its packets stay in order") {
  const SystemClock clock;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<Worker*> all;
  Receiver receiver;
  Path path{{}, receiver.address()};
  for (unsigned index = 0; index < kWorkers; ++index) {
    auto transport = open_transport();
    Worker::Config config;
    if (index == 0) path.local = transport->candidates()[0];
    config.clock = &clock;
    config.udp = transport.get();
    config.transport = std::move(transport);
    config.shard.worker = index;
    config.shard.workers = kWorkers;
    workers.push_back(*Worker::create(std::move(config)));
    all.push_back(workers.back().get());
  }
  for (Worker* worker : all) worker->start(all);

  Peers peers;
  workers[0]->post([&](Instant, Shard& shard) {
    for (room::PeerKey peer = 0; peer < kPeers; ++peer) {
      peers.outlets.push_back(shard.lending().add(peer));
      peers.sealers.push_back(std::make_shared<CountingSealer>());
    }
  });
  constexpr std::uint64_t kSeed = 4;
  SeededRandom random(kSeed);
  CAPTURE(kSeed);
  std::uint64_t sent = 0;
  // A command may only move peers when nothing waits, so how many do is the threads' affair.
  constexpr unsigned kRecalls = 30;
  for (int round = 0; round < 2000 || peers.recalls < kRecalls; ++round) {
    const unsigned count = 1 + random.below(8);
    workers[0]->post([&, count, seed = random.u64()](Instant, Shard& shard) {
      SeededRandom choice(seed);
      Lending& lending = shard.lending();
      if (choice.below(4) == 0 && shard.datagrams().empty() && lending.waiting() == 0) {
        const unsigned sibling = 1 + choice.below(kWorkers - 1);
        lending.measure();
        if (choice.below(2) == 0) {
          lending.lend(sibling, 1 + choice.below(20));
        } else if (auto last = lending.recall(sibling, 1 + choice.below(20))) {
          ++peers.recalls;
          all[sibling]->inbox()->post(*std::move(last), true);
        }
      }
      for (unsigned i = 0; i < count; ++i) peers.send(shard, choice.below(kPeers), path);
    });
    sent += count;
    if (sent > kMostUnderWay) REQUIRE(receiver.wait_for(sent - kMostUnderWay));
  }
  REQUIRE(receiver.wait_for(sent));
  for (const auto& worker : workers) worker->stop();
  CHECK(receiver.wrong() == 0);
  CHECK(workers[0]->statistics().datagrams_lent > 0);
  CHECK(workers[0]->statistics().dropped_lent == 0);
}

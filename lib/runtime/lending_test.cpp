// SPDX-License-Identifier: Apache-2.0
#include "runtime/lending.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>

#include "base/bytes.hpp"
#include "base/random.hpp"

using namespace sfu;
using namespace sfu::runtime;

namespace {

constexpr std::size_t kPacket = 8;
const Path kPath{{IpAddress::v4({127, 0, 0, 1}), 1}, {IpAddress::v4({127, 0, 0, 1}), 2}};

// Seals nothing, but is there to be kept.
struct NoSealer final : Sealer {
  bool seal(ByteSpan, const Task&) override { return true; }
};

// A worker, its siblings and their mailboxes, each of which does something when the test says so.
class World {
 public:
  World(unsigned workers, std::size_t peers)
      : lending(0, workers), siblings(workers), next(peers, 0), arrived(peers, 0) {
    for (room::PeerKey peer = 0; peer < peers; ++peer) {
      outlets.push_back(lending.add(peer));
      sealers.push_back(std::make_shared<NoSealer>());
    }
  }

  void send(room::PeerKey peer) {
    ++outlets[peer]->packets;
    SendBatch& batch = outlets[peer]->batch != nullptr ? *outlets[peer]->batch : own;
    const ByteSpan slot = batch.open();
    store_be32(slot.data(), static_cast<std::uint32_t>(peer));
    store_be32(slot.data() + 4, next[peer]++);
    batch.commit(kPacket, kPath, sealers[peer], {});
  }
  void flush() {
    lending.flush([this](LentBatch lent) { siblings[lent.sibling].push_back(std::move(lent)); });
    deliver(own);
    own.clear();
  }
  void recall(unsigned sibling, std::uint64_t packets) {
    if (auto last = lending.recall(sibling, packets)) siblings[sibling].push_back(*std::move(last));
  }
  // A sibling seals and sends one batch.
  void work(unsigned sibling) {
    if (siblings[sibling].empty()) return;
    LentBatch lent = std::move(siblings[sibling].front());
    siblings[sibling].pop_front();
    deliver(lent.batch);
    returned.push_back(std::move(lent));
  }
  void take_back() {
    for (LentBatch& lent : returned) {
      SendBatch* aside = lending.take_back(std::move(lent));
      if (aside == nullptr) continue;
      deliver(*aside);
      aside->clear();
    }
    returned.clear();
  }
  // All that was sent and not dropped.
  std::uint64_t sum() const {
    std::uint64_t sum = 0;
    for (const std::uint32_t count : next) sum += count;
    return sum;
  }

  Lending lending;
  SendBatch own;
  std::vector<std::deque<LentBatch>> siblings;
  std::vector<LentBatch> returned;
  std::vector<Outlet*> outlets;
  std::vector<std::shared_ptr<Sealer>> sealers;
  std::vector<std::uint32_t> next;     // number of each peer's next packet
  std::vector<std::uint32_t> arrived;  // and of the one that is to come next
  std::uint64_t delivered = 0;
  std::uint64_t disordered = 0;

 private:
  void deliver(SendBatch& batch) {
    for (const Datagram& datagram : batch.datagrams()) {
      std::uint32_t& expected = arrived[load_be32(datagram.bytes.data())];
      const std::uint32_t number = load_be32(datagram.bytes.data() + 4);
      disordered += number < expected ? 1 : 0;
      expected = number + 1;
      ++delivered;
    }
  }
};

}  // namespace

TEST_CASE("what is lent goes to the sibling whole, and its batches are used again") {
  World world(2, 4);
  for (room::PeerKey peer = 0; peer < 4; ++peer) world.send(peer);
  world.flush();
  CHECK(world.delivered == 4);
  CHECK(world.lending.measure().kept == 4);
  world.lending.lend(1, 2);
  for (int round = 0; round < 3; ++round) {
    for (room::PeerKey peer = 0; peer < 4; ++peer) world.send(peer);
    CHECK(world.lending.waiting() == 2);
    world.flush();
    CHECK(world.siblings[1].size() == 1);
    world.work(1);
    world.take_back();
  }
  CHECK(world.delivered == 16);
  CHECK(world.lending.lent() == 6);
  const Lending::Counts& counts = world.lending.measure();
  CHECK(counts.kept == 6);
  CHECK(counts.lent[1] == 6);
}

TEST_CASE("those who are recalled wait until the sibling has sent what it has of theirs") {
  World world(2, 1);
  world.send(0);
  world.flush();
  world.lending.measure();
  world.lending.lend(1, 1);
  world.send(0);
  world.flush();
  world.lending.measure();
  world.recall(1, 1);
  world.send(0);
  world.flush();
  CHECK(world.delivered == 1);  // the sibling has not had its turn
  world.work(1);
  world.work(1);
  world.take_back();
  CHECK(world.delivered == 3);
  world.send(0);
  world.flush();
  CHECK(world.delivered == 4);
  CHECK(world.siblings[1].empty());
  CHECK(world.disordered == 0);
}

TEST_CASE("a sibling that does not keep up loses packets, as a slow network does, and no more is kept for it") {
  World world(2, 1);
  world.send(0);
  world.flush();
  world.lending.measure();
  world.lending.lend(1, 1);
  for (std::size_t i = 0; i < 2 * Lending::kMostBatches; ++i) {
    world.send(0);
    world.flush();
  }
  CHECK(world.siblings[1].size() == Lending::kMostBatches);
  CHECK(world.lending.dropped() == Lending::kMostBatches);
  while (!world.siblings[1].empty()) world.work(1);
  world.take_back();
  for (std::size_t i = 0; i < 2 * Lending::kMostDatagrams; ++i) {
    world.send(0);
    if (i % 1000 == 999) world.flush();
  }
  CHECK(world.siblings[1].size() == 4);
  CHECK(world.disordered == 0);
}

TEST_CASE("a peer that goes while it is lent leaves its place to one that is not") {
  World world(2, 1);
  world.send(0);
  world.flush();
  world.lending.measure();
  world.lending.lend(1, 1);
  world.send(0);
  world.sealers[0].reset();
  world.lending.remove(0);
  world.flush();
  world.work(1);
  CHECK(world.delivered == 2);
  CHECK(world.lending.add(0) == world.outlets[0]);
  CHECK(world.outlets[0]->batch == nullptr);
}

TEST_CASE("whatever is lent and recalled when, each peer's packets leave in their order, and all of them") {
  constexpr unsigned kWorkers = 4;
  constexpr std::size_t kPeers = 20;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    World world(kWorkers, kPeers);
    for (int step = 0; step < 5000; ++step) {
      const auto sibling = static_cast<unsigned>(1 + random.below(kWorkers - 1));
      switch (random.below(8)) {
        case 0:
          world.flush();
          if (random.below(10) == 0) {
            world.lending.measure();
            world.lending.lend(sibling, random.below(20));
          }
          if (random.below(10) == 0) world.recall(sibling, random.below(20));
          break;
        case 1:
        case 2: world.work(sibling); break;
        case 3: world.take_back(); break;
        default: world.send(static_cast<room::PeerKey>(random.below(kPeers)));
      }
    }
    world.flush();
    for (int round = 0; round < 2; ++round) {  // what was recalled comes back in the second
      for (unsigned sibling = 1; sibling < kWorkers; ++sibling) {
        while (!world.siblings[sibling].empty()) world.work(sibling);
      }
      world.take_back();
    }
    CHECK(world.disordered == 0);
    CHECK(world.delivered + world.lending.dropped() == world.sum());
    CHECK(world.lending.lent() > 0);
  }
}

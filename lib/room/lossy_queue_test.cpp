// SPDX-License-Identifier: Apache-2.0
#include "room/lossy_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/time.hpp"
#include "room/reliable_queue.hpp"

using namespace sfu;
using namespace sfu::room;
using namespace std::chrono_literals;

namespace {

// A channel that drains at a fixed rate, with a sender that offers a message each 10 ms.
struct Channel {
  explicit Channel(std::size_t bytes_a_second) : rate(bytes_a_second) {}

  std::size_t rate;  // bytes a second
  ManualClock clock;
  LossyQueue queue;
  std::size_t waiting = 0;
  std::size_t most = 0;  // that ever waited
  int dropped = 0;

  void offer(std::size_t message, int times) {
    most = 0;
    dropped = 0;
    for (int i = 0; i < times; ++i) {
      waiting -= std::min(waiting, rate / 100);
      if (queue.admits(clock.now(), waiting, 100ms)) {
        waiting += message;
        queue.sent(waiting);
      } else {
        ++dropped;
      }
      most = std::max(most, waiting);
      clock.advance(10ms);
    }
  }
};

}  // namespace

TEST_CASE("[M-081] a lossy channel that gets more than it can carry keeps 100 ms waiting, not more") {
  for (const std::size_t rate : {200'000, 2'000'000}) {
    CAPTURE(rate);
    Channel channel(rate);
    channel.offer(rate / 40, 50);  // 2.5 times what leaves: the rate becomes known
    channel.offer(rate / 40, 500);
    CHECK(channel.dropped > 250);
    channel.offer(rate / 40, 500);
    CHECK(channel.most <= rate / 10 + rate / 40 + rate / 50);
    CHECK(channel.most >= rate / 20);
  }
}

TEST_CASE("[M-081] a slow channel may have 8 KiB waiting, however long they take") {
  Channel channel(10'000);
  channel.offer(1000, 1000);
  CHECK(channel.dropped > 500);
  channel.offer(1000, 1000);
  CHECK(channel.most <= LossyQueue::kAlwaysAllowed + 1000);
  CHECK(channel.most >= LossyQueue::kAlwaysAllowed - 1000);
}

TEST_CASE("[M-081] a channel that keeps up drops nothing, nor does a burst on one whose rate is not known") {
  Channel fast(1'000'000);
  fast.offer(9'000, 1000);
  CHECK(fast.dropped == 0);
  Channel fresh(1'000'000);
  fresh.offer(60'000, 5);
  CHECK(fresh.dropped == 0);
}

TEST_CASE("[M-081] what was slow once is not held against a channel that has become fast") {
  Channel channel(50'000);
  channel.offer(5'000, 500);
  CHECK(channel.dropped > 100);
  channel.rate = 2'000'000;
  channel.offer(5'000, 300);
  channel.offer(5'000, 300);
  CHECK(channel.dropped == 0);
}

TEST_CASE("[M-081] without a target nothing is dropped here") {
  LossyQueue queue;
  ManualClock clock;
  for (std::size_t waiting = 0; waiting < 1'000'000; waiting += 50'000) {
    CHECK(queue.admits(clock.advance(100ms), waiting, 0ms));
    queue.sent(waiting + 60'000);
  }
}

TEST_CASE("[M-082] a reliable reader that takes less than it should is not waited for, one that takes enough is") {
  for (const std::size_t rate : {5'000, 20'000}) {  // bytes a second
    CAPTURE(rate);
    ReliableQueue queue;
    ManualClock clock;
    std::size_t waiting = 0;
    int dropped = 0;
    for (int i = 0; i < 300; ++i) {
      waiting -= std::min(waiting, rate / 100);
      if (queue.admits(clock.now(), waiting, 80'000)) {
        waiting += 400;
        queue.sent(waiting);
      } else {
        ++dropped;
      }
      clock.advance(10ms);
    }
    CHECK((dropped > 100) == (rate == 5'000));
    CHECK((dropped == 0) == (rate == 20'000));
  }
  ReliableQueue patient;
  ManualClock clock;
  for (int i = 0; i < 100; ++i) {
    CHECK(patient.admits(clock.advance(10ms), 1000, 0));
    patient.sent(1400);
  }
}

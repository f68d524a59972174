// SPDX-License-Identifier: Apache-2.0
#include "net/frame_queue.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::net;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Added = FrameQueue::Added;

Bytes datagram(std::uint8_t first, std::uint8_t second, std::size_t size) {
  Bytes bytes(size, 0x55);
  bytes[0] = first;
  bytes[1] = second;
  return bytes;
}
Bytes video(std::size_t size = 1200) {
  return datagram(0x80, 96, size);
}
Bytes audio() {
  return datagram(0x80, 111, 120);
}
Bytes rtcp() {
  return datagram(0x80, 200, 80);
}
Bytes stun() {
  return datagram(0, 1, 100);
}
Bytes dtls() {
  return datagram(23, 254, 1200);
}

// Video until no more is taken.
void fill(FrameQueue& queue) {
  while (queue.add(video()) == Added::kQueued) {
  }
}

}  // namespace

TEST_CASE("[M-012] above 512 KiB of backlog RTP is dropped, and nothing else") {
  FrameQueue queue;
  fill(queue);
  CHECK(queue.size() <= FrameQueue::kMediaLimit);
  CHECK(queue.size() > FrameQueue::kMediaLimit - FrameQueue::kSmallMediaShare - 1300);
  while (queue.add(audio()) == Added::kQueued) {
  }
  CHECK(queue.size() <= FrameQueue::kMediaLimit);
  CHECK(queue.size() > FrameQueue::kMediaLimit - 130);
  CHECK(queue.add(video()) == Added::kDropped);
  const std::size_t before = queue.size();
  for (int i = 0; i < 100; ++i) {
    REQUIRE(queue.add(stun()) == Added::kQueued);
    REQUIRE(queue.add(dtls()) == Added::kQueued);
    REQUIRE(queue.add(rtcp()) == Added::kQueued);
  }
  CHECK(queue.size() == before + 100 * (102 + 1202 + 82));
  CHECK(queue.add(audio()) == Added::kDropped);
}

TEST_CASE("[M-012] a backlog of video leaves room for sound") {
  FrameQueue queue;
  fill(queue);
  // A second of sound, while video goes on finding the queue full.
  for (int i = 0; i < 50; ++i) {
    CHECK(queue.add(audio()) == Added::kQueued);
    CHECK(queue.add(video()) == Added::kDropped);
  }
}

TEST_CASE("[M-012] a client that does not read is given up at 4 MiB") {
  FrameQueue queue;
  std::size_t queued = 0;
  while (queue.add(dtls()) == Added::kQueued) ++queued;
  CHECK(queued == FrameQueue::kLimit / 1202);
  CHECK(queue.add(dtls()) == Added::kOverrun);
}

TEST_CASE("[M-012] what is written goes off the front, frame by frame in order, and makes room") {
  FrameQueue queue;
  fill(queue);
  queue.consume(queue.size() - 1);
  CHECK(queue.size() == 1);
  CHECK(queue.add(video()) == Added::kQueued);
  CHECK(queue.add(audio()) == Added::kQueued);
  queue.consume(1);
  REQUIRE(queue.front().size() == 1202 + 122);
  CHECK(load_be16(queue.front().data()) == 1200);
  CHECK(queue.front()[2] == 0x80);
  queue.consume(1202);
  CHECK(load_be16(queue.front().data()) == 120);
  queue.consume(122);
  CHECK(queue.empty());
}

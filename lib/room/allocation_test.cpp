// SPDX-License-Identifier: Apache-2.0
// The way of a packet through a room allocates nothing once it is warm, nor does the table of its deadlines grow. This
// program's operator new counts.
#include <cstdlib>
#include <new>

#include "room/testing.hpp"

namespace {

std::size_t allocation_count = 0;

void* counted_allocation(std::size_t size) {
  ++allocation_count;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted_allocation(size);
}
void* operator new[](std::size_t size) {
  return counted_allocation(size);
}
// std::stable_partition asks this way; a sanitizer would else see its memory come from one heap and go to another.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocation_count;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace sfu::room {

using namespace testing;

TEST_CASE("[M-088] packets go through a room without an allocation: decrypted, forwarded to eight, encrypted") {
  World world;
  auto& alice = world.connect("alice");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, microphone);
  world.publish(alice, camera);
  for (int i = 0; i < 8; ++i) world.connect("listener" + std::to_string(i), i % 2 == 0);
  world.run(seconds(1));

  std::vector<std::uint8_t> payload(400, 0x55);  // less than where estimates begin: nothing waits
  const std::array<std::uint8_t, 11> key_frame = {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  std::ranges::copy(key_frame, payload.begin());
  const Path path{world.candidates.front(), alice.publisher.local};
  std::vector<std::uint8_t> datagram;
  datagram.reserve(2000);
  std::size_t allocated = 0;
  std::size_t sent = 0;
  for (int round = 0; round < 400; ++round) {
    for (const auto* track : {&microphone, &camera}) {
      world.datagrams.clear();
      alice.send_packet(*track, payload, true, track == &microphone ? 30 : -1);
      const auto bytes = world.datagrams.datagrams().back().bytes;
      datagram.assign(bytes.begin(), bytes.end());
      world.datagrams.clear();
      world.run(milliseconds(2));
      const std::size_t before = allocation_count;
      world.room->receive(world.now(), 1, path, datagram, world.now(), world.out);
      if (round >= 200) {
        allocated += allocation_count - before;
        sent += world.datagrams.size();
      }
      if (world.room->deadline() <= world.now()) world.room->advance(world.now(), world.out);
      world.deliver();
      world.run({});  // the listeners get them, and say so
    }
  }
  CHECK(sent >= 200 * 2 * 8);
  CHECK(allocated == 0);
}

}  // namespace sfu::room

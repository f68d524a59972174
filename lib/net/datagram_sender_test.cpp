// SPDX-License-Identifier: Apache-2.0
#include "net/datagram_sender.hpp"

#include <doctest/doctest.h>
#include <netinet/udp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "base/random.hpp"
#include "net/sockaddr.hpp"

using namespace sfu;
using namespace sfu::net;

namespace {

using Bytes = std::vector<std::uint8_t>;

// A system in whose hands the test is: what arrived where, and what it refuses.
struct FakeSystem {
  std::map<SocketAddress, std::vector<Bytes>> arrived;
  std::vector<std::size_t> calls;  // messages in each
  int refuse_segments = 0;         // errno for messages with UDP_SEGMENT
  int full_after = -1;             // datagrams until EAGAIN
  SocketAddress unreachable;       // EHOSTUNREACH
} fake;

int fake_send(int, mmsghdr* messages, unsigned int count, int) {
  fake.calls.push_back(count);
  for (unsigned int i = 0; i < count; ++i) {
    msghdr& header = messages[i].msg_hdr;
    std::size_t segment = 0;
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
      REQUIRE(control->cmsg_type == UDP_SEGMENT);
      std::uint16_t size = 0;
      std::memcpy(&size, CMSG_DATA(control), sizeof size);
      segment = size;
    }
    const auto refuse = [&](int error) {
      errno = error;
      return i > 0 ? static_cast<int>(i) : -1;
    };
    const SocketAddress to = from_sockaddr(*static_cast<const sockaddr_storage*>(header.msg_name));
    if (segment > 0 && fake.refuse_segments != 0) return refuse(fake.refuse_segments);
    if (to == fake.unreachable) return refuse(EHOSTUNREACH);
    if (fake.full_after == 0) return refuse(EAGAIN);
    if (fake.full_after > 0) --fake.full_after;
    Bytes all;
    for (std::size_t v = 0; v < header.msg_iovlen; ++v) {
      const auto* bytes = static_cast<const std::uint8_t*>(header.msg_iov[v].iov_base);
      all.insert(all.end(), bytes, bytes + header.msg_iov[v].iov_len);
    }
    REQUIRE(all.size() <= 65507);
    if (segment == 0) REQUIRE(header.msg_iovlen == 1);
    // As the kernel cuts it.
    if (segment == 0) segment = std::max<std::size_t>(1, all.size());
    REQUIRE(all.size() <= 64 * segment);
    if (all.empty()) fake.arrived[to].emplace_back();
    for (std::size_t at = 0; at < all.size(); at += segment) {
      const auto end = std::min(all.size(), at + segment);
      fake.arrived[to].emplace_back(all.begin() + static_cast<std::ptrdiff_t>(at),
                                    all.begin() + static_cast<std::ptrdiff_t>(end));
    }
  }
  return static_cast<int>(count);
}

SocketAddress address(int number) {
  return {IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(number)}), static_cast<std::uint16_t>(1000 + number)};
}

// Datagrams for ten destinations, mixed, mostly of one size.
std::map<SocketAddress, std::vector<Bytes>> send_mixed(DatagramSender& sender, SeededRandom& random, int count) {
  std::map<SocketAddress, std::vector<Bytes>> expected;
  std::vector<Bytes> alive;
  for (int i = 0; i < count; ++i) {
    Bytes bytes(random.below(4) == 0 ? random.below(1200) : 1100);
    random.fill(bytes);
    alive.push_back(std::move(bytes));
  }
  for (const Bytes& bytes : alive) {
    const SocketAddress to = address(static_cast<int>(random.below(10)));
    expected[to].push_back(bytes);
    sender.add(to, bytes);
  }
  sender.flush();
  return expected;
}

}  // namespace

TEST_CASE("one system call sends a turn to many destinations, each with its datagrams in order") {
  fake = {};
  SeededRandom random(5);
  DatagramSender sender(-1, true, &fake_send);
  for (int round = 0; round < 20; ++round) {
    fake.arrived.clear();
    fake.calls.clear();
    CHECK(fake.arrived == std::map<SocketAddress, std::vector<Bytes>>());
    const auto expected = send_mixed(sender, random, 1 + static_cast<int>(random.below(400)));
    CHECK(fake.arrived == expected);
    CHECK(fake.calls.size() == 1);
  }
  CHECK(sender.stats().segmented > 0);
  CHECK(sender.stats().dropped_full + sender.stats().dropped_refused == 0);
}

TEST_CASE("runs end at 64 segments, at 65000 bytes, and after a shorter datagram") {
  fake = {};
  DatagramSender sender(-1, true, &fake_send);
  const Bytes full(1000);
  const Bytes small(10);
  for (int i = 0; i < 130; ++i) sender.add(address(1), small);
  sender.flush();
  CHECK(fake.calls == std::vector<std::size_t>{3});
  fake.calls.clear();
  for (int i = 0; i < 66; ++i) sender.add(address(1), full);
  sender.flush();
  CHECK(fake.calls == std::vector<std::size_t>{2});
  fake.calls.clear();
  for (const Bytes* bytes : {&full, &full, &small, &full, &full}) sender.add(address(1), *bytes);
  sender.flush();
  CHECK(fake.calls == std::vector<std::size_t>{2});
  CHECK(fake.arrived[address(1)].size() == 130 + 66 + 5);
}

TEST_CASE("[M-091] where UDP_SEGMENT is refused everything goes out all the same, and it is not tried for ever") {
  for (const int error : {EIO, EINVAL, ENOPROTOOPT}) {
    CAPTURE(error);
    fake = {};
    fake.refuse_segments = error;
    SeededRandom random(6);
    DatagramSender sender(-1, true, &fake_send);
    const auto expected = send_mixed(sender, random, 300);
    CHECK(fake.arrived == expected);
    CHECK_FALSE(sender.segmentation());
    CHECK(sender.stats().datagrams == 300);
    fake.calls.clear();
    fake.arrived.clear();
    CHECK(send_mixed(sender, random, 300) == fake.arrived);
    CHECK(fake.calls == std::vector<std::size_t>{300});
  }
}

TEST_CASE("a route that takes no segments is sent singly, and the others keep them") {
  fake = {};
  fake.refuse_segments = EMSGSIZE;
  DatagramSender sender(-1, true, &fake_send);
  const Bytes bytes(1400);
  sender.add(address(1), bytes);
  sender.add(address(1), bytes);
  sender.flush();
  CHECK(fake.arrived[address(1)].size() == 2);
  CHECK(sender.segmentation());
}

TEST_CASE("a full buffer drops the rest of the turn, and an unreachable destination only its own") {
  fake = {};
  DatagramSender sender(-1, false, &fake_send);
  const Bytes bytes(100);
  fake.full_after = 3;
  for (int i = 0; i < 10; ++i) sender.add(address(i), bytes);
  sender.flush();
  CHECK(sender.stats().datagrams == 3);
  CHECK(sender.stats().dropped_full == 7);
  fake.full_after = -1;
  fake.unreachable = address(4);
  for (int i = 0; i < 10; ++i) sender.add(address(i), bytes);
  sender.flush();
  CHECK(sender.stats().datagrams == 3 + 9);
  CHECK(sender.stats().dropped_refused == 1);
  CHECK(sender.stats().bytes == 12 * 100);
}

TEST_CASE("more messages than one call may have take several") {
  fake = {};
  DatagramSender sender(-1, true, &fake_send);
  const Bytes bytes(50);
  for (int i = 0; i < 2500; ++i) {
    sender.add({IpAddress::v4({10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}), 5}, bytes);
  }
  sender.flush();
  CHECK(fake.calls == std::vector<std::size_t>{1024, 1024, 452});
  CHECK(fake.arrived.size() == 2500);
}

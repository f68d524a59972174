// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/send_batch.hpp"
#include "base/slot_map.hpp"
#include "base/time.hpp"
#include "base/timer_queue.hpp"

using namespace sfu;
using namespace std::chrono_literals;

namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(Errc::kInvalidArgument, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  SFU_TRY(const int once, half(value));
  return half(once);
}

}  // namespace

TEST_CASE("SFU_TRY hands up the value or the first error") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(6).error().code == Errc::kInvalidArgument);
  CHECK(quarter(6).error().message == "odd");
}

TEST_CASE("a reader past its end stays failed and gives zeros") {
  const std::uint8_t bytes[] = {1, 2, 3};
  ByteReader reader(bytes);
  CHECK(reader.u16() == 0x0102);
  CHECK(reader.u16() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);
}

TEST_CASE("a writer drops what does not fit and says so") {
  std::uint8_t buffer[4];
  ByteWriter writer(buffer);
  writer.u24(0x010203);
  writer.u16(0x0405);
  CHECK_FALSE(writer.ok());
  CHECK(writer.size() == 3);
}

TEST_CASE("a handle whose value was erased finds nothing, even when its slot is used again") {
  SlotMap<std::string> map;
  const auto first = map.emplace("one");
  CHECK(*map.find(first) == "one");
  CHECK(map.erase(first));
  const auto second = map.emplace("two");
  CHECK(second.index == first.index);
  CHECK(map.find(first) == nullptr);
  CHECK(*map.find(second) == "two");
  CHECK_FALSE(map.erase(first));
}

TEST_CASE("NTP time is exact to a nanosecond both ways") {
  const WallTime time(1'700'000'000s + 123'456'789ns);
  CHECK(from_ntp(to_ntp(time)) == time);
  CHECK(to_ntp(WallTime(0s)) == std::uint64_t{2'208'988'800} << 32);
  CHECK(to_compact_ntp(1500ms) == 0x18000);
  CHECK(from_compact_ntp(0x8000) == 500ms);
}

TEST_CASE("timers come due in order, whatever the order of schedule, move and cancel") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    TimerQueue queue;
    std::map<std::uint32_t, Instant> model;
    for (int step = 0; step < 400; ++step) {
      const std::uint32_t key = random.below(40);
      if (random.below(4) == 0) {
        queue.cancel(key);
        model.erase(key);
      } else {
        model[key] = Instant(std::chrono::milliseconds(random.below(1000)));
        queue.schedule(key, model[key]);
      }
      std::set<std::pair<Instant, std::uint32_t>> order;
      for (const auto& [k, at] : model) order.insert({at, k});
      REQUIRE(queue.deadline() == (order.empty() ? kNever : order.begin()->first));
    }
    std::pair<Instant, std::uint32_t> last{};
    std::uint32_t key = 0;
    while (queue.pop_due(Instant(2s), key)) {
      const std::pair now{model.at(key), key};
      CHECK(last <= now);
      last = now;
      model.erase(key);
    }
    CHECK(model.empty());
  }
}

TEST_CASE("a batch keeps every datagram until it is cleared, and reuses its slots after") {
  SendBatch batch;
  const Path path{{IpAddress::v4({127, 0, 0, 1}), 1}, {IpAddress::v4({127, 0, 0, 1}), 2}};
  for (std::uint8_t i = 0; i < 200; ++i) CHECK(batch.add(std::vector<std::uint8_t>(i + 1u, i), path));
  REQUIRE(batch.size() == 200);
  for (std::uint8_t i = 0; i < 200; ++i) {
    CHECK(batch.datagrams()[i].bytes.size() == i + 1u);
    CHECK(batch.datagrams()[i].bytes[0] == i);
  }
  const auto* first = batch.datagrams()[0].bytes.data();
  batch.clear();
  CHECK(batch.open().data() == first);
  CHECK_FALSE(batch.add(std::vector<std::uint8_t>(SendBatch::kSlotSize + 1), path));
}

TEST_CASE("addresses have one spelling, IPv4 inside IPv6 too") {
  CHECK(IpAddress::parse("192.0.2.1")->to_string() == "192.0.2.1");
  CHECK(*IpAddress::parse("::ffff:192.0.2.1") == *IpAddress::parse("192.0.2.1"));
  CHECK(IpAddress::parse("127.0.0.1")->is_loopback());
  CHECK(IpAddress::parse("::1")->is_loopback());
  CHECK(IpAddress::parse("0.0.0.0")->is_unspecified());
  CHECK_FALSE(IpAddress::parse("192.0.2").has_value());
  CHECK(SocketAddress{*IpAddress::parse("2001:db8::1"), 80}.to_string() == "[2001:db8::1]:80");
}

TEST_CASE("a range of addresses holds those that share its first bits, and no other family's") {
  const auto ten = IpNetwork::parse("10.9.8.7/8");
  REQUIRE(ten.has_value());
  CHECK(*ten == *IpNetwork::parse("10.0.0.0/8"));
  CHECK(ten->contains(*IpAddress::parse("10.255.0.1")));
  CHECK_FALSE(ten->contains(*IpAddress::parse("11.0.0.1")));
  CHECK_FALSE(ten->contains(*IpAddress::parse("a00::1")));
  CHECK(IpNetwork::parse("172.16.0.0/12")->contains(*IpAddress::parse("172.31.255.255")));
  CHECK_FALSE(IpNetwork::parse("172.16.0.0/12")->contains(*IpAddress::parse("172.32.0.0")));
  CHECK(IpNetwork::parse("192.0.2.1/32")->contains(*IpAddress::parse("192.0.2.1")));
  CHECK(IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("192.0.2.1")));
  CHECK_FALSE(IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("2001:db8::1")));
  CHECK(IpNetwork::parse("::/0")->contains(*IpAddress::parse("2001:db8::1")));
  CHECK_FALSE(IpNetwork::parse("::/0")->contains(*IpAddress::parse("192.0.2.1")));
  for (const char* wrong :
       {"10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "/8", "host/8", "10.0.0.0/-1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(IpNetwork::parse(wrong).has_value());
  }
}

TEST_CASE("identifiers have their prefix and 12 characters of the protocol's alphabet") {
  SystemRandom random;
  const std::string sid = make_sid(random, "PA_");
  CHECK(sid.size() == 15);
  CHECK(sid.starts_with("PA_"));
  CHECK(sid.find_first_of("01IOl", 3) == std::string::npos);
  CHECK(make_sid(random, "PA_") != sid);
}

namespace {

// Marks what it seals with its letter, in the order of the tasks' numbers; refuses the number 13.
struct Marker final : Sealer {
  explicit Marker(char mark) : letter(mark) {}
  bool seal(ByteSpan datagram, const Task& task) override {
    datagram[0] = static_cast<std::uint8_t>(letter);
    datagram[1] = static_cast<std::uint8_t>(sealed++);
    return task.index != 13;
  }
  char letter;
  int sealed = 0;
};

}  // namespace

TEST_CASE("a batch that has got large is drained where its owner can bear it, but not with datagrams for TCP") {
  const SocketAddress here{IpAddress::v4({127, 0, 0, 1}), 1};
  const SocketAddress there{IpAddress::v4({127, 0, 0, 1}), 2};
  SendBatch batch;
  std::size_t sent = 0;
  batch.set_drain([&] {
    sent += batch.datagrams().size();
    batch.clear();
  });
  const auto fill = [&](std::size_t count, TransportProtocol protocol) {
    for (std::size_t i = 0; i < count; ++i) CHECK(batch.add(as_bytes("x"), {here, there, protocol}));
  };
  fill(3, TransportProtocol::kUdp);
  batch.drain_if_full();
  CHECK(batch.size() == 3);
  fill(1000, TransportProtocol::kUdp);
  CHECK(batch.size() == 1003);  // not while somebody's datagrams are being added
  batch.drain_if_full();
  CHECK(sent == 1003);
  CHECK(batch.empty());
  fill(1, TransportProtocol::kTcp);
  fill(1000, TransportProtocol::kUdp);
  batch.drain_if_full();
  CHECK(batch.size() == 1001);
}

TEST_CASE("a batch seals when it is read, each peer's datagrams in order, and keeps who has gone meanwhile") {
  SendBatch batch;
  const Path path{{IpAddress::v4({127, 0, 0, 1}), 1}, {IpAddress::v4({127, 0, 0, 1}), 2}};
  auto one = std::make_shared<Marker>('a');
  auto other = std::make_shared<Marker>('b');
  const auto commit = [&](const std::shared_ptr<Sealer>& sealer, std::uint64_t index) {
    batch.open()[0] = '-';
    batch.commit(2, path, sealer, {index, 0});
  };
  for (int round = 0; round < 2; ++round) {
    one->sealed = other->sealed = 0;
    commit(one, 1);
    commit(other, 1);
    CHECK(batch.add(as_bytes("plain"), path));
    commit(one, 2);
    CHECK(one->sealed == 0);
    SendBatch moved;
    std::swap(moved, batch);
    const std::weak_ptr<Marker> watched = one;
    if (round == 1) one.reset();
    REQUIRE(moved.datagrams().size() == 4);
    CHECK(moved.bytes() == 11);
    std::string read;
    for (const Datagram& datagram : moved.datagrams()) {
      read += static_cast<char>(datagram.bytes[0]);
      read += static_cast<char>('0' + datagram.bytes[1] % 10);
    }
    CHECK(read == "a0b0p8a1");
    CHECK(watched.expired() == (round == 1));
    moved.clear();
    std::swap(moved, batch);
  }
  commit(other, 13);
  commit(other, 3);
  CHECK(batch.datagrams().size() == 1);  // what cannot be sealed does not go
}

// SPDX-License-Identifier: Apache-2.0
// ICE over TCP, over real sockets.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "host.hpp"
#include "ice/stun.hpp"
#include "net/sockaddr.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

constexpr Duration kMegabit = 9ms;  // between frames of 1224 bytes and more: 1.09 Mbit/s

EngineOptions with_tcp(Host& host) {
  EngineOptions options = host.options();
  options.tcp_port = free_tcp_port();
  return options;
}

// Both see 300 frames of the other from now on, with nothing missing.
void check_media(People& people, Person& one, Person& other) {
  const std::uint32_t first = std::max(one.frames_filmed(), other.frames_filmed()) + 20;
  const std::uint32_t last = first + 300;
  REQUIRE(people.run_until([&] { return one.frames_filmed() > last + 20 && other.frames_filmed() > last + 20; }));
  for (const auto& [viewer, sender] : {std::pair{&one, &other}, std::pair{&other, &one}}) {
    const auto verdict = sim::Viewer::judge(viewer->viewer().tracks().at(sender->track_sid()), last);
    CHECK(verdict.expected > 600);
    CHECK(verdict.missing == 0);
    CHECK(verdict.incomplete_frames == 0);
    CHECK(verdict.sequence_continuous);
  }
}

// A program that knows the port and no peer.
class Stranger {
 public:
  explicit Stranger(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage storage{};
    const socklen_t length = net::to_sockaddr({kLoopback, port}, storage);
    REQUIRE(connect(descriptor_.number(), reinterpret_cast<sockaddr*>(&storage), length) == 0);
  }
  void write(ByteView bytes) {
    const std::uint8_t header[] = {static_cast<std::uint8_t>(bytes.size() >> 8),
                                   static_cast<std::uint8_t>(bytes.size())};
    REQUIRE(::send(descriptor_.number(), header, sizeof header, MSG_NOSIGNAL) == 2);
    (void)!::send(descriptor_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  // Waits for it; false if the other end says something instead.
  bool is_closed() {
    pollfd waiting{descriptor_.number(), POLLIN, 0};
    std::uint8_t byte = 0;
    return poll(&waiting, 1, 5000) == 1 && recv(descriptor_.number(), &byte, 1, 0) <= 0;
  }

 private:
  net::Descriptor descriptor_;
};

std::vector<std::uint8_t> check_for(std::string_view ufrag) {
  std::vector<std::uint8_t> bytes(200);
  ice::stun::Writer writer(bytes, ice::stun::Class::kRequest, ice::stun::kBinding, {1});
  writer.username(std::string(ufrag) + ":stranger");
  writer.priority(1);
  writer.ice_controlling(1);
  bytes.resize(writer.finish("a wrong password"));
  return bytes;
}

}  // namespace

TEST_CASE("[M-012] media of 1 Mbit/s and data pass both ways over TCP, whole and in order") {
  Host host;
  People people;
  EngineOptions options = with_tcp(host);
  SUBCASE("on one worker") {}
  SUBCASE("on several workers: the one that has the peer takes the connection over") {
    options.workers = 3;
  }
  Engine& engine = host.start(std::move(options));
  // Rooms are spread over the workers.
  for (const char* room : {"hall", "lobby", "attic"}) {
    CAPTURE(room);
    Person& alice = people.join(engine, room, "alice", Over::kTcp);
    Person& bob = people.join(engine, room, "bob", Over::kTcp);
    REQUIRE(people.run_until([&] { return alice.connected() && bob.connected(); }));
    if (room != std::string("hall")) continue;
    alice.publish(kMegabit);
    bob.publish(kMegabit);
    REQUIRE(people.call_goes_on(alice, bob));
    check_media(people, alice, bob);
    for (int i = 0; i < 100; ++i) REQUIRE(alice.send(std::to_string(i)));
    REQUIRE(people.run_until([&] { return bob.texts().size() == 101; }));
    for (int i = 0; i < 100; ++i) CHECK(bob.texts()[static_cast<std::size_t>(i) + 1] == std::to_string(i));
  }
  CHECK(engine.counters().tcp_refused == 0);
  CHECK(engine.counters().tcp_media_dropped == 0);
  CHECK(engine.counters().dropped_unknown_source == 0);
}

TEST_CASE("[M-012] one who comes over TCP and one who comes over UDP see each other") {
  Host host;
  People people;
  Engine& engine = host.start(with_tcp(host));
  Person& alice = people.join(engine, "hall", "alice", Over::kTcp);
  Person& bob = people.join(engine, "hall", "bob", Over::kUdp);
  REQUIRE(people.run_until([&] { return alice.connected() && bob.connected(); }));
  alice.publish();
  bob.publish();
  CHECK(people.call_goes_on(alice, bob));
}

TEST_CASE("[M-012] a TCP connection that breaks is a lost path: the call goes on over the next one") {
  Host host;
  People people;
  Engine& engine = host.start(with_tcp(host));
  auto [alice, bob] = people.call(engine, "hall", Over::kTcp);
  alice.lines().hang_up();
  CHECK(people.call_goes_on(alice, bob));
  CHECK(alice.told_to_leave() == nullptr);
  CHECK(engine.room("hall").participants()->size() == 2);
}

TEST_CASE("[M-011] strangers are turned away: a first frame that is no check, too long, or of no peer here") {
  Host host;
  People people;
  EngineOptions options = with_tcp(host);
  const std::uint16_t port = options.tcp_port;
  Engine& engine = host.start(std::move(options));
  auto [alice, bob] = people.call(engine, "hall", Over::kTcp);
  Stranger web(port);
  web.write(as_bytes("GET / HTTP/1.1\r\n\r\n"));
  CHECK(web.is_closed());
  Stranger long_winded(port);
  long_winded.write(std::vector<std::uint8_t>(513));
  CHECK(long_winded.is_closed());
  for (const char* ufrag : {"00000001nobodyhere", "07000001elsewhere", "short"}) {
    Stranger unknown(port);
    unknown.write(check_for(ufrag));
    CHECK(unknown.is_closed());
  }
  CHECK(engine.counters().tcp_refused == 5);
  CHECK(people.call_goes_on(alice, bob));
}

TEST_CASE("[M-012] with force_tcp nothing else is offered, and without a port it is refused") {
  Host host;
  People people;
  EngineOptions options = with_tcp(host);
  options.force_tcp = true;
  Engine& engine = host.start(std::move(options));
  people.call(engine, "hall", Over::kTcp);
  Person& carol = people.join(engine, "hall", "carol", Over::kUdp);
  CHECK_FALSE(people.run_until([&] { return carol.connected(); }, 2s));

  Host other;
  EngineOptions none = other.options();
  none.force_tcp = true;
  const auto refused = Engine::create(std::move(none));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kInvalidArgument);
}

TEST_CASE("a TCP port that is taken is refused with its name") {
  Host host;
  EngineOptions options = with_tcp(host);
  const std::uint16_t port = options.tcp_port;
  host.start(std::move(options));
  Host second;
  EngineOptions same = second.options();
  same.tcp_port = port;
  const auto refused = Engine::create(std::move(same));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kUnavailable);
  CHECK(refused.error().message.find("TCP 127.0.0.1:" + std::to_string(port)) != std::string::npos);
}

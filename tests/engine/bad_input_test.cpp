// SPDX-License-Identifier: Apache-2.0
// Bad datagrams and bad signalling at an engine with a call in progress: counted or refused, and nobody else notices.
#include <doctest/doctest.h>

#include "base/random.hpp"
#include "host.hpp"
#include "net/udp_socket.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

// Somebody whom the engine does not know.
class Stranger {
 public:
  explicit Stranger(std::uint16_t port) : socket_(*net::UdpSocket::open({kLoopback, 0})), server_{kLoopback, port} {}

  void send(std::string_view bytes) {
    socket_->queue({{socket_->local(), server_}, as_bytes(bytes)});
    socket_->flush();
  }

 private:
  std::unique_ptr<net::UdpSocket> socket_;
  SocketAddress server_;
};

// `size` random bytes that begin with this one, which says what they pretend to be (RFC 7983 7).
std::string pretend(SeededRandom& random, int first, std::size_t size) {
  std::string bytes(size, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  bytes[0] = static_cast<char>(first);
  return bytes;
}

constexpr int kStun = 0;
constexpr int kDtls = 22;
constexpr int kRtp = 0x80;
constexpr int kNothing = 255;

}  // namespace

TEST_CASE("datagrams of strangers are counted, each for what it is, and the call goes on") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  const Engine::Counters before = engine.counters();
  CHECK(before.dropped_unknown_source == 0);
  CHECK(before.dropped_malformed == 0);

  SeededRandom random(1);
  constexpr std::uint64_t kEach = 100;
  for (std::uint64_t i = 0; i < kEach; ++i) {
    Stranger stranger(host.port);  // of a port of its own
    for (const int first : {kDtls, kRtp}) stranger.send(pretend(random, first, 20 + i));
    for (const int first : {kStun, kNothing}) stranger.send(pretend(random, first, 1 + i));
  }
  CHECK(people.run_until([&] { return engine.counters().dropped_malformed >= before.dropped_malformed + 2 * kEach; }));
  CHECK(people.call_goes_on(alice, bob));
  const Engine::Counters after = engine.counters();
  CHECK(after.dropped_unknown_source == 2 * kEach);
  CHECK(after.dropped_malformed == 2 * kEach);
  CHECK(after.packets_received >= before.packets_received + 4 * kEach);
}

TEST_CASE("garbage from a participant's own socket is dropped, and the participant stays") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  SeededRandom random(2);
  for (std::size_t i = 0; i < 200; ++i) {
    for (const int first : {kDtls, kRtp, kStun, kNothing}) alice.send_datagram(pretend(random, first, 2 + i * 5));
    // What decrypts to nothing must not pass for alice's media either.
    std::string rtcp = pretend(random, kRtp, 60);
    rtcp[1] = static_cast<char>(200);
    alice.send_datagram(rtcp);
  }
  CHECK(people.call_goes_on(alice, bob));
  CHECK(engine.counters().dropped_malformed == 400);
  CHECK(bob.viewer().tracks().size() == 1);
  CHECK(bob.viewer().tracks().begin()->second.conflicts == 0);
  CHECK(engine.room("hall").participants()->size() == 2);
}

TEST_CASE("a signalling message that is none ends the session that sent it, and no other") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  const std::string huge(3 << 20, 'x');
  const std::vector<std::pair<std::string, bool>> garbage = {
      {"\xff\xff\xff\xff", false}, {"{\"offer\":", true}, {"[]", true}, {huge, false}, {huge, true}};
  for (const auto& [bytes, text] : garbage) {
    Person& mallory = people.join(engine, "hall", "mallory");
    REQUIRE(people.run_until([&] { return mallory.joined() != nullptr; }));
    mallory.send_signal(bytes, text);
    CHECK(people.run_until([&] { return mallory.closed() == 1000; }));
    mallory.send_signal(bytes, text);
  }
  CHECK(people.call_goes_on(alice, bob));
  CHECK_FALSE(alice.closed());
}

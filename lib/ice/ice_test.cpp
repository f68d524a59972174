// SPDX-License-Identifier: Apache-2.0
#include "ice/ice.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "ice/demux.hpp"

namespace {
std::size_t ice_test_allocations = 0;
}

void* operator new(std::size_t size) {
  ++ice_test_allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace sfu::ice {
namespace {

using namespace std::chrono_literals;

struct Check {
  std::string username = "server:client";
  std::string password = "server-password";
  std::optional<std::uint32_t> priority = 1;
  bool integrity = true;
  bool fingerprint = true;
  bool use_candidate = false;
  bool controlled = false;
  std::optional<std::uint32_t> nomination{};
  std::uint16_t unknown = 0;
};

std::vector<std::uint8_t> make(const Check& check, stun::Class message_class = stun::Class::kRequest) {
  std::vector<std::uint8_t> bytes(512);
  stun::Writer writer(bytes, message_class, stun::kBinding, {1, 2, 3});
  if (!check.username.empty()) writer.username(check.username);
  if (check.priority) writer.priority(*check.priority);
  if (check.use_candidate) writer.use_candidate();
  if (check.controlled) {
    writer.ice_controlled(1);
  } else {
    writer.ice_controlling(1);
  }
  if (check.nomination) writer.nomination(*check.nomination);
  if (check.unknown != 0) writer.attribute(check.unknown, as_bytes("?"));
  bytes.resize(writer.finish(check.integrity ? check.password : ""));
  if (!check.fingerprint) {
    bytes.resize(bytes.size() - 8);
    store_be16(bytes.data() + 2, static_cast<std::uint16_t>(bytes.size() - 20));
    // The length field is part of what MESSAGE-INTEGRITY covers only up to itself, so it still verifies.
  }
  return bytes;
}

// A server's agent and what it says. Ports from kFirstTcp on are those of TCP connections.
struct Fixture {
  static constexpr std::uint16_t kFirstTcp = 5000;
  LiteAgent agent{Config{.local = {"server", "server-password"}}};
  SendBatch datagrams;
  std::vector<Event> events;
  Output out{datagrams, events};
  ManualClock clock;

  Fixture() { agent.set_remote({"client", "client-password"}); }

  static Path path(std::uint16_t port) {
    const auto protocol = port >= kFirstTcp ? TransportProtocol::kTcp : TransportProtocol::kUdp;
    return {{IpAddress::v4({192, 0, 2, 1}), 7882}, {IpAddress::v4({198, 51, 100, 7}), port}, protocol};
  }
  // The answer to the check. Class and error code tell which.
  std::optional<stun::Message> send(const Check& check, std::uint16_t port = 1000) {
    datagrams.clear();
    events.clear();
    agent.receive(clock.now(), make(check), path(port), out);
    if (datagrams.empty()) return std::nullopt;
    CHECK(datagrams.size() == 1);
    CHECK(datagrams.datagrams()[0].path == path(port));
    auto answer = stun::Message::parse(datagrams.datagrams()[0].bytes);
    REQUIRE(answer);
    CHECK(answer->has_fingerprint);
    CHECK(answer->transaction == stun::TransactionId{1, 2, 3});
    return *answer;
  }
  void wait(Duration duration) {
    events.clear();
    const Instant until = clock.now() + duration;
    while (agent.deadline() <= until) {
      if (agent.deadline() > clock.now()) clock.advance(agent.deadline() - clock.now());
      agent.advance(clock.now(), out);
    }
    clock.advance(until - clock.now());
  }
  bool raised(Event::Kind kind, std::uint16_t port) const {
    for (const Event& event : events) {
      if (event.kind == kind && event.path == path(port)) return true;
    }
    return false;
  }
  std::uint16_t selected_port() const { return agent.selected() == nullptr ? 0 : agent.selected()->remote.port; }
};

TEST_CASE_FIXTURE(Fixture, "[M-001] a valid check is answered with the address it came from, and proves its path") {
  const auto answer = send({});
  REQUIRE(answer);
  CHECK(answer->message_class == stun::Class::kSuccess);
  CHECK(answer->xor_mapped_address == path(1000).remote);
  CHECK(answer->verify("server-password"));
  CHECK(raised(Event::Kind::kPathAdded, 1000));
  CHECK(raised(Event::Kind::kSelected, 1000));
  CHECK(agent.state() == State::kConnected);
  CHECK(agent.is_proven(path(1000)));

  CHECK(send({.use_candidate = true}));
  CHECK(agent.state() == State::kCompleted);
  CHECK_FALSE(raised(Event::Kind::kPathAdded, 1000));
}

TEST_CASE_FIXTURE(Fixture, "[M-002] bad integrity or username is answered with 401 and changes nothing") {
  for (const Check& check : {Check{.password = "wrong"}, Check{.username = "server:other"},
                             Check{.username = "other:client"}, Check{.username = "server"}}) {
    const auto answer = send(check);
    REQUIRE(answer);
    CHECK(answer->error_code == 401);
    CHECK_FALSE(answer->has_integrity);
    CHECK(events.empty());
  }
  CHECK(agent.state() == State::kNew);
  CHECK(agent.selected() == nullptr);
  CHECK(agent.counters().rejected == 4);
}

TEST_CASE_FIXTURE(Fixture,
                  "[M-002] a check without PRIORITY, USERNAME, integrity or FINGERPRINT is answered with 400") {
  for (const Check& check : {Check{.priority = std::nullopt}, Check{.username = ""}, Check{.integrity = false},
                             Check{.fingerprint = false}}) {
    const auto answer = send(check);
    REQUIRE(answer);
    CHECK(answer->error_code == 400);
    CHECK(events.empty());
  }
  CHECK(agent.state() == State::kNew);
}

TEST_CASE_FIXTURE(Fixture, "[M-003] a controlled peer gets 487, an unknown required attribute 420 with the list") {
  auto answer = send({.controlled = true});
  REQUIRE(answer);
  CHECK(answer->error_code == 487);
  CHECK(answer->verify("server-password"));

  answer = send({.unknown = 0x7ABC});
  REQUIRE(answer);
  CHECK(answer->error_code == 420);
  CHECK(answer->verify("server-password"));
  const ByteView bytes = answer->bytes;
  const std::uint8_t attribute[] = {0x00, 0x0A, 0x00, 0x02, 0x7A, 0xBC};
  CHECK(as_text(bytes).find(as_text(attribute)) != std::string_view::npos);

  CHECK(send({.unknown = 0xFABC})->message_class == stun::Class::kSuccess);  // an optional one
}

TEST_CASE_FIXTURE(Fixture, "indications and responses are ignored") {
  for (const auto message_class : {stun::Class::kIndication, stun::Class::kSuccess, stun::Class::kError}) {
    agent.receive(clock.now(), make({}, message_class), path(1000), out);
  }
  CHECK(datagrams.empty());
  CHECK(events.empty());
  CHECK(agent.counters().ignored == 3);
}

TEST_CASE_FIXTURE(Fixture, "checks that overtake the peer's SDP are accepted") {
  LiteAgent early(Config{.local = {"server", "server-password"}});
  early.receive(clock.now(), make({}), path(1000), out);
  CHECK(early.state() == State::kConnected);
}

TEST_CASE_FIXTURE(Fixture, "[M-006] a nominating check from a new port moves the selection at once") {
  send({.use_candidate = true}, 1000);
  CHECK(selected_port() == 1000);
  send({}, 2000);
  CHECK(selected_port() == 1000);
  CHECK(agent.is_proven(path(2000)));
  send({.use_candidate = true}, 2000);
  CHECK(selected_port() == 2000);
  CHECK(raised(Event::Kind::kSelected, 2000));
  CHECK(agent.state() == State::kCompleted);
}

TEST_CASE_FIXTURE(Fixture, "[M-007] the highest renomination value wins, whatever the order of arrival") {
  send({.nomination = 2}, 1000);
  send({.use_candidate = true, .nomination = 1}, 2000);
  CHECK(selected_port() == 1000);
  send({.use_candidate = true}, 2000);  // without a value it is a repeated old check
  CHECK(selected_port() == 1000);
  send({.nomination = 2}, 2000);
  CHECK(selected_port() == 1000);
  send({.nomination = 3}, 2000);
  CHECK(selected_port() == 2000);
}

TEST_CASE_FIXTURE(Fixture, "[M-007] the ninth path evicts the oldest one that is not selected") {
  for (std::uint16_t port = 1; port <= 8; ++port) send({.use_candidate = port == 1}, port);
  send({}, 9);
  CHECK(raised(Event::Kind::kPathRemoved, 2));
  CHECK(agent.is_proven(path(1)));
  CHECK_FALSE(agent.is_proven(path(2)));
  CHECK(selected_port() == 1);
  send({}, 10);
  CHECK(raised(Event::Kind::kPathRemoved, 3));
}

TEST_CASE_FIXTURE(Fixture, "[M-008] authenticated media moves the selection to a proven path, never to another") {
  send({.use_candidate = true}, 1000);
  send({}, 2000);
  agent.note_authenticated_packet(path(3000), out);
  CHECK(selected_port() == 1000);
  agent.note_authenticated_packet(path(2000), out);
  CHECK(selected_port() == 2000);
}

TEST_CASE_FIXTURE(Fixture,
                  "[M-009] after 30 s without a check nothing is sent any more; a valid check brings it back") {
  send({.use_candidate = true}, 1000);
  wait(20s);
  send({}, 1000);
  wait(29s);
  CHECK(agent.state() == State::kCompleted);
  wait(2s);
  CHECK(agent.state() == State::kDisconnected);
  CHECK(agent.selected() == nullptr);
  agent.note_authenticated_packet(path(1000), out);
  CHECK(agent.selected() == nullptr);
  send({}, 1000);
  CHECK(agent.state() == State::kCompleted);
  CHECK(selected_port() == 1000);
}

TEST_CASE_FIXTURE(Fixture, "a peer that stays away fails, and its paths are given up") {
  send({}, 1000);
  wait(61s);
  CHECK(agent.state() == State::kFailed);
  CHECK(raised(Event::Kind::kPathRemoved, 1000));
  CHECK(agent.deadline() == kNever);
}

TEST_CASE_FIXTURE(Fixture, "when the selected path loses consent, the most recent other path takes over") {
  send({.use_candidate = true}, 1000);
  wait(5s);
  send({}, 2000);
  wait(5s);
  send({}, 3000);
  wait(21s);
  CHECK(selected_port() == 3000);
  CHECK(raised(Event::Kind::kPathRemoved, 1000));
  CHECK(agent.state() == State::kCompleted);
}

TEST_CASE_FIXTURE(Fixture, "[M-012] UDP that works is not left for TCP that the peer nominates too") {
  send({.use_candidate = true}, 1000);
  send({.use_candidate = true}, 5000);
  CHECK(selected_port() == 1000);
  CHECK(agent.is_proven(path(5000)));
  // Nor the other way round.
  Fixture other;
  other.send({.use_candidate = true}, 5000);
  CHECK(other.selected_port() == 5000);
  other.send({.use_candidate = true}, 1000);
  CHECK(other.selected_port() == 1000);
  other.send({.use_candidate = true}, 5000);
  CHECK(other.selected_port() == 1000);
}

TEST_CASE_FIXTURE(Fixture, "[M-012] UDP that the peer does not check any more is left for TCP") {
  send({.use_candidate = true}, 1000);
  wait(5s);
  send({.use_candidate = true}, 5000);
  CHECK(selected_port() == 5000);
}

TEST_CASE_FIXTURE(Fixture, "[M-012] a renomination value moves the selection to TCP too") {
  send({.nomination = 1}, 1000);
  send({.nomination = 2}, 5000);
  CHECK(selected_port() == 5000);
}

TEST_CASE_FIXTURE(Fixture, "[M-012] a TCP path that breaks is a lost path, and another one takes over") {
  send({}, 1000);
  wait(1s);
  send({.nomination = 1}, 5000);
  events.clear();
  agent.path_lost(path(5000), out);
  CHECK(selected_port() == 1000);
  CHECK(raised(Event::Kind::kPathRemoved, 5000));
  CHECK(raised(Event::Kind::kSelected, 1000));
  CHECK(agent.state() == State::kCompleted);
  agent.path_lost(path(5001), out);  // nobody's
  CHECK(selected_port() == 1000);
}

TEST_CASE_FIXTURE(Fixture,
                  "[M-012] a peer whose only connection breaks has until its consent runs out to connect again") {
  send({.use_candidate = true}, 5000);
  wait(10s);
  events.clear();
  agent.path_lost(path(5000), out);
  CHECK(agent.selected() == nullptr);
  CHECK(agent.state() == State::kCompleted);
  wait(20s - 1ms);
  CHECK(agent.state() == State::kCompleted);
  SUBCASE("and does") {
    send({}, 5001);
    CHECK(selected_port() == 5001);
    wait(29s);
    CHECK(agent.state() == State::kCompleted);
  }
  SUBCASE("and does not") {
    wait(1ms);
    CHECK(agent.state() == State::kDisconnected);
    wait(30s);
    CHECK(agent.state() == State::kFailed);
  }
}

TEST_CASE_FIXTURE(Fixture, "[M-010] old credentials are valid until the first check with the new ones") {
  send({.use_candidate = true}, 1000);
  agent.restart({"server2", "password2"}, out);
  agent.set_remote({"client2", "x"});
  CHECK(selected_port() == 1000);
  CHECK(send({}, 1000)->message_class == stun::Class::kSuccess);

  const Check renewed{.username = "server2:client2", .password = "password2", .use_candidate = true};
  const auto answer = send(renewed, 2000);
  REQUIRE(answer);
  CHECK(answer->verify("password2"));
  CHECK(selected_port() == 2000);
  REQUIRE(!events.empty());
  CHECK(events[0].kind == Event::Kind::kUfragRetired);
  CHECK(events[0].ufrag == "server");
  CHECK(agent.is_proven(path(1000)));  // media on its way is still taken

  CHECK(send({}, 1000)->error_code == 401);
}

TEST_CASE_FIXTURE(Fixture,
                  "[M-010] of many restarts that were not taken up, the first and the last credentials are left") {
  send({}, 1000);
  Demux demux;
  demux.add_ufrag("server", 1);
  events.clear();
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    last = "restart" + std::to_string(i);
    demux.add_ufrag(last, 1);
    agent.restart({last, "password"}, out);
    for (const Event& event : std::exchange(events, {})) {
      REQUIRE(event.kind == Event::Kind::kUfragRetired);
      demux.remove_ufrag(event.ufrag);
    }
  }
  CHECK(demux.find_ufrag("server"));
  CHECK(demux.find_ufrag(last));
  std::size_t left = 0;
  for (int i = 0; i < 1000; ++i) left += demux.find_ufrag("restart" + std::to_string(i)).has_value();
  CHECK(left == 1);
  CHECK(send({}, 1000)->message_class == stun::Class::kSuccess);
  CHECK(send({.username = last + ":client", .password = "password"}, 1000)->message_class == stun::Class::kSuccess);
  REQUIRE(!events.empty());
  CHECK(events[0].ufrag == "server");
}

TEST_CASE_FIXTURE(Fixture,
                  "[M-010] what is nominated under old credentials after a restart has no say over the new ones") {
  send({.nomination = 1}, 1000);
  agent.restart({"server2", "password2"}, out);
  agent.set_remote({"client2", "x"});
  send({.nomination = 5}, 1000);
  send({.username = "server2:client2", .password = "password2", .nomination = 1}, 2000);
  CHECK(selected_port() == 2000);
}

TEST_CASE_FIXTURE(Fixture,
                  "a check with bad integrity allocates nothing of ours, and neither does a repeated good one") {
  send({}, 1000);
  const auto bad = make({.password = "wrong"});
  const auto good = make({});
  const auto run = [&] {
    datagrams.clear();
    for (int i = 0; i < 10; ++i) {
      agent.receive(clock.now(), bad, path(2000), out);
      agent.receive(clock.now(), good, path(1000), out);
    }
  };
  run();
  const std::size_t warm = ice_test_allocations;
  run();
  CHECK(ice_test_allocations == warm);
}

TEST_CASE("credentials are long enough, of ice-chars, and open with the worker's prefix") {
  SeededRandom random(1);
  const Credentials one = Credentials::make(random, "w3");
  const Credentials two = Credentials::make(random, "w3");
  CHECK(one.ufrag.starts_with("w3"));
  CHECK(one.ufrag.size() == 10);
  CHECK(one.password.size() == 24);
  CHECK(one.ufrag != two.ufrag);
  CHECK(one.ufrag.find(':') == std::string::npos);
}

}  // namespace
}  // namespace sfu::ice

// SPDX-License-Identifier: Apache-2.0
#include "room/transport_fallback.hpp"

#include <doctest/doctest.h>

#include "room/candidate_init.hpp"
#include "room/testing.hpp"
#include "sdp/candidate.hpp"
#include "sdp/sdp.hpp"

namespace sfu::room {
namespace {

using namespace std::chrono_literals;
using Case = livekit::SignalResponse::MessageCase;

using namespace testing;

constexpr TransportFallback::Ways kAll{true, true, true};

struct Ladder {
  TransportFallback fallback{kAll};
  Instant now{};
  livekit::CandidateProtocol fail(TransportFallback::Failure failure = {}) {
    return fallback.failed(now, "stage", "alice", failure);
  }
  livekit::CandidateProtocol known() const { return fallback.find(now, "stage", "alice"); }
};

// A room with both kinds of candidates.
struct Lobby : World {
  Lobby() : World({}, {address(1, 7882)}, nullptr, {address(1, 7881)}) {}
  livekit::CandidateProtocol known(const TestClient& client) const {
    return fallback.find(now(), "lobby", client.identity);
  }
  // Joins as a session of signalling lets it, and says after a while that it gives up: nothing of the server's comes.
  void join_in_vain(Duration patience) {
    auto& alice = client("alice");
    alice.deaf = true;
    join(alice);
    for (Duration waited{}; waited < patience; waited += 1s) {
      run(1s);
      room->note_signal(now(), alice.id);
    }
    room->leave(now(), alice.id, {}, out);
    deliver();
  }
  void resume(TestClient& resuming, livekit::ReconnectReason reason) {
    ResumeParams params;
    params.identity = resuming.identity;
    params.connection = ++resuming.connection;
    resuming.closed = false;
    params.reason = reason;
    REQUIRE(room->resume(now(), params, out).has_value());
    deliver();
  }
};

// "udp", "tcp" for each candidate of a description.
std::vector<std::string> offered(const std::string& text) {
  std::vector<std::string> protocols;
  const auto sdp = sdp::parse(text);
  REQUIRE(sdp);
  for (const auto& line : sdp->media.front().candidates) protocols.push_back(sdp::parse_candidate(line)->transport);
  return protocols;
}
std::vector<std::string> trickled(const TestClient& client) {
  std::vector<std::string> protocols;
  for (const auto& message : client.messages) {
    if (!message.has_trickle()) continue;
    protocols.push_back(sdp::parse_candidate(*parse_candidate_init(message.trickle().candidateinit()))->transport);
  }
  return protocols;
}

using Protocols = std::vector<std::string>;

}  // namespace

TEST_CASE("what a participant prefers is remembered for five minutes, for its room and identity alone") {
  TransportFallback fallback;
  const Instant now{};
  fallback.set(now, "stage", "alice", livekit::TLS);
  CHECK(fallback.find(now + 5min, "stage", "alice") == livekit::TLS);
  CHECK(fallback.find(now + 5min + 1ms, "stage", "alice") == livekit::UDP);
  CHECK(fallback.find(now, "stage", "bob") == livekit::UDP);
  CHECK(fallback.find(now, "hall", "alice") == livekit::UDP);
  fallback.set(now + 1min, "stage", "alice", livekit::TCP);
  CHECK(fallback.find(now + 6min, "stage", "alice") == livekit::TCP);
  fallback.set(now + 2min, "stage", "alice", livekit::UDP);
  CHECK(fallback.find(now + 2min, "stage", "alice") == livekit::UDP);
}

TEST_CASE_FIXTURE(Ladder,
                  "[M-098] two failures of UDP within 60 seconds lead to TCP, two more to TLS, and then to UDP") {
  CHECK(fail() == livekit::UDP);
  now += 60s;
  CHECK(fail() == livekit::TCP);
  CHECK(known() == livekit::TCP);
  now += 1s;
  CHECK(fail() == livekit::TCP);
  now += 1s;
  CHECK(fail() == livekit::TLS);
  CHECK(fail() == livekit::TLS);
  CHECK(fail() == livekit::UDP);
}

TEST_CASE_FIXTURE(Ladder, "[M-098] failures more than 60 seconds apart lead nowhere") {
  for (int i = 0; i < 5; ++i) {
    CHECK(fail() == livekit::UDP);
    now += 60s + 1ms;
  }
}

TEST_CASE_FIXTURE(Ladder, "[M-098] one failure of a short-lived connection is enough") {
  CHECK(fail({.short_lived = true}) == livekit::TCP);
  CHECK(fail({.short_lived = true}) == livekit::TLS);
}

TEST_CASE_FIXTURE(Ladder, "[M-098] nothing happens where signalling was silent for 15 seconds") {
  for (int i = 0; i < 5; ++i) CHECK(fail({.short_lived = true, .silence = 15s}) == livekit::UDP);
  CHECK(fail({.silence = 15s - 1ms}) == livekit::UDP);
  CHECK(fail({.silence = 15s}) == livekit::UDP);
  CHECK(fail({.silence = 15s - 1ms}) == livekit::TCP);
}

TEST_CASE_FIXTURE(Ladder,
                  "[M-098] what is not there, what the client has not, and all of it where it is off, is skipped") {
  SUBCASE("no TLS relay") {
    fallback = TransportFallback({true, true, false});
    CHECK(fail({.short_lived = true}) == livekit::TCP);
    CHECK(fail({.short_lived = true}) == livekit::UDP);
  }
  SUBCASE("no TCP port") {
    fallback = TransportFallback({true, false, true});
    CHECK(fail({.short_lived = true}) == livekit::TLS);
  }
  SUBCASE("a client without ICE over TCP") {
    CHECK(fail({.short_lived = true, .client_has_tcp = false}) == livekit::TLS);
  }
  SUBCASE("off") {
    fallback = TransportFallback({false, true, true});
    CHECK(fail({.short_lived = true}) == livekit::UDP);
  }
}

TEST_CASE("[M-098] Go's SDK has no ICE over TCP, Swift's has it since 1.0.5") {
  livekit::ClientInfo client;
  CHECK(has_ice_tcp(client));
  client.set_sdk(livekit::ClientInfo::GO);
  CHECK_FALSE(has_ice_tcp(client));
  client.set_sdk(livekit::ClientInfo::SWIFT);
  CHECK_FALSE(has_ice_tcp(client));
  client.set_version("1.0.4");
  CHECK_FALSE(has_ice_tcp(client));
  client.set_version("1.0.5");
  CHECK(has_ice_tcp(client));
}

TEST_CASE_FIXTURE(Lobby, "[M-012] TCP is offered after UDP, in descriptions and trickled") {
  auto& alice = join("alice");
  CHECK(offered(alice.last(Case::kAnswer).answer().sdp()) == Protocols{"udp", "tcp"});
  CHECK(trickled(alice) == Protocols{"udp", "tcp"});
  auto& bob = join("bob", /*v1=*/false);
  CHECK(offered(bob.last(Case::kOffer).offer().sdp()) == Protocols{"udp", "tcp"});
}

TEST_CASE_FIXTURE(Lobby, "[M-098] a participant that could not connect twice within a minute is offered TCP alone") {
  join_in_vain(12s);
  CHECK(fallback.find(now(), "lobby", "alice") == livekit::UDP);
  join_in_vain(12s);
  REQUIRE(fallback.find(now(), "lobby", "alice") == livekit::TCP);
  auto& alice = join("alice", true, [](JoinParams& params) { params.tcp_only = true; });
  CHECK(offered(alice.last(Case::kAnswer).answer().sdp()) == Protocols{"tcp"});
  CHECK(trickled(alice) == Protocols{"tcp"});
  auto& bob = join("bob");
  CHECK(offered(bob.last(Case::kAnswer).answer().sdp()) == Protocols{"udp", "tcp"});
}

TEST_CASE_FIXTURE(Lobby, "[M-098] who leaves before a connection could stand says nothing about UDP") {
  for (int i = 0; i < 3; ++i) join_in_vain(5s);
  CHECK(fallback.find(now(), "lobby", "alice") == livekit::UDP);
}

TEST_CASE_FIXTURE(Lobby, "[M-098] a short-lived connection that the client tells of as failed goes on over TCP alone") {
  auto& alice = connect("alice", /*v1=*/false);
  run(10s);
  room->note_signal(now(), alice.id);
  alice.messages.clear();
  resume(alice, livekit::RR_SUBSCRIBER_FAILED);
  CHECK(known(alice) == livekit::TCP);
  CHECK(offered(alice.last(Case::kOffer).offer().sdp()) == Protocols{"tcp"});
  CHECK(trickled(alice) == Protocols{"tcp"});
  // Its other connection moves too, with the client's next offer.
  alice.send_offer();
  CHECK(offered(alice.last(Case::kAnswer).answer().sdp()) == Protocols{"tcp"});
}

TEST_CASE_FIXTURE(Lobby, "[M-098] a connection that stood for 90 seconds fails twice before it goes over TCP") {
  auto& alice = connect("alice");
  run(100s);
  room->note_signal(now(), alice.id);
  resume(alice, livekit::RR_PUBLISHER_FAILED);
  CHECK(known(alice) == livekit::UDP);
  run(10s);
  room->note_signal(now(), alice.id);
  resume(alice, livekit::RR_PUBLISHER_FAILED);
  CHECK(known(alice) == livekit::TCP);
}

TEST_CASE_FIXTURE(Lobby, "[M-098] where signalling failed, or was silent for 15 seconds, UDP is not to blame") {
  auto& alice = connect("alice");
  run(10s);
  room->note_signal(now(), alice.id);
  resume(alice, livekit::RR_SIGNAL_DISCONNECTED);
  CHECK(known(alice) == livekit::UDP);
  run(15s);
  resume(alice, livekit::RR_PUBLISHER_FAILED);
  CHECK(known(alice) == livekit::UDP);
}

TEST_CASE_FIXTURE(Lobby,
                  "[M-098] consent that runs out on a short-lived connection counts once, whatever the client adds") {
  auto& alice = connect("alice");
  alice.deaf = true;  // its checks go unanswered, and it ends them
  alice.publisher.peer.reset();
  for (int i = 0; i < 17 && known(alice) == livekit::UDP; ++i) {
    run(1s);
    room->note_signal(now(), alice.id);
  }
  CHECK(known(alice) == livekit::TCP);
  resume(alice, livekit::RR_PUBLISHER_FAILED);
  CHECK(known(alice) == livekit::TCP);
}

TEST_CASE_FIXTURE(Lobby, "[S-081] switch_candidate_protocol: TCP is for this session and the next, and UDP ends it") {
  auto& alice = connect("alice", /*v1=*/false);
  const auto wish = [&](livekit::CandidateProtocol protocol) {
    livekit::SimulateScenario scenario;
    scenario.set_switch_candidate_protocol(protocol);
    room->simulate(now(), alice.id, scenario, out);
    deliver();
  };
  wish(livekit::TCP);
  CHECK(known(alice) == livekit::TCP);
  CHECK(offered(alice.last(Case::kOffer).offer().sdp()) == Protocols{"tcp"});
  wish(livekit::UDP);
  CHECK(known(alice) == livekit::UDP);
  CHECK(offered(alice.last(Case::kOffer).offer().sdp()) == Protocols{"udp", "tcp"});
}

TEST_CASE("[S-081] where there is no TCP, who asks for it is offered UDP") {
  World world;
  auto& alice = world.join("alice", true, [](JoinParams& params) { params.tcp_only = true; });
  CHECK(offered(alice.last(Case::kAnswer).answer().sdp()) == Protocols{"udp"});
}

}  // namespace sfu::room

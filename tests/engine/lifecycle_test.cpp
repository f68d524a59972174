// SPDX-License-Identifier: Apache-2.0
// Starting and stopping engines, and what may be asked of one when.
#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "host.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

TEST_CASE("an engine that lacks what it needs is refused") {
  Host host;
  EngineOptions options = host.options();
  SUBCASE("an authenticator") {
    options.authenticator = nullptr;
  }
  SUBCASE("a range of ports that does not end before it begins") {
    options.udp_port_last = options.udp_port_first - 1;
  }
  const auto engine = Engine::create(std::move(options));
  REQUIRE_FALSE(engine);
  CHECK(engine.error().code == Errc::kInvalidArgument);
  CHECK_FALSE(engine.error().message.empty());
}

TEST_CASE("an engine starts empty, stops, and stops again") {
  Host host;
  Engine& engine = host.start();
  CHECK(engine.rooms().empty());
  CHECK(engine.counters().packets_received == 0);
  engine.stop();
  engine.stop();
  CHECK(engine.rooms().empty());
  CHECK(engine.room("hall").info().error().code == Errc::kNotFound);
  host.engine.reset();
  CHECK(host.events.lines().empty());
}

TEST_CASE("a second engine on the same UDP port is refused with the port's name, and the first goes on") {
  Host host;
  People people;
  auto [alice, bob] = people.call(host.start(), "hall");
  for (const unsigned workers : {1U, 2U}) {
    Host second;
    second.port = host.port;
    EngineOptions options = second.options();
    options.workers = workers;
    const auto engine = Engine::create(std::move(options));
    REQUIRE_FALSE(engine);
    CHECK(engine.error().code == Errc::kUnavailable);
    CHECK(engine.error().message.find("UDP 127.0.0.1:" + std::to_string(host.port)) != std::string::npos);
  }
  CHECK(people.call_goes_on(alice, bob));
}

TEST_CASE("two engines of one process have nothing to do with each other") {
  Host one;
  Host other;
  People people;
  auto [alice, bob] = people.call(one.start(), "hall");
  auto [second_alice, second_bob] = people.call(other.start(), "hall");
  CHECK(alice.others() == std::vector<std::string>{"bob"});
  CHECK(second_alice.others() == std::vector<std::string>{"bob"});
  CHECK(one.engine->rooms()[0].sid != other.engine->rooms()[0].sid);

  one.engine->stop();
  CHECK(people.run_until([&] { return alice.closed() && bob.closed(); }));
  CHECK(people.call_goes_on(second_alice, second_bob));
  CHECK_FALSE(second_alice.closed());
  one.engine.reset();
  CHECK(people.call_goes_on(second_alice, second_bob));
}

TEST_CASE("[S-080] whoever is inside when the engine stops is told so") {
  Host host;
  People people;
  auto [alice, bob] = people.call(host.start(), "hall");
  SUBCASE("by stop()") {
    host.engine->stop();
  }
  SUBCASE("by its destruction") {
    host.engine.reset();
  }
  CHECK(people.run_until([&] { return alice.closed() && bob.closed(); }));
  for (const Person* person : {&alice, &bob}) {
    REQUIRE(person->told_to_leave() != nullptr);
    CHECK(person->told_to_leave()->reason() == livekit::SERVER_SHUTDOWN);
    CHECK(person->told_to_leave()->action() == livekit::LeaveRequest::DISCONNECT);
    CHECK(person->closed() == 1000);
  }
  const auto events = host.events.lines();
  CHECK(events.back() == "room_finished hall");
  CHECK(std::ranges::count(events, "participant_left alice") == 1);
  CHECK(std::ranges::count(events, "participant_left bob") == 1);
}

TEST_CASE("a connection is answered once: accepted before anything else, or rejected and nothing more") {
  Host host;
  Engine& engine = host.start();
  const auto good = std::make_shared<SinkLog>();
  const auto session = engine.connect(connect_request("hall", "alice"), good);
  const auto bad = std::make_shared<SinkLog>();
  ConnectRequest request = connect_request("hall", "bob");
  request.query["access_token"] += "x";
  const auto refused = engine.connect(request, bad);
  REQUIRE(refused != nullptr);
  refused->receive({}, false);
  refused->disconnected();
  CHECK(engine.validate(request).status == 401);
  CHECK(engine.rooms().size() == 1);  // the worker has been through both
  engine.stop();
  REQUIRE(bad->lines().size() == 1);
  CHECK(bad->lines()[0].starts_with("rejected 401 invalid authorization token"));
  const auto lines = good->lines();
  REQUIRE(lines.size() >= 3);
  CHECK(lines.front() == "accepted");
  CHECK(lines[1] == "message");
  CHECK(lines.back() == "closed 1000");
}

TEST_CASE("a session may outlive the engine, and then does nothing") {
  Host host;
  const auto sink = std::make_shared<SinkLog>();
  const auto first = host.start().connect(connect_request("hall", "alice"), sink);
  const auto second = host.engine->connect(connect_request("hall", "bob"), std::make_shared<SinkLog>());
  host.engine.reset();
  const auto lines = sink->lines();
  first->receive({}, false);
  first->disconnected();
  CHECK(sink->lines() == lines);
  CHECK(sink.use_count() == 1);
}

TEST_CASE("a connection to an engine that has stopped is rejected with 503") {
  Host host;
  Engine& engine = host.start();
  engine.stop();
  const auto sink = std::make_shared<SinkLog>();
  const auto session = engine.connect(connect_request("hall", "alice"), sink);
  REQUIRE(session != nullptr);
  REQUIRE(sink->lines().size() == 1);
  CHECK(sink->lines()[0].starts_with("rejected 503"));
}

TEST_CASE("connections that come while the engine stops are all answered to their end") {
  Host host;
  Engine& engine = host.start();
  std::vector<std::shared_ptr<SinkLog>> sinks;
  std::vector<std::unique_ptr<SignalSession>> sessions;
  std::thread stopping;
  for (int i = 0; i < 200; ++i) {
    if (i == 100) stopping = std::thread([&] { engine.stop(); });
    sinks.push_back(std::make_shared<SinkLog>());
    sessions.push_back(engine.connect(connect_request("hall", "p" + std::to_string(i)), sinks.back()));
  }
  stopping.join();
  for (const auto& sink : sinks) {
    const auto lines = sink->lines();
    REQUIRE_FALSE(lines.empty());
    if (lines[0] == "accepted") {
      CHECK(lines.back() == "closed 1000");
    } else {
      CHECK(lines == std::vector<std::string>{"rejected 503 the server has stopped"});
    }
  }
}

TEST_CASE("several threads may ask and stop at once, and each returns when it is over") {
  Host host;
  Engine& engine = host.start();
  const auto sink = std::make_shared<SinkLog>();
  const auto session = engine.connect(connect_request("hall", "alice"), sink);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!engine.rooms().empty()) (void)engine.counters();
    });
    threads.emplace_back([&] {
      engine.stop();
      CHECK(sink->lines().back() == "closed 1000");
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(engine.rooms().empty());
}

TEST_CASE("a worker's callback may connect and validate; what would wait for a worker is refused there") {
  Host host;
  const auto second = std::make_shared<SinkLog>();
  std::unique_ptr<SignalSession> second_session;
  Errc refusal{};
  int verdict = 0;
  bool saw_rooms = true;
  host.events.also = [&](const Event& event) {
    if (event.kind != EventKind::kRoomStarted || event.room.name != "hall") return;
    Engine& engine = *host.engine;
    second_session = engine.connect(connect_request("lobby", "bob"), second);
    ConnectRequest request = connect_request("hall", "carol");
    request.path = "/rtc/validate";
    verdict = engine.validate(request).status;
    refusal = engine.room("hall").info().error().code;
    saw_rooms = !engine.rooms().empty();
  };
  Engine& engine = host.start();
  const auto sink = std::make_shared<SinkLog>();
  const auto session = engine.connect(connect_request("hall", "alice"), sink);
  (void)engine.rooms();  // answered behind alice, and before or behind bob
  CHECK(engine.rooms().size() == 2);
  CHECK(verdict == 200);
  CHECK(refusal == Errc::kFailedPrecondition);
  CHECK_FALSE(saw_rooms);
  engine.stop();
  CHECK(second->lines().front() == "accepted");
}

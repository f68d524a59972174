// SPDX-License-Identifier: Apache-2.0
// What the engine counts, and how a host that waits for everybody to leave hears of it.
#include "sfu/statistics.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "base/time.hpp"
#include "host.hpp"
#include "http/testing.hpp"
#include "people.hpp"
#include "sfu/room.hpp"
#include "sfu/server.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

constexpr auto kVideo = static_cast<std::size_t>(TrackKind::kVideo);

Engine& start(Host& host) {
  EngineOptions options = host.options();
  options.statistics_interval = 50ms;
  auto engine = Engine::create(std::move(options));
  REQUIRE_MESSAGE(engine, engine.error().message);
  host.engine = *std::move(engine);
  return *host.engine;
}

}  // namespace

TEST_CASE("statistics follow a call, and any thread may read them") {
  Host host;
  host.events.also = [&](const Event&) { (void)host.engine->statistics(); };  // a worker, too
  Engine& engine = start(host);
  CHECK(engine.statistics().rooms == 0);
  CHECK(engine.statistics().node_id.starts_with("ND_"));
  CHECK(engine.statistics().age < 10s);
  People people;
  auto [alice, bob] = people.call(engine, "hall");
  CHECK(people.call_goes_on(alice, bob));
  CHECK(people.run_until([&] {
    const EngineStatistics now = engine.statistics();
    return now.traffic.received.packets > 20 && now.traffic.sent.packets > 20 && now.tracks_subscribed[kVideo] == 2;
  }));
  const EngineStatistics during = engine.statistics();
  CHECK(during.rooms == 1);
  CHECK(during.participants == 2);
  CHECK(during.tracks_published[kVideo] == 2);
  CHECK(during.joins.rtc_active == 2);
  CHECK(during.traffic.received.bytes > during.traffic.received.packets * 12);
  CHECK(during.publish[kVideo].successes == 2);
  CHECK(during.subscribe.successes == 2);
  CHECK(during.signal.requests > 2);
  CHECK(during.forward_latency > Duration());
  REQUIRE(during.workers.size() == 1);
  CHECK(during.workers[0].participants == 2);
  CHECK(during.workers[0].processor_time > Duration());

  const auto room = engine.room("hall").statistics();
  REQUIRE(room);
  CHECK(room->participants.size() == 2);
  CHECK(room->streams.size() >= 2);
  CHECK(room->subscriptions.size() == 2);
  for (const SubscriptionStatistics& subscription : room->subscriptions) {
    CHECK(subscription.subscriber != subscription.publisher);
    CHECK(subscription.packets > 0);
    CHECK(subscription.layer.has_value());
    CHECK_FALSE(subscription.paused);
  }
  CHECK(engine.room("cellar").statistics().error().code == Errc::kNotFound);

  alice.leave();
  bob.leave();
  CHECK(people.run_until([&] { return engine.statistics().participants == 0; }));
  const EngineStatistics after = engine.statistics();
  CHECK(after.tracks_published[kVideo] == 0);
  CHECK(after.tracks_subscribed[kVideo] == 0);
  CHECK(after.traffic.received.packets >= during.traffic.received.packets);
  REQUIRE(after.session_ms.begin() != after.session_ms.end());
}

TEST_CASE("[C-097] drain() waits for the last one to leave, and lets newcomers in meanwhile") {
  Host host;
  Engine& engine = start(host);
  std::atomic<int> told = 0;
  SUBCASE("nobody is there") {
    CHECK(engine.drain([&] { ++told; }) == 0);
    CHECK(told == 1);
  }
  SUBCASE("two are there, and a third comes") {
    People people;
    auto [alice, bob] = people.call(engine, "hall");
    CHECK(engine.drain([&] { told += 10; }) == 2);
    CHECK(engine.drain([&] { ++told; }) == 2);  // in place of the other
    Person& carol = people.join(engine, "annex", "carol");
    CHECK(people.run_until([&] { return carol.connected(); }));
    alice.leave();
    bob.leave();
    CHECK(people.run_until([&] { return engine.room("hall").participants()->empty(); }));
    CHECK(told == 0);
    carol.leave();
    CHECK(people.run_until([&] { return told == 1; }));
  }
  SUBCASE("it is stopped before") {
    People people;
    people.call(engine, "hall");
    CHECK(engine.drain([&] { ++told; }) == 2);
    engine.stop();
    CHECK(told == 0);
    const auto events = host.events.lines();
    for (const char* line : {"participant_joined alice", "participant_left alice", "participant_joined bob",
                             "participant_left bob", "room_finished hall"}) {
      CHECK(std::ranges::count(events, line) == 1);
    }
  }
}

namespace {

// The clock that a test moves, for all threads.
class SharedClock final : public Clock {
 public:
  Instant now() const override { return system_.now() + ahead(); }
  WallTime wall_now() const override { return system_.wall_now() + ahead(); }
  void leap(Duration by) { ahead_ += by.count(); }

 private:
  Duration ahead() const { return Duration(ahead_.load()); }
  SystemClock system_;
  std::atomic<Duration::rep> ahead_ = 0;
};

// Holds up the worker that tells of a room, until it is let go.
class Stall final : public EventSink {
 public:
  void on_event(const Event& event) override {
    if (event.kind != EventKind::kRoomStarted || std::exchange(done_, true)) return;
    stalled.set_value();
    release.get_future().wait();
  }
  std::promise<void> stalled;
  std::promise<void> release;

 private:
  bool done_ = false;
};

std::string get(std::uint16_t port, const std::string& target) {
  http::testing::Client client(port);
  REQUIRE(client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto answer = client.read_answer();
  return std::to_string(answer.status) + ' ' + answer.body;
}

}  // namespace

TEST_CASE("[C-094] a server whose worker has hung for more than four seconds says that it is not ready") {
  SharedClock clock;
  Stall stall;
  ServerOptions options;
  options.bind_addresses = options.engine.bind_addresses = {kLoopback};
  options.port = 0;
  options.keys = {{"devkey", "secret"}};
  options.engine.udp_port_first = options.engine.udp_port_last = free_udp_port();
  options.engine.clock = &clock;
  options.engine.events = &stall;
  options.engine.statistics_interval = 100ms;
  auto server = Server::create(std::move(options));
  REQUIRE_MESSAGE(server, server.error().message);
  const std::uint16_t port = (*server)->port();
  CHECK(get(port, "/") == "200 OK");

  auto made = std::async(std::launch::async, [&] { return (*server)->engine().create_room("hall").has_value(); });
  stall.stalled.get_future().wait();
  clock.leap(3s);
  CHECK(get(port, "/") == "200 OK");
  clock.leap(2s);
  const std::string answer = get(port, "/");
  CHECK(answer.starts_with("406 Not Ready\nNode Updated At 20"));
  CHECK(answer.ends_with(" UTC"));

  stall.release.set_value();
  CHECK(made.get());
  People people;
  CHECK(people.run_until([&] { return get(port, "/") == "200 OK"; }));
}

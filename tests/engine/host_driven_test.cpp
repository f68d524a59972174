// SPDX-License-Identifier: Apache-2.0
// An engine that has no thread: the test's own loop, of poll(2), drives it beside its clients.
#include <doctest/doctest.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "host.hpp"
#include "http/testing.hpp"
#include "people.hpp"
#include "sfu/room.hpp"
#include "sfu/server.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

// Without that of usrsctp, which sleeps as long as anybody in the process has data channels.
std::size_t threads_of_process() {
  std::size_t count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    count += name != "SCTP iterator";
  }
  return count;
}

bool polls_readable(const Engine& engine) {
  pollfd descriptor{engine.poll_descriptor(), POLLIN, 0};
  return poll(&descriptor, 1, 0) == 1;
}

// What a host's loop does: waits for its own descriptors and for the engine's, then lets the engine work.
void turn(Engine& engine, int own_descriptor, Duration most) {
  pollfd descriptors[] = {{engine.poll_descriptor(), POLLIN, 0}, {own_descriptor, POLLIN, 0}};
  const auto limit = std::chrono::ceil<std::chrono::milliseconds>(std::min(most, engine.poll_timeout()));
  poll(descriptors, std::size(descriptors), static_cast<int>(limit.count()));
  engine.run_once();
}

// Remembers on which threads it was told of events.
struct DrivenHost : Host {
  DrivenHost() {
    events.also = [this](const Event& event) {
      told_on.insert(std::this_thread::get_id());
      if (also) also(event);
    };
  }
  ~DrivenHost() { engine.reset(); }  // it still tells of events
  Engine& start() { return start_driven(); }
  // Who lives in `people` lives beside the engine, on this thread.
  void drive(People& people) {
    people.wait = [this, descriptor = people.descriptor()](Duration most) { turn(*engine, descriptor, most); };
  }

  std::set<std::thread::id> told_on;
  std::function<void(const Event&)> also;
};

const std::set<std::thread::id> kHere = {std::this_thread::get_id()};

}  // namespace

TEST_CASE("two people call through an engine that the host's loop drives, and nothing of it runs on another thread") {
  const std::size_t threads = threads_of_process();
  DrivenHost host;
  People people;
  Engine& engine = host.start();
  host.drive(people);
  auto [alice, bob] = people.call(engine, "hall");
  CHECK(people.call_goes_on(alice, bob));
  CHECK(threads_of_process() <= threads);

  // What would wait for a worker elsewhere is answered at once.
  const Room room = engine.room("hall");
  CHECK(room.participants()->size() == 2);
  CHECK(engine.rooms().size() == 1);
  CHECK(engine.counters().packets_received > alice.packets() + bob.packets());
  const std::string text = "from the host";
  REQUIRE(room.send_data({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  CHECK(people.run_until([&] { return alice.texts().back() == text && bob.texts().back() == text; }));
  REQUIRE(room.participant("alice").remove());
  CHECK(people.run_until([&] { return alice.closed() && bob.others().empty(); }));

  engine.stop();
  CHECK(people.run_until([&] { return bob.closed().has_value(); }));
  CHECK(bob.told_to_leave()->reason() == livekit::SERVER_SHUTDOWN);
  CHECK(host.events.lines().back() == "room_finished hall");
  CHECK(host.told_on == kHere);
  CHECK(threads_of_process() <= threads);
}

TEST_CASE("the descriptor is readable when there is something to do, and only then") {
  DrivenHost host;
  Engine& engine = host.start();
  engine.run_once();
  CHECK_FALSE(polls_readable(engine));
  CHECK(engine.poll_timeout() > 0ms);
  CHECK(engine.poll_timeout() <= host.options().statistics_interval);

  const auto sink = std::make_shared<SinkLog>();
  auto session = engine.connect(connect_request("hall", "alice"), sink);
  CHECK(sink->lines().empty());  // nothing happens but in a turn
  CHECK(polls_readable(engine));
  engine.run_once();
  REQUIRE_FALSE(sink->lines().empty());
  CHECK(sink->lines().front() == "accepted");
  CHECK_FALSE(polls_readable(engine));

  // What was asked for before is done before what waits for its answer.
  session.reset();
  CHECK(polls_readable(engine));
  CHECK(engine.room("hall").participants()->empty());
  CHECK(host.events.lines().back() == "participant_connection_aborted alice");
}

TEST_CASE("an engine that nobody looks at for a while does what was due meanwhile") {
  ManualClock clock;
  DrivenHost host;
  EngineOptions options = host.options();
  options.host_driven = true;
  options.clock = &clock;
  options.room_defaults.empty_timeout = 5s;
  host.engine = *Engine::create(std::move(options));
  Engine& engine = *host.engine;
  REQUIRE(engine.create_room("hall"));
  CHECK(engine.poll_timeout() > 0s);
  clock.advance(10s);
  CHECK(engine.poll_timeout() == 0s);
  engine.run_once();
  CHECK(engine.rooms().empty());
  CHECK(host.events.lines().back() == "room_finished hall");
  CHECK(engine.statistics().age == 0s);
}

TEST_CASE("another thread's call wakes the loop that drives the engine, and waits for its turn") {
  DrivenHost host;
  Engine& engine = host.start();
  const auto sink = std::make_shared<SinkLog>();
  const auto session = engine.connect(connect_request("hall", "alice"), sink);
  std::atomic<bool> done = false;
  std::size_t seen = 0;
  std::thread other([&] {
    seen = engine.rooms().size();
    CHECK(engine.room("hall").set_metadata("news"));
    done = true;
  });
  while (!done) turn(engine, -1, 10ms);
  other.join();
  CHECK(seen == 1);
  CHECK(engine.room("hall").info()->metadata == "news");
  engine.run_once();
  CHECK_FALSE(polls_readable(engine));

  // A session's calls wait for nothing; the loop is woken all the same.
  std::thread([&] { session->disconnected(); }).join();
  CHECK(polls_readable(engine));
  engine.run_once();
  CHECK(host.events.lines().back() == "participant_connection_aborted alice");
  CHECK(host.told_on == kHere);
}

TEST_CASE(
    "a callback within a turn may call what waits for nobody; the rest is refused, and a turn in a turn is none") {
  DrivenHost host;
  Errc refusal{};
  std::unique_ptr<SignalSession> second_session;
  const auto second = std::make_shared<SinkLog>();
  host.also = [&](const Event& event) {
    if (event.kind != EventKind::kRoomStarted || event.room.name != "hall") return;
    refusal = host.engine->room("hall").info().error().code;
    second_session = host.engine->connect(connect_request("lobby", "bob"), second);
    host.engine->run_once();
    CHECK(second->lines().empty());
    CHECK(host.engine->poll_timeout() == 0s);
  };
  Engine& engine = host.start();
  const auto session = engine.connect(connect_request("hall", "alice"), std::make_shared<SinkLog>());
  engine.run_once();
  CHECK(refusal == Errc::kFailedPrecondition);
  CHECK(polls_readable(engine));
  engine.run_once();
  CHECK(second->lines().front() == "accepted");
}

TEST_CASE("a driven engine may be stopped or destroyed anywhere, and says farewell there and then") {
  DrivenHost host;
  Engine& engine = host.start();
  const auto sink = std::make_shared<SinkLog>();
  const auto session = engine.connect(connect_request("hall", "alice"), sink);
  engine.run_once();
  const auto late = std::make_shared<SinkLog>();
  SUBCASE("on the driving thread") {
    engine.stop();
    CHECK(host.told_on == kHere);
  }
  SUBCASE("on another thread") {
    std::thread([&] { engine.stop(); }).join();
    CHECK(host.told_on.size() == 2);
  }
  SUBCASE("with somebody on the way in") {
    const auto coming = engine.connect(connect_request("hall", "bob"), late);
    engine.stop();
    CHECK(late->lines().front() == "accepted");
    CHECK(late->lines().back() == "closed 1000");
  }
  CHECK(sink->lines().back() == "closed 1000");
  CHECK(host.events.lines().back() == "room_finished hall");

  engine.run_once();
  CHECK(engine.poll_timeout() == Duration::max());
  CHECK(engine.create_room("yard").error().code == Errc::kClosed);
  CHECK(engine.rooms().empty());
  host.engine.reset();
  session->receive({}, false);  // of an engine that is gone
}

TEST_CASE("another thread that waits for a driven engine is let go when that stops") {
  DrivenHost host;
  Engine& engine = host.start();
  bool made = false;
  std::thread other([&] { made = engine.create_room("hall").has_value(); });
  pollfd descriptor{engine.poll_descriptor(), POLLIN, 0};
  REQUIRE(poll(&descriptor, 1, 10'000) == 1);
  engine.stop();  // what was posted before is still done
  other.join();
  CHECK(made);
  Errc refusal{};
  std::thread([&] { refusal = engine.create_room("hall").error().code; }).join();
  CHECK(refusal == Errc::kClosed);
}

TEST_CASE("under a Server too the rooms are on the host's loop, and HTTP waits for that") {
  struct Doorman : PolicyHook {
    void on_join(const JoinRequest& request, Decision decision) override {
      asked_on = std::this_thread::get_id();
      decision.deny("not " + request.claims.identity);
    }
    std::thread::id asked_on;
  } doorman;
  ServerOptions options;
  options.bind_addresses = options.engine.bind_addresses = {kLoopback};
  options.port = 0;
  options.keys = {{"devkey", "secret"}};
  options.engine.udp_port_first = options.engine.udp_port_last = free_udp_port();
  options.engine.host_driven = true;
  options.engine.policy = &doorman;
  auto server = Server::create(std::move(options));
  REQUIRE_MESSAGE(server, server.error().message);
  const std::string token = connect_request("hall", "alice").query.at("access_token");
  std::atomic<bool> done = false;
  std::string answer;
  std::thread client([&] {
    http::testing::Client http((*server)->port());
    http.send("GET /rtc/validate?access_token=" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    answer = http.read_answer().body;
    done = true;
  });
  while (!done) turn((*server)->engine(), -1, 10ms);
  client.join();
  CHECK(answer == "not alice");
  CHECK(doorman.asked_on == std::this_thread::get_id());
  (*server)->stop();
}

TEST_CASE("an engine is driven by its host only if it was made so, and with one worker") {
  Host host;
  Engine& engine = host.start();
  CHECK(engine.poll_descriptor() == -1);
  CHECK(engine.poll_timeout() == Duration::max());
  engine.run_once();
  CHECK(engine.rooms().empty());

  Host second;
  EngineOptions options = second.options();
  options.host_driven = true;
  options.workers = 2;
  const auto refused = Engine::create(std::move(options));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kInvalidArgument);
}

namespace {

// A host's own way for datagrams, without a descriptor: it knows itself when something has come.
class OwnTransport final : public PacketTransport {
 public:
  explicit OwnTransport(std::vector<std::string>& arrived) : arrived_(arrived) {}
  void send(std::span<const Datagram>) override {}
  int poll_descriptor() const override { return -1; }
  bool receive(Instant now, PacketSink& sink) override {
    if (arrived_.empty()) return false;
    std::string bytes = std::move(arrived_.back());
    arrived_.pop_back();
    sink.receive(now, path_, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    return true;
  }
  std::span<const SocketAddress> candidates() const override { return {&path_.local, 1}; }

 private:
  std::vector<std::string>& arrived_;
  Path path_{{IpAddress::v4({192, 0, 2, 1}), 7882}, {IpAddress::v4({192, 0, 2, 2}), 5000}};
};

}  // namespace

TEST_CASE("a transport without a descriptor is asked in every turn") {
  std::vector<std::string> arrived(100, "\x80 a stranger's packet");
  Host host;
  EngineOptions options = host.options();
  options.host_driven = true;
  options.make_transport = [&](unsigned) -> Result<std::unique_ptr<PacketTransport>> {
    return std::unique_ptr<PacketTransport>(std::make_unique<OwnTransport>(arrived));
  };
  auto created = Engine::create(std::move(options));
  REQUIRE(created);
  Engine& engine = **created;
  REQUIRE(engine.create_room("hall"));
  CHECK(arrived.size() == 100);  // a call's turn reads nothing
  engine.run_once();
  CHECK_FALSE(arrived.empty());  // a turn has a bound, and says that there is more
  CHECK(engine.poll_timeout() == 0s);
  while (engine.poll_timeout() == 0s) engine.run_once();
  CHECK(arrived.empty());
  CHECK(engine.counters().dropped_unknown_source == 100);
}

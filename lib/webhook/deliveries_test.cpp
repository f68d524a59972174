// SPDX-License-Identifier: Apache-2.0
// Against receivers that answer as a test says, in virtual time.
#include "webhook/deliveries.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "webhook/event_filter.hpp"

using namespace sfu;
using namespace sfu::webhook;
using namespace std::chrono_literals;

namespace {

using Kind = Deliveries::Report::Kind;

const Outcome kOk{.status = 200};
const Outcome kUnreachable{.kind = Outcome::Kind::kUnreachable, .error = "connection refused"};

// Posts take no time, unless a test answers them itself.
struct World {
  explicit World(std::vector<std::string> to = {"http://a"}, Deliveries::Config config = {30s, 200})
      : urls(std::move(to)), deliveries(config) {}

  std::shared_ptr<const Message> message(const std::string& id) {
    return std::make_shared<const Message>(
        Message{.event = "room_started", .id = id, .sequence = 1, .body = "{}", .authorization = "token"});
  }
  void enqueue(const std::string& resource, const std::string& id) {
    deliveries.enqueue(clock.now(), urls, resource, message(id), out);
    settle();
  }
  // Posts are answered until there are none.
  void settle() {
    while (answer && !out.posts.empty()) {
      const auto posts = std::exchange(out.posts, {});
      for (const auto& post : posts) {
        log.push_back({seconds(), post.url, post.message->id});
        deliveries.finished(clock.now(), post.queue, answer(post), out);
      }
    }
  }
  // The time passes, and what falls due is done.
  void run_for(Duration time) {
    const Instant end = clock.now() + time;
    while (deliveries.deadline() <= end) {
      clock.advance(deliveries.deadline() - clock.now());
      deliveries.advance(clock.now(), out);
      settle();
    }
    clock.advance(end - clock.now());
  }
  int seconds() const { return static_cast<int>((clock.now() - begin) / 1s); }
  std::vector<int> times_of(const std::string& id) const {
    std::vector<int> times;
    for (const auto& entry : log) {
      if (entry.id == id) times.push_back(entry.at);
    }
    return times;
  }
  std::vector<std::string> ids(const std::string& url = "http://a") const {
    std::vector<std::string> all;
    for (const auto& entry : log) {
      if (entry.url == url) all.push_back(entry.id);
    }
    return all;
  }

  struct Entry {
    int at;
    std::string url;
    std::string id;
  };
  std::vector<std::string> urls;
  ManualClock clock;
  Instant begin = clock.now();
  Deliveries deliveries;
  Deliveries::Output out;
  std::function<Outcome(const Deliveries::Post&)> answer = [](const auto&) { return kOk; };
  std::vector<Entry> log;
};

std::vector<int> attempts_with(const Outcome& outcome) {
  World world;
  world.answer = [&](const auto&) { return outcome; };
  world.enqueue("hall", "1");
  world.run_for(1h);
  CHECK(world.deliveries.empty());
  return world.times_of("1");
}

}  // namespace

TEST_CASE("[C-064] connection errors, 429 and 5xx are tried at 0, 1, 3, 7 and 15 s, anything else once") {
  const std::vector<int> again = {0, 1, 3, 7, 15};
  CHECK(attempts_with(kUnreachable) == again);
  for (const int status : {429, 500, 502, 503, 599}) {
    CAPTURE(status);
    CHECK(attempts_with({.status = status}) == again);
  }
  const std::vector<int> once = {0};
  for (const int status : {200, 204, 301, 307, 400, 401, 404, 410, 501}) {
    CAPTURE(status);
    CHECK(attempts_with({.status = status}) == once);
  }
  CHECK(attempts_with({.kind = Outcome::Kind::kDistrusted}) == once);
}

TEST_CASE("[C-064] 4xx counts as delivered, five errors and a certificate that is not good as failed") {
  World world;
  Outcome outcome{.status = 404};
  world.answer = [&](const auto&) { return outcome; };
  world.enqueue("hall", "1");
  outcome = {.status = 500};
  world.enqueue("hall", "2");
  world.run_for(1min);
  outcome = {.kind = Outcome::Kind::kDistrusted};
  world.enqueue("hall", "3");
  CHECK(world.deliveries.counters().delivered == 1);
  CHECK(world.deliveries.counters().failed == 2);
  CHECK(world.deliveries.counters().queue_length == 0);
  REQUIRE(world.out.reports.size() == 3);
  CHECK(world.out.reports[0].kind == Kind::kDelivered);
  CHECK(world.out.reports[1].kind == Kind::kFailed);
  CHECK(world.out.reports[1].attempts == 5);
  CHECK(world.out.reports[1].last.status == 500);
}

TEST_CASE("[C-064] Retry-After says when to try a 429 or a 503 again, and nothing else") {
  for (const int status : {429, 503}) {
    CAPTURE(status);
    CHECK(attempts_with({.status = status, .retry_after = 5s}) == std::vector<int>{0, 5, 10, 15, 20});
  }
  CHECK(attempts_with({.status = 500, .retry_after = 5s}) == std::vector<int>{0, 1, 3, 7, 15});
}

TEST_CASE("a receiver that comes back gets the event once more, and no further") {
  World world;
  int failures = 2;
  world.answer = [&](const auto&) { return failures-- > 0 ? kUnreachable : kOk; };
  world.enqueue("hall", "1");
  world.run_for(1h);
  CHECK(world.times_of("1") == std::vector<int>{0, 1, 3});
  CHECK(world.deliveries.counters().delivered == 1);
}

TEST_CASE("[C-063] the events of a room wait for the one that fails; another room and another URL do not") {
  World world({"http://a", "http://b"});
  world.answer = [&](const Deliveries::Post& post) {
    const bool fails = post.url == "http://a" && post.message->id.starts_with("hall") && world.seconds() < 3;
    return fails ? Outcome{.status = 500} : kOk;
  };
  world.enqueue("hall", "hall 1");
  world.enqueue("hall", "hall 2");
  world.enqueue("porch", "porch 1");
  CHECK(world.ids("http://a") == std::vector<std::string>{"hall 1", "porch 1"});
  CHECK(world.ids("http://b") == std::vector<std::string>{"hall 1", "hall 2", "porch 1"});
  world.run_for(1min);
  CHECK(world.ids("http://a") == std::vector<std::string>{"hall 1", "porch 1", "hall 1", "hall 1", "hall 2"});
  CHECK(world.times_of("hall 2") == std::vector<int>{0, 3});
  CHECK(world.deliveries.empty());
}

TEST_CASE("[C-063] one event of a room is under way at a time, however long its answer takes") {
  World world;
  world.answer = nullptr;
  world.enqueue("hall", "1");
  world.enqueue("hall", "2");
  REQUIRE(world.out.posts.size() == 1);
  const auto first = world.out.posts[0];
  CHECK(first.message->id == "1");
  world.run_for(20s);
  CHECK(world.out.posts.size() == 1);
  world.deliveries.finished(world.clock.now(), first.queue, kOk, world.out);
  REQUIRE(world.out.posts.size() == 2);
  CHECK(world.out.posts[1].message->id == "2");
}

TEST_CASE("[C-065] an event that waited more than 30 s is dropped when its turn comes") {
  World world;
  world.answer = nullptr;
  world.enqueue("hall", "1");
  world.enqueue("hall", "too old");
  world.run_for(1s);
  world.enqueue("hall", "just in time");
  world.run_for(30s);
  world.deliveries.finished(world.clock.now(), world.out.posts[0].queue, kOk, world.out);
  REQUIRE(world.out.posts.size() == 2);
  CHECK(world.out.posts[1].message->id == "just in time");
  CHECK(world.deliveries.counters().dropped_age == 1);
  REQUIRE(world.out.reports.size() == 2);
  CHECK(world.out.reports[1].kind == Kind::kTooOld);
  CHECK(std::string(reason(world.out.reports[1].kind)) == "age");
}

TEST_CASE("[C-065] when 200 events of a room wait, new ones are dropped, those of other rooms are not") {
  World world;
  world.answer = nullptr;
  for (int i = 0; i < 203; ++i) world.enqueue("hall", std::to_string(i));
  world.enqueue("porch", "other");
  CHECK(world.deliveries.counters().dropped_queue_full == 2);  // one is under way
  CHECK(world.deliveries.counters().queue_length == 202);
  CHECK(std::string(reason(world.out.reports[0].kind)) == "queue is full");
  CHECK(world.out.reports[0].message->id == "201");
  world.answer = [](const auto&) { return kOk; };
  world.settle();
  CHECK(world.ids().size() == 202);
  CHECK(world.times_of("200").size() == 1);
  CHECK(world.times_of("201").empty());
}

TEST_CASE("[C-065] what one URL has no room for is not sent to those after it") {
  World world({"http://a", "http://b"}, {30s, 1});
  world.answer = nullptr;
  world.enqueue("hall", "1");
  // The second URL is quick, the first is not.
  world.deliveries.finished(world.clock.now(), world.out.posts[1].queue, kOk, world.out);
  world.enqueue("hall", "2");
  world.deliveries.finished(world.clock.now(), world.out.posts[2].queue, kOk, world.out);
  world.enqueue("hall", "3");
  CHECK(world.out.posts.size() == 3);
  CHECK(world.deliveries.counters().dropped_queue_full == 1);
}

TEST_CASE("what is not delivered when it ends is dropped, with its reason; a late answer does nothing") {
  World world;
  world.answer = nullptr;
  world.enqueue("hall", "1");
  world.enqueue("hall", "2");
  const auto post = world.out.posts[0];
  world.deliveries.close(world.out);
  CHECK(world.deliveries.empty());
  CHECK(world.deliveries.counters().dropped_queue_closed == 2);
  CHECK(world.deliveries.counters().queue_length == 0);
  CHECK(std::string(reason(world.out.reports[0].kind)) == "queue is closed");
  world.deliveries.finished(world.clock.now(), post.queue, kOk, world.out);
  CHECK(world.deliveries.counters().delivered == 0);
}

TEST_CASE("[C-063] whatever receivers do, each room's events come in order, and none is lost or counted twice") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    World world({"http://a", "http://b"}, {1h, 200});
    world.answer = [&](const auto&) { return random.below(3) == 0 ? Outcome{.status = 500} : kOk; };
    constexpr int kRooms = 5;
    constexpr int kEvents = 40;
    for (int event = 0; event < kEvents; ++event) {
      for (int room = 0; room < kRooms; ++room) {
        world.enqueue(std::to_string(room), std::to_string(room) + ":" + std::to_string(event));
      }
      world.run_for(std::chrono::milliseconds(random.below(2000)));
    }
    world.run_for(2h);
    CHECK(world.deliveries.empty());
    const WebhookCounters& counters = world.deliveries.counters();
    CHECK(counters.delivered + counters.failed == 2 * kRooms * kEvents);
    for (const char* url : {"http://a", "http://b"}) {
      std::vector<int> next(kRooms);
      for (const std::string& id : world.ids(url)) {
        const auto colon = id.find(':');
        int& expected = next[static_cast<std::size_t>(std::stoi(id.substr(0, colon)))];
        const int event = std::stoi(id.substr(colon + 1));
        const bool in_order = event == expected || event == expected - 1;  // the next, or the last one again
        CHECK(in_order);
        if (event == expected) ++expected;
      }
      CHECK(next == std::vector<int>(kRooms, kEvents));
    }
  }
}

TEST_CASE("[C-066] events to be included go over those to be excluded") {
  const EventFilter all({}, {});
  CHECK(all.allows("room_started"));
  const EventFilter without({}, {"room_started"});
  CHECK_FALSE(without.allows("room_started"));
  CHECK(without.allows("room_finished"));
  const EventFilter only({"room_started"}, {"room_started", "room_finished"});
  CHECK(only.allows("room_started"));
  CHECK_FALSE(only.allows("room_finished"));
  CHECK_FALSE(only.allows("participant_joined"));
}

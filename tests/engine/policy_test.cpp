// SPDX-License-Identifier: Apache-2.0
// A host's policy in an engine with threads: answers that come later, from elsewhere, too late or never.
#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "host.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

// Leaves every question open, for the test's thread to decide.
class Undecided final : public PolicyHook {
 public:
  void on_join(const JoinRequest& request, Decision decision) override {
    keep(request.claims.identity + " joins" + (request.checking ? "?" : ""), std::move(decision));
  }
  void on_publish(const PublishRequest& request, Decision decision) override {
    keep(std::string(request.publisher.identity) + " publishes", std::move(decision));
  }
  void on_subscribe(const SubscribeRequest& request, Decision decision) override {
    keep(std::string(request.subscriber.identity) + " subscribes", std::move(decision));
  }

  // Waits for a question, which must be the one that is expected.
  Decision next(const std::string& expected) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, 10s, [&] { return !open_.empty(); }));
    auto [what, decision] = std::move(open_.front());
    open_.pop_front();
    CHECK(what == expected);
    return std::move(decision);
  }
  // Allows everything that is asked until stop().
  void allow_all() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      changed_.wait(lock, [&] { return stopped_ || !open_.empty(); });
      for (auto& [what, decision] : open_) decision.allow();
      open_.clear();
    }
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  void keep(std::string what, Decision decision) {
    const std::lock_guard lock(mutex_);
    open_.emplace_back(std::move(what), std::move(decision));
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<std::string, Decision>> open_;
  bool stopped_ = false;
};

// Whose lines can be waited for.
struct Visitor {
  Visitor() {
    sink->also = [this](const std::string& line) {
      const std::lock_guard lock(mutex);
      if (first.empty()) first = line;
      changed.notify_all();
    };
  }
  std::string first_answer() {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, 10s, [&] { return !first.empty(); });
    return first;
  }
  std::shared_ptr<SinkLog> sink = std::make_shared<SinkLog>();
  std::mutex mutex;
  std::condition_variable changed;
  std::string first;
};

}  // namespace

TEST_CASE("two people call where everything is decided later, by another thread") {
  Undecided policy;
  Host host;
  host.policy = &policy;
  People people;
  Engine& engine = host.start();
  std::thread deciding([&] { policy.allow_all(); });
  people.call(engine, "hall");
  policy.stop();
  deciding.join();
}

TEST_CASE("what the policy denies does not happen, and whom it concerns is told") {
  struct Strict : PolicyHook {
    void on_publish(const PublishRequest& request, Decision decision) override {
      if (request.publisher.identity == "alice" && request.track.source == TrackSource::kCamera) decision.allow();
      decision.deny("only alice films");
    }
    void on_subscribe(const SubscribeRequest& request, Decision decision) override {
      if (request.subscriber.identity != "carol") decision.allow();
    }
    DataVerdict on_data(const DataRequest& request) override {
      const std::string_view text(reinterpret_cast<const char*>(request.payload.data()), request.payload.size());
      return text == "secret" ? DataVerdict::drop() : DataVerdict::allow();
    }
  } policy;
  Host host;
  host.policy = &policy;
  People people;
  Engine& engine = host.start();
  Person& alice = people.join(engine, "hall", "alice");
  Person& bob = people.join(engine, "hall", "bob");
  Person& carol = people.join(engine, "hall", "carol");
  REQUIRE(people.run_until([&] { return alice.connected() && bob.connected() && carol.connected(); }));
  alice.publish();
  bob.publish();
  CHECK(people.run_until([&] { return bob.packets() > 20 && !bob.publish_error().empty(); }));
  CHECK(bob.publish_error().find("only alice films") != std::string::npos);
  CHECK(carol.packets() == 0);
  REQUIRE(people.run_until([&] { return alice.send("secret"); }));
  REQUIRE(people.run_until([&] { return alice.send("open"); }));
  CHECK(people.run_until([&] { return !bob.texts().empty() && !carol.texts().empty(); }));
  CHECK(bob.texts() == std::vector<std::string>{"open"});
  CHECK(carol.texts() == std::vector<std::string>{"open"});
}

TEST_CASE("a join waits for its verdict, and its room stays on one worker meanwhile") {
  Undecided policy;
  Host host;
  host.policy = &policy;
  EngineOptions options = host.options();
  options.workers = 4;
  host.engine = *Engine::create(std::move(options));
  Engine& engine = *host.engine;
  Visitor alice;
  Visitor bob;
  const auto first = engine.connect(connect_request("hall", "alice"), alice.sink);
  Decision of_alice = policy.next("alice joins");
  const auto second = engine.connect(connect_request("hall", "bob"), bob.sink);
  Decision of_bob = policy.next("bob joins");
  CHECK(engine.rooms().empty());
  CHECK(alice.sink->lines().empty());
  std::thread([&] { of_bob.allow(); }).join();
  CHECK(bob.first_answer() == "accepted");
  std::thread([&] { of_alice.allow(); }).join();
  CHECK(alice.first_answer() == "accepted");
  CHECK(engine.room("hall").participants()->size() == 2);
  CHECK(engine.rooms().size() == 1);
}

TEST_CASE("a join is refused by a later verdict, by a decision that is dropped, and when time is up") {
  Undecided policy;
  Host host;
  host.policy = &policy;
  EngineOptions options = host.options();
  std::string expected;
  SUBCASE("a verdict") {
    expected = "rejected 403 not today";
  }
  SUBCASE("no verdict") {
    expected = "rejected 403 nobody decided";
  }
  SUBCASE("too late") {
    options.policy_timeout = 50ms;
    expected = "rejected 403 the server did not decide in time";
  }
  host.engine = *Engine::create(std::move(options));
  Visitor alice;
  const auto session = host.engine->connect(connect_request("hall", "alice"), alice.sink);
  std::optional<Decision> decision = policy.next("alice joins");
  if (expected.ends_with("not today")) decision->deny("not today");
  if (expected.ends_with("nobody decided")) decision.reset();
  CHECK(alice.first_answer() == expected);
  if (decision) decision->allow();  // the first answer counts
  CHECK(host.engine->rooms().empty());
  CHECK(alice.sink->lines().size() == 1);
}

TEST_CASE("a client that does not wait for the verdict is forgotten, and its room's name with it") {
  Undecided policy;
  Host host;
  host.policy = &policy;
  Engine& engine = host.start();
  Visitor alice;
  auto session = engine.connect(connect_request("hall", "alice"), alice.sink);
  Decision decision = policy.next("alice joins");
  CHECK(engine.rooms().empty());  // the question has been put, and is open: an answer before that is taken at once
  session.reset();
  decision.allow();
  CHECK(engine.rooms().empty());
  CHECK(alice.sink->lines().empty());
  CHECK(engine.room("hall").info().error().code == Errc::kNotFound);
  CHECK(alice.sink.use_count() == 1);
}

TEST_CASE("whoever waits when the engine stops is told so, and a decision may outlive the engine") {
  Undecided policy;
  Host host;
  host.policy = &policy;
  Engine& engine = host.start();
  Visitor alice;
  const auto session = engine.connect(connect_request("hall", "alice"), alice.sink);
  Decision decision = policy.next("alice joins");
  engine.stop();
  CHECK(alice.sink->lines() == std::vector<std::string>{"rejected 503 the server has stopped"});
  host.engine.reset();
  decision.allow();
  CHECK(alice.sink->lines().size() == 1);
}

TEST_CASE("a check of a join does not wait for the policy: only what it says at once counts") {
  Undecided policy;
  Host host;
  host.policy = &policy;
  Engine& engine = host.start();
  ConnectRequest request = connect_request("hall", "alice");
  request.path = "/rtc/validate";
  CHECK(engine.validate(request).status == 200);
  policy.next("alice joins?").deny();
  CHECK(engine.rooms().empty());
}

TEST_CASE("a policy that calls back into the engine is let do what waits for nobody") {
  struct Curious : PolicyHook {
    void on_join(const JoinRequest& request, Decision decision) override {
      refusal = engine->room("hall").info().error().code;
      (void)engine->statistics();
      if (request.claims.identity == "alice") guest = engine->connect(connect_request("yard", "guest"), sink);
      decision.allow();
    }
    Engine* engine = nullptr;
    Errc refusal{};
    std::shared_ptr<SinkLog> sink = std::make_shared<SinkLog>();
    std::unique_ptr<SignalSession> guest;
  } policy;
  Host host;
  host.policy = &policy;
  policy.engine = &host.start();
  Visitor alice;
  const auto session = host.engine->connect(connect_request("hall", "alice"), alice.sink);
  CHECK(alice.first_answer() == "accepted");
  host.engine->stop();
  CHECK(policy.refusal == Errc::kFailedPrecondition);
  CHECK(policy.sink->lines().front() == "accepted");
}

TEST_CASE("decisions: the first answer counts, moved ones say nothing, dropped ones deny") {
  std::vector<std::string> verdicts;
  const auto make = [&] {
    return Decision([&](const Verdict& verdict) { verdicts.push_back(verdict.allowed ? "allowed" : verdict.reason); });
  };
  Decision first = make();
  CHECK(first.is_open());
  first.allow();
  first.deny("late");
  CHECK_FALSE(first.is_open());
  Decision second = make();
  Decision third = std::move(second);
  CHECK(third.is_open());
  third = make();  // what it held is dropped
  third.deny("no");
  CHECK(verdicts == std::vector<std::string>{"allowed", "nobody decided", "no"});
}

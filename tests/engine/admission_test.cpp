// SPDX-License-Identifier: Apache-2.0
// Who gets in beyond the token: the host's policy, revoked tokens, and a second participant of one identity.
#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "base/time.hpp"
#include "host.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

// Asks `decide`, and keeps what it was asked.
class Doorman final : public PolicyHook {
 public:
  explicit Doorman(std::function<Verdict(const JoinRequest&)> decide) : decide_(std::move(decide)) {}
  void on_join(const JoinRequest& request, Decision decision) override {
    const std::lock_guard lock(mutex_);
    asked.push_back(request.claims.identity + " from " + request.client_address + " into " +
                    request.claims.video->room +
                    (request.room_exists ? " with " + std::to_string(request.participants) : " that is not there") +
                    (request.already_there ? ", again" : "") + (request.checking ? "?" : ""));
    decision.decide(decide_(request));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return asked;
  }

 private:
  std::function<Verdict(const JoinRequest&)> decide_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked;
};

// What a join is answered first: "accepted", or "rejected ...".
std::string first_answer(Engine& engine, const std::string& room, const std::string& identity,
                         std::unique_ptr<SignalSession>* kept = nullptr) {
  struct First {
    std::mutex mutex;
    std::condition_variable changed;
    std::string line;
  };
  const auto first = std::make_shared<First>();
  const auto sink = std::make_shared<SinkLog>();
  sink->also = [first](const std::string& line) {
    const std::lock_guard lock(first->mutex);
    if (first->line.empty()) first->line = line;
    first->changed.notify_all();
  };
  ConnectRequest request = connect_request(room, identity);
  request.remote_address = "192.0.2.7";
  auto session = engine.connect(request, sink);
  std::unique_lock lock(first->mutex);
  REQUIRE(first->changed.wait_for(lock, std::chrono::seconds(10), [&] { return !first->line.empty(); }));
  if (kept != nullptr) *kept = std::move(session);
  return first->line;
}

std::string check(Engine& engine, const std::string& room, const std::string& identity) {
  ConnectRequest request = connect_request(room, identity);
  request.path = "/rtc/validate";
  const auto verdict = engine.validate(request);
  return std::to_string(verdict.status) + ' ' + verdict.body;
}

}  // namespace

TEST_CASE("the policy sees claims, address and room of a join, and may refuse with a reason") {
  Doorman doorman([](const JoinRequest& request) {
    if (request.claims.identity == "mallory") return Verdict::deny("not you");
    if (request.participants >= 1) return Verdict::deny("one at a time");
    return Verdict::allow();
  });
  Host host;
  host.policy = &doorman;
  Engine& engine = host.start();
  CHECK(first_answer(engine, "hall", "mallory") == "rejected 403 not you");
  CHECK(engine.rooms().empty());  // nor is a room made for those who are refused
  CHECK(check(engine, "hall", "mallory") == "403 not you");
  CHECK(check(engine, "hall", "ada") == "200 success");
  std::unique_ptr<SignalSession> ada;
  CHECK(first_answer(engine, "hall", "ada", &ada) == "accepted");
  CHECK(first_answer(engine, "hall", "ada") == "rejected 403 one at a time");
  CHECK(first_answer(engine, "yard", "ben") == "accepted");
  CHECK(doorman.lines() ==
        std::vector<std::string>{
            "mallory from 192.0.2.7 into hall that is not there", "mallory from  into hall that is not there?",
            "ada from  into hall that is not there?", "ada from 192.0.2.7 into hall that is not there",
            "ada from 192.0.2.7 into hall with 1, again", "ben from 192.0.2.7 into yard that is not there"});
}

TEST_CASE("the policy changes what a participant may do, but not where") {
  Doorman doorman([](const JoinRequest& request) {
    VideoGrant grants = *request.claims.video;
    grants.can_publish = request.participants == 0;  // the first one speaks
    grants.can_update_own_metadata = true;
    grants.room = "elsewhere";
    return Verdict::allow_with(grants);
  });
  Host host;
  host.policy = &doorman;
  Engine& engine = host.start();
  std::unique_ptr<SignalSession> ada;
  std::unique_ptr<SignalSession> ben;
  CHECK(first_answer(engine, "hall", "ada", &ada) == "accepted");
  CHECK(first_answer(engine, "hall", "ben", &ben) == "accepted");
  const Room room = engine.room("hall");
  CHECK(room.participant("ada").permission()->can_publish);
  CHECK_FALSE(room.participant("ben").permission()->can_publish);
  CHECK_FALSE(room.participant("ben").permission()->can_publish_data);  // as the token's rules have it
  CHECK(room.participant("ben").permission()->can_update_metadata);
  CHECK(engine.rooms().size() == 1);
}

TEST_CASE("tokens that were revoked with a removal are refused, newer ones are not") {
  Host host;
  Engine& engine = host.start();
  const WallTime now = SystemClock().wall_now();
  std::unique_ptr<SignalSession> ada;
  CHECK(first_answer(engine, "hall", "ada", &ada) == "accepted");
  std::unique_ptr<SignalSession> ben;
  CHECK(first_answer(engine, "hall", "ben", &ben) == "accepted");
  const std::string refused = "401 invalid authorization token: token is revoked";
  REQUIRE(engine.room("hall").participant("ada").remove(now + std::chrono::seconds(2)));
  CHECK(first_answer(engine, "hall", "ada") == "rejected " + refused);
  CHECK(check(engine, "hall", "ada") == refused);
  CHECK(check(engine, "hall", "ben") == "200 success");
  CHECK(check(engine, "yard", "ada") == "200 success");
  // Of somebody who is not here, too.
  CHECK(engine.room("yard").participant("eve").remove(now + std::chrono::seconds(2)).error().code == Errc::kNotFound);
  CHECK(check(engine, "yard", "eve") == refused);
  // A removal without it only removes; and tokens made since are good.
  REQUIRE(engine.room("hall").participant("ben").remove());
  CHECK(check(engine, "hall", "ben") == "200 success");
  REQUIRE_FALSE(engine.room("hall").participant("ben").remove(now - std::chrono::hours(1)));
  CHECK(check(engine, "hall", "ben") == "200 success");
}

TEST_CASE("where it is so configured, who comes with the identity of somebody who is there is refused") {
  Host host;
  EngineOptions options = host.options();
  options.room_defaults.duplicate_identity = DuplicateIdentity::kRefuse;
  auto created = Engine::create(std::move(options));
  REQUIRE(created);
  Engine& engine = **created;
  std::unique_ptr<SignalSession> ada;
  CHECK(first_answer(engine, "hall", "ada", &ada) == "accepted");
  const auto sid = engine.room("hall").participant("ada").info()->sid;
  CHECK(first_answer(engine, "hall", "ada") == "rejected 409 ada is in the room already");
  CHECK(check(engine, "hall", "ada") == "409 ada is in the room already");
  CHECK(check(engine, "hall", "ben") == "200 success");
  CHECK(engine.room("hall").participant("ada").info()->sid == sid);
}

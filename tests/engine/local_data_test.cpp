// SPDX-License-Identifier: Apache-2.0
// What a participant of the host's own sends and asks, at its limits.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <string>

#include "host.hpp"
#include "people.hpp"
#include "sfu/local_participant.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

// Read by the test's thread while the worker writes.
class Listener final : public ClientObserver {
 public:
  void on_participant_joined(const ParticipantInfo& info) override { add("joined " + info.identity); }
  void on_text(const StreamInfo& info, const std::string& text) override { add(info.sender + ' ' + text); }
  void on_disconnected(const Disconnect&) override { add("disconnected"); }

  bool heard(const std::string& what) const {
    const std::lock_guard lock(mutex_);
    return heard_.contains(what);
  }

 private:
  void add(std::string what) {
    const std::lock_guard lock(mutex_);
    heard_.insert(std::move(what));
  }
  mutable std::mutex mutex_;
  std::set<std::string> heard_;
};

LocalParticipantOptions named(const std::string& identity) {
  LocalParticipantOptions options;
  options.claims.identity = identity;
  return options;
}

}  // namespace

TEST_CASE("a text of any size comes whole, and a call of one who has left is answered") {
  Host host;
  People people;
  Engine& engine = host.start();
  people.call(engine, "hall");
  Listener of_bot;
  const auto bot = engine.room("hall").join(named("bot"), of_bot);
  REQUIRE(bot);
  Listener listener;
  const auto other = engine.room("hall").join(named("listener"), listener);
  REQUIRE(other);
  REQUIRE(people.run_until([&] { return of_bot.heard("joined listener"); }));
  // Two clients with sockets are sent it too, over channels that hold a MiB each.
  const std::string text(5'000'000, 'x');
  (*bot)->send_text(text);
  CHECK(people.run_until([&] { return listener.heard("bot " + text); }));

  REQUIRE(engine.room("hall").participant("bot").remove());
  REQUIRE(people.run_until([&] { return of_bot.heard("disconnected"); }));
  std::atomic<int> code = 0;
  (*bot)->call("listener", "nothing", "ab", [&](const RpcResult& result) { code = std::get<RpcError>(result).code; });
  CHECK(people.run_until([&] { return code != 0; }));
  CHECK(code == 1505);
}

// SPDX-License-Identifier: Apache-2.0
// Texts of the host that are not UTF-8: refused by name where a call has a result, and nowhere sent.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "host.hpp"
#include "people.hpp"
#include "sfu/access_token.hpp"
#include "sfu/client.hpp"
#include "sfu/local_participant.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

const std::string kBad = "caf\xe9";

// Read by the test's thread while the worker writes.
class Heard final : public ClientObserver {
 public:
  void on_participant_joined(const ParticipantInfo& info) override { add("joined " + info.identity); }
  void on_participant_changed(const ParticipantInfo& info) override {
    if (!info.name.empty()) add("changed " + info.name);
  }
  void on_publish_failed(const std::string&, const Error& error) override { add("refused " + error.message); }
  void on_data(const DataMessage& data) override { add("data " + data.topic); }
  void on_text(const StreamInfo&, const std::string& text) override { add("text " + text); }
  void on_stream_opened(const StreamInfo& info) override { add("stream " + info.id); }

  bool has(const std::string& what) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::find(heard_, what) != heard_.end();
  }
  std::string all() const {
    const std::lock_guard lock(mutex_);
    std::string line;
    for (const std::string& each : heard_) line += each + ", ";
    return line;
  }

 private:
  void add(std::string what) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(std::move(what));
  }
  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
};

LocalParticipantOptions named(const std::string& identity) {
  LocalParticipantOptions options;
  options.claims.identity = identity;
  return options;
}

// What the host is told: "" where nothing is wrong.
template <typename T>
std::string refusal(const Result<T>& result) {
  if (result.has_value()) return "";
  CHECK(result.error().code == Errc::kInvalidArgument);
  return result.error().message;
}

}  // namespace

TEST_CASE("what is made of texts that are not UTF-8 is refused, by the name of the text") {
  Host host;
  EngineOptions options = host.options();
  options.node_id = kBad;
  CHECK(refusal(Engine::create(options)) == "node_id is not UTF-8");
  options = host.options();
  options.room_defaults.metadata = kBad;
  CHECK(refusal(Engine::create(options)) == "room_defaults: metadata is not UTF-8");
  options = host.options();
  options.room_presets["hall"].tags = {{"k", kBad}};
  CHECK(refusal(Engine::create(options)) == "tags is not UTF-8");
  options = host.options();
  options.ice_servers.stun = {kBad};
  CHECK(refusal(Engine::create(options)) == "ice_servers: stun is not UTF-8");

  Engine& engine = host.start();
  CHECK(refusal(engine.create_room(kBad)) == "a room's name is not UTF-8");
  RoomConfiguration configuration;
  configuration.agents = kBad;
  CHECK(refusal(engine.create_room("hall", configuration)) == "agents is not UTF-8");
  configuration.metadata = kBad;
  CHECK(refusal(engine.create_room("hall", configuration)) == "metadata is not UTF-8");
  REQUIRE(engine.create_room("hall"));
  const Room room = engine.room("hall");
  CHECK(refusal(room.set_metadata(kBad)) == "metadata is not UTF-8");
  CHECK(refusal(room.send_data({}, {.topic = kBad})) == "topic is not UTF-8");
  CHECK(refusal(room.send_data({}, {.to = {"alice", kBad}})) == "to is not UTF-8");
  CHECK(refusal(room.send_data({}, {.to_sids = {kBad}})) == "to_sids is not UTF-8");
  AgentDispatch dispatch;
  dispatch.metadata = kBad;
  CHECK(refusal(room.add_agent_dispatch(dispatch)) == "metadata is not UTF-8");
  CHECK(room.info()->metadata.empty());
  CHECK(room.send_data({}, {.nonce = std::string(16, '\xff')}));  // bytes, not a text

  Claims claims;
  claims.identity = kBad;
  CHECK(refusal(make_access_token(claims, "devkey", "secret")) == "identity is not UTF-8");
  Heard unheard;
  CHECK(refusal(Client::connect({.url = "ws://127.0.0.1:1", .metadata = kBad}, unheard)) == "metadata is not UTF-8");
}

TEST_CASE("nobody enters a room with, and nobody is given, what is not UTF-8") {
  Host host;
  Engine& engine = host.start();
  const Room room = engine.room("hall");
  Heard heard;
  LocalParticipantOptions options = named(kBad);
  CHECK(refusal(room.join(options, heard)) == "identity is not UTF-8");
  options = named("bot");
  options.claims.attributes = {{kBad, "v"}};
  CHECK(refusal(room.join(options, heard)) == "attributes is not UTF-8");
  CHECK(refusal(engine.room(kBad).join(named("bot"), heard)) == "room is not UTF-8");
  CHECK(engine.rooms().empty());

  const auto bot = room.join(named("bot"), heard);
  REQUIRE(bot);
  const Participant participant = room.participant("bot");
  CHECK(refusal(participant.update(kBad, "", {})) == "name is not UTF-8");
  CHECK(refusal(participant.update("", kBad, {})) == "metadata is not UTF-8");
  CHECK(refusal(participant.update("", "", {{"k", kBad}})) == "attributes is not UTF-8");
  CHECK(refusal(participant.update_subscriptions({kBad}, true)) == "track_sids is not UTF-8");
  RpcRequest request{.method = kBad};
  CHECK(refusal(participant.perform_rpc(request, [](const RpcResult&) {})) == "method is not UTF-8");
  request = {.method = "m", .payload = kBad};
  CHECK(refusal(participant.perform_rpc(request, [](const RpcResult&) {})) == "payload is not UTF-8");
  CHECK(refusal(participant.move_to(engine.room(kBad))) == "a room's name is not UTF-8");
  CHECK(participant.info()->name.empty());
}

TEST_CASE("an authenticator of the host's lets nobody in whose claims are not UTF-8") {
  class Doorman final : public Authenticator {
   public:
    Result<Claims> authenticate(std::string_view, WallTime) const override {
      Claims claims;
      claims.identity = "alice";
      claims.name = kBad;
      claims.video.emplace();
      claims.video->room_join = true;
      claims.video->room = "hall";
      return claims;
    }
    std::string refresh(const Claims&, WallTime, Duration) const override { return {}; }
  } doorman;
  Host host;
  EngineOptions options = host.options();
  options.authenticator = &doorman;
  Engine& engine = host.start(options);
  ConnectRequest request = connect_request("hall", "alice");
  request.path = "/rtc/validate";
  const auto verdict = engine.validate(request);
  CHECK(verdict.status == 401);
  CHECK(verdict.body == "name is not UTF-8");
}

TEST_CASE("what a participant of the host's sends that is not UTF-8 reaches nobody, and its calls are answered") {
  Host host;
  People people;
  Engine& engine = host.start();
  const Room room = engine.room("hall");
  Heard of_bot;
  Heard of_ear;
  const auto bot = room.join(named("bot"), of_bot);
  const auto ear = room.join(named("ear"), of_ear);
  REQUIRE(bot);
  REQUIRE(ear);
  REQUIRE(people.run_until([&] { return of_bot.has("joined ear"); }));

  const auto payload = std::vector<std::uint8_t>{1};
  (*bot)->send_data(payload, kBad);
  (*bot)->send_data(payload, "topic", {"ear", kBad});
  (*bot)->send_text(kBad);
  (*bot)->send_text("good", {.topic = kBad});
  (*bot)->open_stream(kBad, true);
  (*bot)->open_stream("id", true, {.attributes = {{"k", kBad}}});
  (*bot)->update(kBad, "", {});
  (*bot)->publish("voice", {.name = kBad});
  std::atomic<int> codes[2] = {0, 0};
  const auto into = [&](std::atomic<int>& code) {
    return [&code](const RpcResult& result) { code = static_cast<int>(std::get<RpcError>(result).code); };
  };
  (*bot)->call("ear", kBad, "", into(codes[0]));
  (*ear)->handle("echo", [](const RpcCall&, const RpcResponder& respond) { respond(kBad); });
  (*bot)->call("ear", "echo", "", into(codes[1]));
  (*bot)->send_data(payload, "last");
  CHECK(people.run_until([&] { return of_ear.has("data last") && codes[0] != 0 && codes[1] != 0; }));
  CHECK(codes[0] == 1505);
  CHECK(codes[1] == 1500);
  CHECK(of_ear.all() == "joined bot, data last, ");
  CHECK(of_bot.has("refused name is not UTF-8"));
  CHECK(room.participants()->size() == 2);
}

// SPDX-License-Identifier: Apache-2.0
// What a host may plug into the engine, each by its double of doubles.hpp: that it is asked, on which threads, and how
// long it is held.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "doubles.hpp"
#include "host.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

const std::thread::id kTestThread = std::this_thread::get_id();

ConnectRequest request_with(const std::string& token) {
  ConnectRequest request;
  request.path = "/rtc";
  request.query = {{"access_token", token}, {"protocol", "16"}, {"sdk", "go"}};
  return request;
}

// The join responses, as bytes, of one connection.
class Messages final : public SignalSink {
 public:
  void accepted() override {}
  void rejected(int status, std::string_view body) override {
    const std::lock_guard lock(mutex_);
    rejection_ = std::to_string(status) + ' ' + std::string(body);
  }
  void send(std::span<const std::uint8_t> bytes, bool) override {
    livekit::SignalResponse response;
    response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(response));
  }
  void close(std::uint16_t) override {}

  std::vector<livekit::SignalResponse> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  std::string rejection() const {
    const std::lock_guard lock(mutex_);
    return rejection_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<livekit::SignalResponse> all_;
  std::string rejection_;
};

}  // namespace

TEST_CASE("an authenticator of the host's own: its tokens let in, are refreshed by it, and its error is the client's") {
  const PlainTokens tokens;
  Host host;
  EngineOptions options = host.options();
  options.authenticator = &tokens;
  host.engine = *Engine::create(std::move(options));
  const auto messages = std::make_shared<Messages>();
  const auto session = host.engine->connect(request_with("hall/alice"), messages);
  CHECK(host.engine->room("hall").participant("alice").info().has_value());
  const auto all = messages->all();
  const auto refreshed = std::ranges::find_if(all, [](const auto& message) { return message.has_refresh_token(); });
  REQUIRE(refreshed != all.end());
  CHECK(refreshed->refresh_token() == "hall/alice");

  const auto refused = std::make_shared<Messages>();
  const auto none = host.engine->connect(request_with("alice"), refused);
  CHECK(refused->rejection() == "401 a token is room/identity");
}

TEST_CASE("a provider of client configurations is asked on the worker at each join") {
  ClientConfiguration configuration;
  configuration.resume_connection = ClientSetting::kDisabled;
  configuration.disabled_codecs = {"video/AV1"};
  const SameForAll provider(configuration);
  Host host;
  EngineOptions options = host.options();
  options.client_config = &provider;
  host.engine = *Engine::create(std::move(options));
  const auto messages = std::make_shared<Messages>();
  const auto session = host.engine->connect(connect_request("hall", "alice"), messages);
  CHECK(host.engine->rooms().size() == 1);
  CHECK(provider.asked() == std::vector<std::string>{"cpp"});
  CHECK_FALSE(provider.threads.ids().contains(kTestThread));
  const auto all = messages->all();
  REQUIRE_FALSE(all.empty());
  const auto& told = all.front().join().client_configuration();
  CHECK(told.resume_connection() == livekit::DISABLED);
  CHECK(told.disabled_codecs().codecs(0).mime() == "video/AV1");
}

TEST_CASE("a logger gets the lines of the levels that it wants, and none after the engine is gone") {
  for (const LogLevel level : {LogLevel::kInfo, LogLevel::kError}) {
    LoggedLines logger(level);
    Host host;
    EngineOptions options = host.options();
    options.logger = &logger;
    host.engine = *Engine::create(std::move(options));
    const auto session = host.engine->connect(connect_request("hall", "alice"), std::make_shared<SinkLog>());
    CHECK(host.engine->rooms().size() == 1);
    host.engine.reset();
    const auto lines = logger.lines();
    CHECK(lines.empty() == (level == LogLevel::kError));
    const bool names_room =
        std::ranges::any_of(lines, [](const std::string& line) { return line.find("room=hall") != std::string::npos; });
    CHECK(names_room == (level == LogLevel::kInfo));
    session->disconnected();
    CHECK(logger.lines() == lines);
  }
}

TEST_CASE("a clock of the host's own is what time is for the engine") {
  StandingClock clock;
  Host host;
  EngineOptions options = host.options();
  options.clock = &clock;
  options.room_defaults.empty_timeout = 300s;
  host.engine = *Engine::create(std::move(options));
  const auto made = host.engine->create_room("hall");
  REQUIRE(made);
  CHECK(made->created_at.time_since_epoch() / 1s == 1'700'000'000);
  clock.advance(299s);
  CHECK(host.engine->create_room("yard")->created_at.time_since_epoch() / 1s == 1'700'000'299);
  CHECK(host.engine->rooms().size() == 2);
  clock.advance(2s);
  CHECK(host.engine->create_room("attic").has_value());  // whose turn ends what is over
  const auto rooms = host.engine->rooms();
  REQUIRE(rooms.size() == 2);
  CHECK(rooms[0].name == "attic");
  CHECK(rooms[1].name == "yard");
}

TEST_CASE("a transport of the host's own is all that the engine sends and receives by, on its worker's thread") {
  const auto wire = std::make_shared<Wire>();
  const SocketAddress server{IpAddress::v4({192, 0, 2, 1}), 7882};
  const SocketAddress stranger{IpAddress::v4({192, 0, 2, 2}), 5000};
  std::thread::id made_on;
  Host host;
  EngineOptions options = host.options();
  options.make_transport = [&](unsigned) -> Result<std::unique_ptr<PacketTransport>> {
    made_on = std::this_thread::get_id();
    return std::unique_ptr<PacketTransport>(std::make_unique<WireTransport>(wire, server));
  };
  host.engine = *Engine::create(std::move(options));
  CHECK(made_on == kTestThread);
  const auto messages = std::make_shared<Messages>();
  const auto session = host.engine->connect(connect_request("hall", "alice"), messages);
  CHECK(host.engine->rooms().size() == 1);
  bool offered = false;
  for (const auto& message : messages->all()) {
    offered |= message.trickle().candidateinit().find("192.0.2.1 7882") != std::string::npos ||
               message.offer().sdp().find("192.0.2.1 7882") != std::string::npos;
  }
  CHECK(offered);

  wire->arrive(stranger, "what is this?");
  while (host.engine->counters().packets_received == 0) std::this_thread::yield();
  CHECK(host.engine->counters().dropped_unknown_source + host.engine->counters().dropped_malformed == 1);
  host.engine.reset();
  CHECK(wire.use_count() == 1);  // the engine's transports go with it
  CHECK(wire->threads.ids().size() == 1);
  CHECK_FALSE(wire->threads.ids().contains(kTestThread));
}

TEST_CASE("a transport that cannot be made is why the engine is not") {
  Host host;
  EngineOptions options = host.options();
  options.make_transport = [](unsigned) -> Result<std::unique_ptr<PacketTransport>> {
    return fail(Errc::kUnavailable, "no wire today");
  };
  const auto engine = Engine::create(std::move(options));
  REQUIRE_FALSE(engine);
  CHECK(engine.error().message == "no wire today");
}

TEST_CASE("handles are names: they may be older than their room, and outlast it, but not the engine") {
  Host host;
  Engine& engine = host.start();
  const Room room = engine.room("hall");
  const Track track = room.participant("alice").track("TR_none");
  CHECK(track.info().error().code == Errc::kNotFound);
  REQUIRE(engine.create_room("hall"));
  CHECK(room.info().has_value());
  REQUIRE(room.close());
  CHECK(room.info().error().code == Errc::kNotFound);
  CHECK(room.participant("alice").remove().error().code == Errc::kNotFound);
  CHECK(track.set_muted(true).error().code == Errc::kNotFound);
  REQUIRE(engine.create_room("hall"));
  CHECK(room.info().has_value());
  engine.stop();
  CHECK(room.info().error().code == Errc::kNotFound);
  CHECK(room.set_metadata("late").error().code == Errc::kNotFound);
}

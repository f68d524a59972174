// SPDX-License-Identifier: Apache-2.0
// What a host does with rooms and participants by the public API, on real workers; no media, so no sockets.
#include <doctest/doctest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "livekit_rtc.pb.h"
#include "sfu/engine.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace std::chrono_literals;

namespace {

class NoTransport final : public PacketTransport {
 public:
  void send(std::span<const Datagram>) override {}
  int poll_descriptor() const override { return -1; }
  bool receive(Instant, PacketSink&) override { return false; }
  std::span<const SocketAddress> candidates() const override { return {}; }
};

// A client's end of its signalling.
class Sink final : public SignalSink {
 public:
  void accepted() override {
    note([&] { status_ = 101; });
  }
  void rejected(int status, std::string_view) override {
    note([&] { status_ = status; });
  }
  void send(std::span<const std::uint8_t> message, bool) override {
    livekit::SignalResponse response;
    if (!response.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
    note([&] { messages_.push_back(std::move(response)); });
  }
  void close(std::uint16_t) override {
    note([&] { closed_ = true; });
  }

  int status() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, 5s, [&] { return status_ != 0; }));
    return status_;
  }
  livekit::SignalResponse wait_for(livekit::SignalResponse::MessageCase which) {
    std::unique_lock lock(mutex_);
    const livekit::SignalResponse* found = nullptr;
    REQUIRE(changed_.wait_for(lock, 5s, [&] {
      for (const auto& message : messages_) {
        if (message.message_case() == which) found = &message;
      }
      return found != nullptr;
    }));
    return *found;
  }
  bool closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  template <typename Change>
  void note(const Change& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<livekit::SignalResponse> messages_;
  int status_ = 0;
  bool closed_ = false;
};

struct Host {
  explicit Host(unsigned workers, bool auto_create = true) {
    EngineOptions options;
    options.workers = workers;
    options.authenticator = authenticator.get();
    options.room_defaults.auto_create = auto_create;
    options.make_transport = [](unsigned) -> Result<std::unique_ptr<PacketTransport>> {
      return std::unique_ptr<PacketTransport>(std::make_unique<NoTransport>());
    };
    engine = *Engine::create(std::move(options));
  }

  std::shared_ptr<Sink> join(const std::string& room, const std::string& identity, bool agent = false) {
    Claims claims;
    claims.identity = identity;
    claims.kind = agent ? ParticipantKind::kAgent : ParticipantKind::kStandard;
    claims.video.emplace();
    claims.video->room_join = true;
    claims.video->room = room;
    ConnectRequest request;
    request.path = "/rtc";
    request.query = {{"access_token", authenticator->refresh(claims, wall_now(), 1h)}, {"protocol", "17"}};
    auto sink = std::make_shared<Sink>();
    sessions.push_back(engine->connect(request, sink));
    return sink;
  }
  static WallTime wall_now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

  std::unique_ptr<Authenticator> authenticator = make_token_authenticator({{"devkey", "secret"}});
  std::unique_ptr<Engine> engine;
  std::vector<std::unique_ptr<SignalSession>> sessions;
};

}  // namespace

TEST_CASE("a host makes a room before anyone joins, with its settings, and changes its metadata") {
  Host host(1, /*auto_create=*/false);
  CHECK(host.join("lounge", "early")->status() == 404);
  RoomConfiguration wanted;
  wanted.max_participants = 1;
  wanted.metadata = "made by the host";
  wanted.tags = {{"tier", "gold"}};
  const auto made = host.engine->create_room("lounge", wanted);
  REQUIRE(made.has_value());
  CHECK(made->sid.starts_with("RM_"));
  CHECK(made->max_participants == 1);
  CHECK(made->empty_timeout == 300s);
  CHECK(made->tags.at("tier") == "gold");
  // One that exists stays as it is.
  const auto again = host.engine->create_room("lounge", {});
  REQUIRE(again.has_value());
  CHECK(again->sid == made->sid);
  CHECK(again->metadata == "made by the host");
  CHECK(host.engine->rooms().size() == 1);

  const auto alice = host.join("lounge", "alice");
  CHECK(alice->status() == 101);
  CHECK(host.join("lounge", "bob")->status() == 500);
  REQUIRE(host.engine->room("lounge").set_metadata("changed").has_value());
  CHECK(alice->wait_for(livekit::SignalResponse::kRoomUpdate).room_update().room().metadata() == "changed");
  CHECK(host.engine->room("lounge").info()->metadata == "changed");
  CHECK(host.engine->room("nowhere").set_metadata("x").error().code == Errc::kNotFound);
  CHECK(host.engine->create_room("lounge", {}, "nobody").error().code == Errc::kNotFound);
  CHECK(host.engine->create_room(std::string(257, 'r')).error().code == Errc::kInvalidArgument);
}

TEST_CASE("many rooms of several workers are listed, each once, and those of some names") {
  Host host(3);
  std::set<std::string> made;
  for (int i = 0; i < 700; ++i) {
    const std::string name = i == 0 ? "" : "room " + std::to_string(i);  // an empty name is a name
    made.insert(name);
    REQUIRE(host.engine->create_room(name));
  }
  std::multiset<std::string> listed;
  for (const RoomInfo& room : host.engine->rooms()) listed.insert(room.name);
  CHECK(listed == std::multiset<std::string>(made.begin(), made.end()));
  std::vector<std::string> some(std::next(made.begin(), 100), std::next(made.begin(), 600));
  some.insert(some.end(), {"nowhere", some.front()});
  listed.clear();
  for (const RoomInfo& room : host.engine->rooms(some)) listed.insert(room.name);
  CHECK(listed == std::multiset<std::string>(std::next(made.begin(), 100), std::next(made.begin(), 600)));
}

TEST_CASE("a participant moves to a new room on its own worker, and keeps its signalling") {
  Host host(2);
  const auto alice = host.join("blue", "alice");
  const auto old_sid = alice->wait_for(livekit::SignalResponse::kJoin).join().participant().sid();
  REQUIRE(host.engine->create_room("red").has_value());  // on the other worker: it has the fewest rooms
  const Participant in_blue = host.engine->room("blue").participant("alice");
  REQUIRE(in_blue.move_to(host.engine->room("green")).has_value());
  const auto moved = alice->wait_for(livekit::SignalResponse::kRoomMoved).room_moved();
  CHECK(moved.room().name() == "green");
  CHECK(moved.participant().sid() != old_sid);
  CHECK_FALSE(moved.token().empty());
  CHECK_FALSE(alice->closed());
  CHECK(in_blue.info().error().code == Errc::kNotFound);
  CHECK(host.engine->room("green").participant("alice").info()->sid == moved.participant().sid());

  // What it asks for now, it asks of the new room.
  livekit::SignalRequest request;
  request.mutable_add_track()->set_cid("camera");
  request.mutable_add_track()->set_type(livekit::VIDEO);
  const auto bytes = request.SerializeAsString();
  host.sessions.front()->receive({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, false);
  CHECK(alice->wait_for(livekit::SignalResponse::kTrackPublished).track_published().cid() == "camera");
}

TEST_CASE("a participant whose new room lives on another worker is told to join there, and is not shown there") {
  Host host(2);
  const auto alice = host.join("blue", "alice");
  CHECK(alice->status() == 101);
  REQUIRE(host.engine->create_room("red").has_value());
  const Participant in_blue = host.engine->room("blue").participant("alice");
  const auto forwarded = in_blue.forward_to(host.engine->room("red"));
  CHECK(forwarded.error().code == Errc::kFailedPrecondition);
  CHECK(forwarded.error().message == "room red lives on another worker, which media cannot reach yet");
  CHECK(in_blue.info().has_value());
  REQUIRE(in_blue.move_to(host.engine->room("red")).has_value());
  CHECK(alice->wait_for(livekit::SignalResponse::kRoomMoved).room_moved().room().name() == "red");
  const auto leave = alice->wait_for(livekit::SignalResponse::kLeave).leave();
  CHECK(leave.action() == livekit::LeaveRequest::RECONNECT);
  CHECK(in_blue.info().error().code == Errc::kNotFound);
}

TEST_CASE("a participant is shown in another room as a copy, which a host can take away again") {
  Host host(1);
  const auto alice = host.join("blue", "alice");
  const auto carol = host.join("red", "carol");
  CHECK(carol->status() == 101);
  CHECK(alice->status() == 101);
  const Participant source = host.engine->room("blue").participant("alice");
  REQUIRE(source.forward_to(host.engine->room("red")).has_value());
  const Participant copy = host.engine->room("red").participant("alice");
  CHECK(copy.info()->forwarded);
  CHECK_FALSE(source.info()->forwarded);
  CHECK(copy.info()->sid != source.info()->sid);
  CHECK(host.engine->room("red").participants()->size() == 2);
  CHECK(copy.forward_to(host.engine->room("green")).error().code == Errc::kUnsupported);
  CHECK(host.engine->room("green").info().error().code == Errc::kNotFound);
  CHECK(copy.update("Alice", "", {}).error().code == Errc::kUnsupported);
  CHECK(copy.set_permission({}).error().code == Errc::kUnsupported);
  REQUIRE(source.update("Alice", "", {}).has_value());
  CHECK(copy.info()->name == "Alice");
  REQUIRE(copy.remove().has_value());
  CHECK(copy.info().error().code == Errc::kNotFound);
  CHECK(source.info().has_value());
}

TEST_CASE("a move that cannot be says why, and leaves no room behind") {
  Host host(1);
  CHECK(host.join("blue", "helper", /*agent=*/true)->status() == 101);
  CHECK(host.join("blue", "alice")->status() == 101);
  const Room blue = host.engine->room("blue");
  const Room green = host.engine->room("green");
  CHECK(blue.participant("helper").move_to(green).error().code == Errc::kUnsupported);
  CHECK(blue.participant("nobody").move_to(green).error().code == Errc::kNotFound);
  CHECK(blue.participant("alice").move_to(blue).error().code == Errc::kInvalidArgument);
  CHECK(blue.participant("alice").move_to(host.engine->room("")).error().code == Errc::kInvalidArgument);
  CHECK(green.participant("alice").move_to(blue).error().code == Errc::kNotFound);
  CHECK(green.info().error().code == Errc::kNotFound);
  CHECK(host.engine->rooms().size() == 1);
}

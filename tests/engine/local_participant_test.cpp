// SPDX-License-Identifier: Apache-2.0
// Participants of the host's own, among people with sockets.
#include "sfu/local_participant.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "camera.hpp"
#include "host.hpp"
#include "people.hpp"
#include "rtp/packet_view.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

// Remembers what it is told. Read by the test's thread while the worker writes.
class Bot final : public ClientObserver {
 public:
  // With everything that a grant allows unless it says otherwise.
  static LocalParticipantOptions options(const std::string& identity) {
    LocalParticipantOptions options;
    options.claims.identity = identity;
    return options;
  }

  void on_connected(const RoomInfo& room, const ParticipantInfo& self) override {
    add("connected " + room.name + " as " + self.identity);
  }
  void on_ready() override { add("ready"); }
  void on_disconnected(const Disconnect& why) override { add(std::string("disconnected ") + to_string(why.reason)); }
  void on_moved(const RoomInfo& room) override { add("moved to " + room.name); }
  void on_participant_joined(const ParticipantInfo& info) override { add("joined " + info.identity); }
  void on_participant_left(const ParticipantInfo& info) override { add("left " + info.identity); }
  void on_subscribed(const std::string&, const std::string& identity, MediaCodec codec) override {
    add("subscribed " + identity + ' ' + to_string(codec));
  }
  void on_unsubscribed(const std::string&) override { add("unsubscribed"); }
  void on_published(const std::string& id, const std::string&) override { add("published " + id); }
  void on_publish_failed(const std::string& id, const Error& error) override {
    add("failed " + id + ' ' + to_string(error.code));
  }
  void on_keyframe_requested(const std::string& id, std::size_t) override { add("keyframe " + id); }
  void on_data(const DataMessage& data) override {
    add("data " + data.sender + ' ' + std::string(data.payload.begin(), data.payload.end()));
  }
  void on_text(const StreamInfo& info, const std::string& text) override { add("text " + info.sender + ' ' + text); }
  void on_rtp(const std::string& sid, std::span<const std::uint8_t> bytes, bool) override {
    const auto packet = rtp::PacketView::parse(bytes);
    REQUIRE(packet.has_value());
    const std::lock_guard lock(mutex_);
    labels_[sid].push_back(sim::Label::read(packet->payload()));
  }
  void on_frame(const std::string&, MediaCodec, const MediaFrame& frame) override {
    const std::lock_guard lock(mutex_);
    ++frames_;
    last_frame_.assign(frame.bytes.begin(), frame.bytes.end());
  }

  bool heard(const std::string& line) const { return times_heard(line) > 0; }
  std::ptrdiff_t times_heard(const std::string& line) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::count(lines_, line);
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::vector<sim::Label> labels(const std::string& sid) const {
    const std::lock_guard lock(mutex_);
    const auto found = labels_.find(sid);
    return found != labels_.end() ? found->second : std::vector<sim::Label>();
  }
  std::size_t frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  std::vector<std::uint8_t> last_frame() const {
    const std::lock_guard lock(mutex_);
    return last_frame_;
  }

 private:
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::map<std::string, std::vector<sim::Label>> labels_;
  std::size_t frames_ = 0;
  std::vector<std::uint8_t> last_frame_;
};

// A VP8 key frame of 640 by 360, as far as anyone looks who does not decode it.
std::vector<std::uint8_t> key_frame(std::uint8_t fill) {
  std::vector<std::uint8_t> frame = {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  frame.resize(3000, fill);
  return frame;
}

}  // namespace

TEST_CASE("a participant of the host's own gets each packet that the others send, and their whole frames") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  Bot observer;
  const auto bot = engine.room("hall").join(Bot::options("bot"), observer);
  REQUIRE(bot);
  CHECK((*bot)->identity() == "bot");
  REQUIRE(people.run_until([&] { return observer.heard("subscribed alice VP8") && observer.frames() > 5; }));
  const auto lines = observer.lines();
  REQUIRE(lines.size() >= 4);
  CHECK(lines[0] == "connected hall as bot");
  CHECK(observer.heard("joined alice"));
  CHECK(observer.heard("joined bob"));
  CHECK(people.run_until([&] { return std::ranges::count(alice.others(), "bot") == 1; }));

  const std::uint32_t filmed = alice.frames_filmed() + 20;
  REQUIRE(people.run_until([&] {
    const auto labels = observer.labels(alice.track_sid());
    return !labels.empty() && labels.back().frame >= filmed;
  }));
  const auto labels = observer.labels(alice.track_sid());
  CHECK(labels.front().keyframe);
  for (std::size_t i = 1; i < labels.size(); ++i) CHECK(labels[i].ordinal == labels[i - 1].ordinal + 1);

  const auto info = engine.room("hall").participant("bot").info();
  REQUIRE(info);
  CHECK(info->state == ParticipantState::kActive);
}

TEST_CASE("who was there before gets a client's very first frame: its track goes live when its connection stands") {
  Host host;
  People people;
  Engine& engine = host.start();
  Bot observer;
  const auto bot = engine.room("hall").join(Bot::options("bot"), observer);
  REQUIRE(bot);
  Person& alice = people.join(engine, "hall", "alice");
  REQUIRE(people.run_until([&] { return alice.connected(); }));
  alice.publish();
  REQUIRE(people.run_until([&] { return !observer.labels(alice.track_sid()).empty(); }));
  CHECK(observer.labels(alice.track_sid()).front().ordinal == 0);
  CHECK(people.run_until([&] { return observer.frames() > 5; }));
}

TEST_CASE("what a participant of the host's own publishes is seen, muted and withdrawn as anyone's") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  Bot observer;
  const auto bot = engine.room("hall").join(Bot::options("bot"), observer);
  REQUIRE(bot);
  (*bot)->publish("film", {.codec = MediaCodec::kVp8, .source = TrackSource::kScreenShare, .name = "film"});
  REQUIRE(people.run_until([&] { return observer.heard("published film"); }));
  const auto track = [&] { return engine.room("hall").participant("bot").info()->tracks.at(0); };
  CHECK(track().source == TrackSource::kScreenShare);
  CHECK(track().mime_type == "video/VP8");
  const std::string sid = track().sid;

  sim::Camera camera;
  Instant next = people.now();
  std::uint32_t filmed = 0;
  std::ptrdiff_t answered = 0;
  const auto film_until = [&](const auto& condition) {
    return people.run_until([&] {
      if (people.now() >= next) {
        next += sim::Camera::kInterval;
        ++filmed;
        const auto asked = observer.times_heard("keyframe film");
        if (asked > answered) camera.want_keyframe();
        answered = asked;
        for (const auto& packet : camera.next_frame()) (*bot)->write_rtp("film", packet);
      }
      return condition();
    });
  };
  const auto seen = [&](const Person& person) {
    const auto found = person.viewer().tracks().find(sid);
    return found == person.viewer().tracks().end() ? 0 : found->second.packets.size();
  };
  REQUIRE(film_until([&] { return seen(alice) > 40 && seen(bob) > 40; }));
  const auto asked_before = answered;
  Person& carol = people.join(engine, "hall", "carol");
  REQUIRE(film_until([&] { return seen(carol) > 20; }));
  CHECK(answered > asked_before);
  const auto verdict = sim::Viewer::judge(alice.viewer().tracks().at(sid), filmed - 5);
  CHECK(verdict.missing == 0);
  CHECK(verdict.incomplete_frames == 0);
  CHECK(verdict.sequence_continuous);

  (*bot)->set_muted("film", true);
  REQUIRE(people.run_until([&] { return track().muted; }));
  (*bot)->unpublish("film");
  REQUIRE(people.run_until([&] { return engine.room("hall").participant("bot").info()->tracks.empty(); }));
}

TEST_CASE("frames pass between two participants of the host's own, and nothing of it is in the network") {
  Host host;
  Engine& engine = host.start();
  Bot of_player;
  Bot of_recorder;
  const auto player = engine.room("studio").join(Bot::options("player"), of_player);
  const auto recorder = engine.room("studio").join(Bot::options("recorder"), of_recorder);
  REQUIRE(player);
  REQUIRE(recorder);
  People nobody;
  (*player)->publish("film", {.codec = MediaCodec::kVp8, .width = 640, .height = 360});
  REQUIRE(nobody.run_until([&] { return of_recorder.heard("subscribed player VP8"); }));
  for (std::uint8_t i = 0; i < 10; ++i) {
    const auto frame = key_frame(i);
    (*player)->write_frame("film", {.bytes = frame, .timestamp = i * 3000U, .is_keyframe = true});
  }
  CHECK(nobody.run_until([&] { return of_recorder.frames() == 10; }));
  CHECK(of_recorder.last_frame() == key_frame(9));
  CHECK(engine.counters().packets_received == 0);
}

TEST_CASE("H265 passes between two participants of the host's own as access units, with key frames told from others") {
  Host host;
  Engine& engine = host.start();
  Bot of_player;
  Bot of_viewer;
  const auto player = engine.room("studio").join(Bot::options("player"), of_player);
  const auto viewer = engine.room("studio").join(Bot::options("viewer"), of_viewer);
  REQUIRE(player);
  REQUIRE(viewer);
  People nobody;
  (*player)->publish("film", {.codec = MediaCodec::kH265, .width = 640, .height = 360});
  REQUIRE(nobody.run_until([&] { return of_viewer.heard("subscribed player H265"); }));
  const auto picture = [](std::uint8_t type, std::uint8_t fill) {
    std::vector<std::uint8_t> bytes = {0, 0, 0, 1, static_cast<std::uint8_t>(type << 1), 1, 0xd0};
    bytes.resize(4000, fill);
    return bytes;
  };
  std::vector<std::uint8_t> key = {0, 0, 0, 1, 0x40, 1, 0x0c, 0, 0, 0, 1, 0x42, 1, 0x60, 0, 0, 0, 1, 0x44, 1, 0xc1};
  const auto idr = picture(19, 0x33);
  key.insert(key.end(), idr.begin(), idr.end());
  const auto later = picture(1, 0x44);
  (*player)->write_frame("film", {.bytes = later, .timestamp = 0});  // nobody can begin with it
  (*player)->write_frame("film", {.bytes = key, .timestamp = 3000, .is_keyframe = true});
  REQUIRE(nobody.run_until([&] { return of_viewer.frames() == 1; }));
  CHECK(of_viewer.last_frame() == key);
  (*player)->write_frame("film", {.bytes = later, .timestamp = 6000});
  CHECK(nobody.run_until([&] { return of_viewer.frames() == 2; }));
  CHECK(of_viewer.last_frame() == later);
}

TEST_CASE("frames that wait for a lost packet come before the end of their track is told") {
  Host host;
  Engine& engine = host.start();
  Bot of_singer;
  Bot of_listener;
  const auto singer = engine.room("studio").join(Bot::options("singer"), of_singer);
  const auto listener = engine.room("studio").join(Bot::options("listener"), of_listener);
  REQUIRE(singer);
  REQUIRE(listener);
  People nobody;
  (*singer)->publish("song", {.codec = MediaCodec::kOpus, .source = TrackSource::kMicrophone});
  REQUIRE(nobody.run_until([&] { return of_listener.heard("subscribed singer opus"); }));
  for (std::uint8_t i = 0; i < 10; ++i) {
    const std::vector<std::uint8_t> packet = {0x80, 111, 0, i, 0, 0, 0x10, i, 0, 0, 0, 1, 0xf8, i};
    if (i != 4) (*singer)->write_rtp("song", packet);
  }
  REQUIRE(nobody.run_until([&] { return of_listener.frames() >= 4; }));
  SUBCASE("by its publisher") {
    (*singer)->unpublish("song");
    REQUIRE(nobody.run_until([&] { return of_listener.heard("unsubscribed"); }));
  }
  SUBCASE("with the room") {
    REQUIRE(engine.room("studio").close());
    REQUIRE(nobody.run_until([&] { return of_listener.heard("disconnected room_deleted"); }));
  }
  CHECK(of_listener.frames() == 9);
}

TEST_CASE("data, texts and calls pass between people and participants of the host's own") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  Bot of_one;
  Bot of_other;
  const auto one = engine.room("hall").join(Bot::options("one"), of_one);
  const auto other = engine.room("hall").join(Bot::options("other"), of_other);
  REQUIRE(one);
  REQUIRE(other);
  REQUIRE(people.run_until([&] { return of_one.heard("joined other"); }));

  REQUIRE(alice.send("from alice"));
  CHECK(people.run_until(
      [&] { return of_one.heard("data alice from alice") && of_other.heard("data alice from alice"); }));
  const std::string hello = "hello";
  (*one)->send_data(as_bytes(hello));
  CHECK(people.run_until([&] { return of_other.heard("data one hello") && alice.texts().back() == "hello"; }));
  CHECK_FALSE(of_one.heard("data one hello"));
  (*one)->send_text(std::string(40'000, 'x'), {.topic = "chat", .to = {"other"}});
  CHECK(people.run_until([&] { return of_other.heard("text one " + std::string(40'000, 'x')); }));

  (*other)->handle("double", [](const RpcCall& call, const RpcResponder& respond) {
    respond(call.caller + ':' + call.payload + call.payload);
  });
  std::mutex mutex;
  std::vector<std::string> answers;
  const auto keep = [&](const RpcResult& result) {
    const std::lock_guard lock(mutex);
    const auto* payload = std::get_if<std::string>(&result);
    answers.push_back(payload != nullptr ? *payload : std::to_string(std::get<RpcError>(result).code));
  };
  const auto answered = [&](std::size_t count) {
    return people.run_until([&] {
      const std::lock_guard lock(mutex);
      return answers.size() == count;
    });
  };
  (*one)->call("other", "double", "ab", keep);
  REQUIRE(answered(1));
  (*one)->call("other", "nothing", "ab", keep);
  REQUIRE(answered(2));
  REQUIRE(engine.room("hall").participant("other").perform_rpc({.method = "double", .payload = "cd"}, keep));
  REQUIRE(answered(3));
  CHECK(answers[0] == "one:abab");
  CHECK(answers[1] == "1400");
  CHECK(answers[2].ends_with(":cdcd"));
}

TEST_CASE("a participant of the host's own may do what its grants say, and is turned away as anyone is") {
  Host host;
  People people;
  Engine& engine = host.start();
  Bot observer;
  auto options = Bot::options("");
  CHECK(engine.room("hall").join(options, observer).error().code == Errc::kInvalidArgument);
  options = Bot::options("bot");
  options.claims.room_preset = "none of that name";
  CHECK(engine.room("hall").join(options, observer).error().code == Errc::kNotFound);
  CHECK(engine.rooms().empty());

  options = Bot::options("bot");
  options.claims.video.emplace().can_publish = false;
  const auto bot = engine.room("hall").join(options, observer);
  REQUIRE(bot);
  (*bot)->publish("film", {});
  CHECK(people.run_until(
      [&] { return observer.heard(std::string("failed film ") + to_string(Errc::kPermissionDenied)); }));

  RoomConfiguration small;
  small.max_participants = 1;
  REQUIRE(engine.create_room("small", small));
  Bot first;
  Bot second;
  const auto in = engine.room("small").join(Bot::options("first"), first);
  REQUIRE(in);
  CHECK(engine.room("small").join(Bot::options("second"), second).error().code == Errc::kLimitExceeded);
  CHECK(second.lines().empty());
}

TEST_CASE("a participant of the host's own ends as anyone does, and its observer hears the end last") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  Bot observer;
  auto bot = engine.room("hall").join(Bot::options("bot"), observer);
  REQUIRE(bot);
  REQUIRE(people.run_until([&] { return std::ranges::count(alice.others(), "bot") == 1; }));
  SUBCASE("by its own wish") {
    (*bot)->leave();
    CHECK(people.run_until([&] { return observer.heard("disconnected client_initiated"); }));
  }
  SUBCASE("removed") {
    REQUIRE(engine.room("hall").participant("bot").remove());
    CHECK(people.run_until([&] { return observer.heard("disconnected participant_removed"); }));
  }
  SUBCASE("by another of its identity") {
    Bot newer;
    const auto another = engine.room("hall").join(Bot::options("bot"), newer);
    REQUIRE(another);
    CHECK(people.run_until(
        [&] { return observer.heard("disconnected duplicate_identity") && newer.heard("connected hall as bot"); }));
  }
  SUBCASE("with its room") {
    REQUIRE(engine.room("hall").close());
    CHECK(people.run_until([&] { return observer.heard("disconnected room_deleted"); }));
  }
  SUBCASE("with the engine") {
    engine.stop();
    CHECK(observer.heard("disconnected server_shutdown"));
  }
  SUBCASE("destroyed") {
    bot->reset();
    CHECK(observer.heard("disconnected client_initiated"));
    CHECK(people.run_until([&] { return alice.others().size() == 1; }));
  }
  CHECK(observer.lines().back().starts_with("disconnected"));
}

TEST_CASE("a participant of the host's own that is moved sees the other room, and hears who is there") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  Bot observer;
  const auto bot = engine.room("lobby").join(Bot::options("bot"), observer);
  REQUIRE(bot);
  REQUIRE(engine.room("lobby").participant("bot").move_to(engine.room("hall")));
  CHECK(people.run_until([&] { return observer.heard("moved to hall") && observer.heard("subscribed alice VP8"); }));
  CHECK(people.run_until([&] { return !observer.labels(alice.track_sid()).empty(); }));
  CHECK(people.run_until([&] { return std::ranges::count(alice.others(), "bot") == 1; }));
}

TEST_CASE("an observer may use its own participant, from where it is called") {
  class Echo final : public ClientObserver {
   public:
    void on_data(const DataMessage& data) override {
      joined_from_worker = room->join(Bot::options("nested"), nested).error().code;
      participant->send_data(data.payload, "echo", {data.sender});  // who hears it looks at the other
    }
    LocalParticipant* participant = nullptr;
    const Room* room = nullptr;
    Bot nested;
    std::optional<Errc> joined_from_worker;
  };
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  const Room room = engine.room("hall");
  Echo echo;
  echo.room = &room;
  auto options = Bot::options("echo");
  const auto bot = room.join(options, echo);
  REQUIRE(bot);
  echo.participant = bot->get();
  REQUIRE(people.run_until([&] { return std::ranges::count(alice.others(), "echo") == 1; }));
  const std::size_t before = alice.texts().size();
  REQUIRE(alice.send("again"));
  REQUIRE(people.run_until([&] { return alice.texts().size() > before; }));
  CHECK(alice.texts().back() == "again");
  CHECK(echo.joined_from_worker == Errc::kFailedPrecondition);
}

TEST_CASE("a participant of the host's own comes and goes on the thread that drives the engine") {
  Host host;
  Engine& engine = host.start_driven();
  Bot observer;
  auto bot = engine.room("hall").join(Bot::options("bot"), observer);
  REQUIRE(bot);
  engine.run_once();
  CHECK(observer.heard("connected hall as bot"));
  bot->reset();
  CHECK(observer.lines().back() == "disconnected client_initiated");
}

TEST_CASE("what participants of the host's own ask for in one turn is done in its order, to the end of their room") {
  Host host;
  Engine& engine = host.start_driven();
  Bot of_singer;
  Bot of_listener;
  const auto singer = engine.room("hall").join(Bot::options("singer"), of_singer);
  const auto listener = engine.room("hall").join(Bot::options("listener"), of_listener);
  REQUIRE(singer);
  REQUIRE(listener);
  engine.run_once();
  std::uint8_t sequence = 0;
  const auto sing = [&](int packets) {
    for (; packets > 0; --packets, ++sequence) {
      const std::vector<std::uint8_t> packet = {0x80, 111, 0, sequence, 0, 0, 0x10, sequence, 0, 0, 0, 1, 0xf8};
      (*singer)->write_rtp("song", packet);
    }
  };
  sing(1);  // of no track yet
  (*singer)->publish("song", {.codec = MediaCodec::kOpus, .source = TrackSource::kMicrophone});
  sing(2);
  (*singer)->unpublish("song");
  sing(4);
  (*singer)->publish("song", {.codec = MediaCodec::kOpus, .source = TrackSource::kMicrophone});
  sing(100);
  REQUIRE(engine.room("hall").close());  // takes the turn
  CHECK(of_listener.frames() == 102);
  CHECK(std::ranges::count(of_listener.lines(), "unsubscribed") == 1);
  CHECK(of_listener.lines().back() == "disconnected room_deleted");
}

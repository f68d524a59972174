// SPDX-License-Identifier: Apache-2.0
// A host's filters on tracks of people with sockets and of its own participants.
#include "sfu/packet_filter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "camera.hpp"
#include "codec/vp8.hpp"
#include "doubles.hpp"
#include "host.hpp"
#include "people.hpp"
#include "rtp/packet_view.hpp"
#include "sfu/local_participant.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;

// Does what the test says, and remembers what it was shown. Read by the test's thread while the worker writes.
class Tap final : public PacketFilter {
 public:
  using Decide = std::function<PacketVerdict(const TrackPacket&, std::span<std::uint8_t>)>;
  explicit Tap(Decide decide = {}) : decide_(std::move(decide)) {}

  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    threads.note();
    {
      const std::lock_guard lock(mutex_);
      labels_.push_back(sim::Label::read(packet.payload));
      frames_ += packet.starts_frame;
      mime_type_ = packet.mime_type;
    }
    ++packets;
    return decide_ ? decide_(packet, room) : PacketVerdict::pass();
  }
  void on_ended() noexcept override { ++ended; }

  std::vector<sim::Label> labels() const {
    const std::lock_guard lock(mutex_);
    return labels_;
  }
  std::size_t frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  std::string mime_type() const {
    const std::lock_guard lock(mutex_);
    return mime_type_;
  }

  std::atomic<std::size_t> packets = 0;
  std::atomic<int> ended = 0;
  Threads threads;

 private:
  Decide decide_;
  mutable std::mutex mutex_;
  std::vector<sim::Label> labels_;
  std::size_t frames_ = 0;
  std::string mime_type_;
};

// A participant of the host's own that keeps what it receives.
class Listener final : public ClientObserver {
 public:
  static LocalParticipantOptions options(const std::string& identity) {
    LocalParticipantOptions options;
    options.claims.identity = identity;
    return options;
  }
  void on_connected(const RoomInfo&, const ParticipantInfo&) override {
    if (also_connected) also_connected();
  }
  void on_subscribed(const std::string&, const std::string&, MediaCodec) override { ++subscribed; }
  void on_published(const std::string&, const std::string& sid) override {
    const std::lock_guard lock(mutex_);
    published_ = sid;
  }
  void on_rtp(const std::string&, std::span<const std::uint8_t> bytes, bool) override {
    const auto packet = rtp::PacketView::parse(bytes);
    REQUIRE(packet);
    const std::lock_guard lock(mutex_);
    payloads_.emplace_back(packet->payload().begin(), packet->payload().end());
    sequence_.push_back(packet->sequence_number());
  }
  void on_frame(const std::string&, MediaCodec, const MediaFrame& frame) override {
    const std::lock_guard lock(mutex_);
    frames_.emplace_back(frame.bytes.begin(), frame.bytes.end());
  }

  std::vector<Bytes> payloads() const {
    const std::lock_guard lock(mutex_);
    return payloads_;
  }
  std::vector<std::uint16_t> sequence() const {
    const std::lock_guard lock(mutex_);
    return sequence_;
  }
  std::vector<Bytes> frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  std::string published() const {
    const std::lock_guard lock(mutex_);
    return published_;
  }
  std::atomic<int> subscribed = 0;
  std::function<void()> also_connected;

 private:
  mutable std::mutex mutex_;
  std::string published_;
  std::vector<Bytes> payloads_;
  std::vector<std::uint16_t> sequence_;
  std::vector<Bytes> frames_;
};

// The host's own secret: all but what a VP8 decoder must see to know a frame.
constexpr std::uint8_t kKey = 0x5a;
std::size_t clear_bytes(bool starts_frame, bool keyframe) {
  if (!starts_frame) return 0;
  return keyframe ? 10 : 3;
}
PacketVerdict encrypt(const TrackPacket& packet, std::span<std::uint8_t> room) {
  const std::size_t clear = std::min(clear_bytes(packet.starts_frame, packet.starts_keyframe), packet.payload.size());
  const auto rest = std::ranges::copy(packet.payload.first(clear), room.begin()).out;
  std::ranges::transform(packet.payload.subspan(clear), rest,
                         [](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ kKey); });
  return PacketVerdict::replace(packet.payload.size());
}
Bytes decrypt(Bytes bytes, std::size_t clear) {
  for (std::size_t i = clear; i < bytes.size(); ++i) bytes[i] ^= kKey;
  return bytes;
}
Bytes decrypt_packet(const Bytes& payload) {
  const auto descriptor = codec::parse_vp8(payload);
  REQUIRE(descriptor);
  return decrypt(payload, descriptor->size + clear_bytes(descriptor->starts_frame(), descriptor->is_keyframe));
}

// A VP8 key frame of 640 by 360, as far as anyone looks who does not decode it.
Bytes key_frame(std::uint8_t fill) {
  Bytes frame = {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  frame.resize(3000, fill);
  return frame;
}

// A film of the host's own in a room, and somebody who watches it.
struct Cinema {
  explicit Cinema(Engine& of, const std::string& room = "cinema") : engine(of), name(room) {
    player = *of.room(room).join(Listener::options("player"), of_player);
    watcher = *of.room(room).join(Listener::options("watcher"), of_watcher);
    player->publish("film", {.codec = MediaCodec::kVp8, .width = 640, .height = 360});
    REQUIRE(people.run_until([&] { return of_watcher.subscribed == 1 && !of_player.published().empty(); }));
  }
  Track track() const { return engine.room(name).participant("player").track(of_player.published()); }
  void play(int frames) {
    for (int i = 0; i < frames; ++i) {
      const Bytes frame = key_frame(static_cast<std::uint8_t>(played));
      player->write_frame("film", {.bytes = frame, .timestamp = 3000U * played++, .is_keyframe = true});
    }
  }
  // Plays on until it holds.
  bool play_until(const std::function<bool()>& condition) {
    return people.run_until([&] {
      play(1);
      return condition();
    });
  }

  Engine& engine;
  std::string name;
  Listener of_player;
  Listener of_watcher;
  std::unique_ptr<LocalParticipant> player;
  std::unique_ptr<LocalParticipant> watcher;
  People people;  // nobody; they wait
  std::uint32_t played = 0;
};

bool is_gapless(const std::vector<std::uint16_t>& sequence) {
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    if (static_cast<std::uint16_t>(sequence[i] - sequence[i - 1]) != 1) return false;
  }
  return true;
}

// Of the one track that somebody watches.
const std::map<std::int64_t, sim::Viewer::Track::Packet>& seen_by(const Person& person) {
  static const std::map<std::int64_t, sim::Viewer::Track::Packet> nothing;
  const auto& tracks = person.viewer().tracks();
  return tracks.size() == 1 ? tracks.begin()->second.packets : nothing;
}

}  // namespace

static_assert(noexcept(std::declval<PacketFilter&>().on_packet(std::declval<const TrackPacket&>(), {})));
static_assert(!std::is_copy_constructible_v<AttachedFilter>);
static_assert(std::is_nothrow_move_constructible_v<AttachedFilter>);

TEST_CASE("what a host encrypts in a filter nobody reads but who has its key: as packets and as frames") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  Tap cipher(encrypt);
  auto attached = engine.room("hall").participant("alice").track(alice.track_sid()).attach(cipher);
  REQUIRE(attached);
  REQUIRE(people.run_until([&] { return cipher.packets > 0; }));

  Listener listener;
  auto options = Listener::options("listener");
  options.auto_subscribe = false;
  const auto bot = engine.room("hall").join(options, listener);
  REQUIRE(bot);
  (*bot)->subscribe(alice.track_sid(), true);
  REQUIRE(people.run_until([&] { return listener.payloads().size() > 30 && listener.frames().size() > 10; }));
  // Each packet is one of those that the filter was shown, in their order.
  const auto shown = cipher.labels();
  const auto payloads = listener.payloads();
  const auto first = sim::Label::read(decrypt_packet(payloads[0]));
  CHECK(first.keyframe);
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const auto label = sim::Label::read(decrypt_packet(payloads[i]));
    REQUIRE(label.ordinal == first.ordinal + i);
    const bool known = std::ranges::find(shown, label.ordinal, &sim::Label::ordinal) != shown.end();
    CHECK(known);
    CHECK(sim::Label::read(payloads[i]).ordinal != label.ordinal);
  }
  std::uint32_t frame = first.frame;
  for (const Bytes& bytes : listener.frames()) {
    const auto label = sim::Label::read(decrypt(bytes, bytes[0] & 1 ? 3 : 10));
    CHECK(label.frame == frame++);
    CHECK(label.index + 1 == label.count);
  }
  // Bob, in the network, gets the same; his viewer has no key.
  const auto& newest = seen_by(bob).rbegin()->second.label;
  CHECK(people.run_until([&] { return seen_by(bob).rbegin()->second.label.ordinal != newest.ordinal; }));
  CHECK(newest.ordinal > alice.frames_filmed() * 4);

  // Without the filter everybody reads again, without a break.
  attached->detach();
  const std::uint32_t filmed = alice.frames_filmed() + 5;
  REQUIRE(people.run_until([&] {
    return seen_by(bob).rbegin()->second.label.frame >= filmed &&
           seen_by(bob).rbegin()->second.label.frame < filmed + 9;
  }));
  std::int64_t before = seen_by(bob).begin()->first - 1;
  for (const auto& [sequence, packet] : seen_by(bob)) CHECK(sequence == ++before);
}

TEST_CASE("a host that marks frames and counts them sees as many as were published, and everybody gets the mark") {
  constexpr std::uint8_t kMark = 0x77;
  Host host;
  Engine& engine = host.start();
  Cinema cinema(engine);
  Tap counter;
  Tap marker([](const TrackPacket& packet, std::span<std::uint8_t> room) {
    if (!packet.marker) return PacketVerdict::pass();
    *std::ranges::copy(packet.payload, room.begin()).out = kMark;
    return PacketVerdict::replace(packet.payload.size() + 1);
  });
  const auto counting = cinema.track().attach(counter);
  const auto marking = cinema.track().attach(marker);
  REQUIRE(counting);
  REQUIRE(marking);
  cinema.play(50);
  REQUIRE(cinema.people.run_until([&] { return cinema.of_watcher.frames().size() == 50; }));
  CHECK(counter.frames() == 50);
  CHECK(counter.mime_type() == "video/VP8");
  CHECK(counter.packets == cinema.of_watcher.payloads().size());
  const auto frames = cinema.of_watcher.frames();
  for (std::uint8_t i = 0; i < 50; ++i) {
    Bytes expected = key_frame(i);
    expected.push_back(kMark);
    CHECK(frames[i] == expected);
  }
}

TEST_CASE("frames that a filter drops leave no gap in the network, and the statistics tell of them") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  // Every second frame that no key frame begins with, whole.
  Tap halver([](const TrackPacket& packet, auto) {
    const auto label = sim::Label::read(packet.payload);
    return !label.keyframe && label.frame % 2 == 1 ? PacketVerdict::drop() : PacketVerdict::pass();
  });
  const auto attached = engine.room("hall").participant("alice").track(alice.track_sid()).attach(halver);
  REQUIRE(attached);
  const std::uint32_t from = alice.frames_filmed() + 2;
  REQUIRE(people.run_until([&] { return seen_by(bob).rbegin()->second.label.frame > from + 30; }));
  std::int64_t before = seen_by(bob).begin()->first - 1;
  for (const auto& [sequence, packet] : seen_by(bob)) {
    CHECK(sequence == ++before);
    if (packet.label.frame >= from && !packet.label.keyframe) CHECK(packet.label.frame % 2 == 0);
  }
  const auto statistics = engine.room("hall").statistics();
  REQUIRE(statistics);
  for (const auto& stream : statistics->streams) {
    if (stream.publisher == "alice") {
      CHECK(stream.filtered >= 30);
      CHECK(stream.lost == 0);
    } else {
      CHECK(stream.filtered == 0);
    }
  }
  CHECK(people.run_until([&] { return engine.statistics().traffic.filtered.packets >= 30; }));
  CHECK(engine.statistics().traffic.to_publishers.nacks == 0);
  CHECK(engine.statistics().traffic.from_subscribers.nacks == 0);
}

TEST_CASE("a filter that is attached where the publication is told of misses no packet") {
  Host host;
  People people;
  Tap tap;
  std::mutex mutex;
  std::optional<Result<AttachedFilter>> attached;
  host.events.also = [&](const Event& event) {
    if (event.kind != EventKind::kTrackPublished || event.participant.identity != "alice") return;
    const std::lock_guard lock(mutex);
    attached = host.engine->room("hall").participant("alice").track(event.track.sid).attach(tap);
  };
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  const std::uint32_t filmed = alice.frames_filmed() + 5;
  REQUIRE(people.run_until([&] { return !tap.labels().empty() && tap.labels().back().frame > filmed; }));
  const auto labels = tap.labels();
  CHECK(labels.front().keyframe);
  for (std::size_t i = 1; i < labels.size(); ++i) CHECK(labels[i].ordinal == labels[i - 1].ordinal + 1);
  const std::size_t before = tap.packets;
  const auto statistics = engine.room("hall").statistics();
  const std::size_t after = tap.packets;
  REQUIRE(statistics);
  const auto stream = std::ranges::find(statistics->streams, "alice", &StreamStatistics::publisher);
  REQUIRE(stream != statistics->streams.end());
  CHECK(stream->packets >= before);
  CHECK(stream->packets <= after);
  const std::lock_guard lock(mutex);
  REQUIRE(attached);
  CHECK(attached->has_value());
  attached.reset();
}

TEST_CASE("after a filter was detached, from any thread or from within itself, it is called no more") {
  Host host;
  Engine& engine = host.start();
  Cinema cinema(engine);
  SUBCASE("by destroying what attaching gave") {
    for (int round = 0; round < 20; ++round) {
      Tap tap;
      {
        auto attached = cinema.track().attach(tap);
        REQUIRE(attached);
        REQUIRE(cinema.play_until([&] { return tap.packets > 0; }));
      }
      const std::size_t packets = tap.packets;
      const std::size_t seen = cinema.of_watcher.payloads().size();
      REQUIRE(cinema.play_until([&] { return cinema.of_watcher.payloads().size() > seen + 5; }));
      CHECK(tap.packets == packets);
    }
  }
  SUBCASE("by several threads, while media flows") {
    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    std::atomic<int> called = 0;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        while (!over) {
          Tap tap;
          const auto attached = cinema.track().attach(tap);
          if (!attached) break;
          for (int look = 0; look < 100 && tap.packets == 0 && !over; ++look) std::this_thread::yield();
          called += tap.packets > 0;
        }
      });
    }
    CHECK(cinema.play_until([&] { return called > 20; }));
    over = true;
    for (auto& thread : threads) thread.join();
  }
  SUBCASE("from within on_packet()") {
    std::mutex mutex;
    AttachedFilter attached;
    const Track track = cinema.track();
    CHECK_FALSE(track.on_worker());
    CHECK_FALSE(attached.on_worker());
    Tap tap([&](const TrackPacket&, auto) {
      const std::lock_guard lock(mutex);
      CHECK(track.on_worker());
      CHECK(attached.on_worker());
      attached.detach();
      return PacketVerdict::pass();
    });
    {
      const std::lock_guard lock(mutex);
      auto result = cinema.track().attach(tap);
      REQUIRE(result);
      attached = *std::move(result);
    }
    const std::size_t seen = cinema.of_watcher.payloads().size();
    REQUIRE(cinema.play_until([&] { return cinema.of_watcher.payloads().size() > seen + 5; }));
    CHECK(tap.packets == 1);
  }
  SUBCASE("by moving another one there") {
    Tap first;
    Tap second;
    AttachedFilter attached = *cinema.track().attach(first);
    REQUIRE(cinema.play_until([&] { return first.packets > 0; }));
    attached = *cinema.track().attach(second);
    const std::size_t packets = first.packets;
    REQUIRE(cinema.play_until([&] { return second.packets > 3; }));
    CHECK(first.packets == packets);
    attached = AttachedFilter();
    CHECK(second.ended == 0);
  }
  CHECK(cinema.of_watcher.frames().size() > 1);
}

TEST_CASE("a filter hears once that its track has ended, however it ends, unless it was detached before") {
  Host host;
  Engine& engine = host.start();
  Cinema cinema(engine);
  Tap tap;
  Tap detached;
  auto attached = cinema.track().attach(tap);
  REQUIRE(attached);
  REQUIRE(cinema.track().attach(detached));  // and gone at once
  const auto ends = [&] { return cinema.people.run_until([&] { return tap.ended == 1; }); };
  SUBCASE("unpublished") {
    cinema.player->unpublish("film");
    CHECK(ends());
  }
  SUBCASE("its publisher leaves") {
    cinema.player->leave();
    CHECK(ends());
  }
  SUBCASE("its publisher is removed") {
    REQUIRE(engine.room("cinema").participant("player").remove());
    CHECK(tap.ended == 1);
  }
  SUBCASE("its room is closed") {
    REQUIRE(engine.room("cinema").close());
    CHECK(tap.ended == 1);
  }
  SUBCASE("the engine stops") {
    engine.stop();
    CHECK(tap.ended == 1);
  }
  attached->detach();
  attached->detach();
  CHECK(tap.ended == 1);
  CHECK(detached.ended == 0);
}

TEST_CASE("filters go with a track that is moved to another room") {
  Host host;
  Engine& engine = host.start();
  Cinema cinema(engine);
  Tap cipher(encrypt);
  const auto attached = cinema.track().attach(cipher);
  REQUIRE(attached);
  REQUIRE(cinema.play_until([&] { return cipher.packets > 0; }));
  Listener of_critic;
  const auto critic = engine.room("festival").join(Listener::options("critic"), of_critic);
  REQUIRE(critic);
  REQUIRE(engine.room("cinema").participant("player").move_to(engine.room("festival")));
  REQUIRE(cinema.play_until([&] { return of_critic.frames().size() > 3; }));
  for (const Bytes& frame : of_critic.frames()) {
    const Bytes clear = decrypt(frame, 10);
    CHECK(clear == key_frame(clear.back()));
  }
  CHECK(cipher.ended == 0);
  // There it is found by its new room.
  Tap late;
  CHECK(cinema.track().attach(late).error().code == Errc::kNotFound);
  CHECK(engine.room("festival").participant("player").track(cinema.of_player.published()).attach(late));
}

TEST_CASE("both rooms of a forwarded participant get what one pass through its filters gives") {
  Host host;
  Engine& engine = host.start();
  Cinema cinema(engine);
  Listener of_critic;
  const auto critic = engine.room("festival").join(Listener::options("critic"), of_critic);
  REQUIRE(critic);
  REQUIRE(engine.room("cinema").participant("player").forward_to(engine.room("festival")));
  REQUIRE(cinema.people.run_until([&] { return of_critic.subscribed == 1; }));
  Tap cipher(encrypt);
  const auto attached = cinema.track().attach(cipher);
  REQUIRE(attached);
  cinema.play(10);
  REQUIRE(cinema.people.run_until(
      [&] { return of_critic.frames().size() == 10 && cinema.of_watcher.frames().size() == 10; }));
  CHECK(cipher.frames() == 10);
  for (std::uint8_t i = 0; i < 10; ++i) {
    CHECK(decrypt(of_critic.frames()[i], 10) == key_frame(i));
    CHECK(decrypt(cinema.of_watcher.frames()[i], 10) == key_frame(i));
  }
  Tap there;
  const Track copy = engine.room("festival").participant("player").track(cinema.of_player.published());
  CHECK(copy.attach(there).error().code == Errc::kUnsupported);
}

TEST_CASE("a filter cannot be attached to what is not there, nor from another worker") {
  Host host;
  EngineOptions options = host.options();
  options.workers = 2;
  host.engine = *Engine::create(std::move(options));
  Engine& engine = *host.engine;
  Cinema cinema(engine);
  Tap tap;
  CHECK(engine.room("nowhere").participant("player").track("TR_x").attach(tap).error().code == Errc::kNotFound);
  CHECK(engine.room("cinema").participant("nobody").track("TR_x").attach(tap).error().code == Errc::kNotFound);
  CHECK(engine.room("cinema").participant("player").track("TR_x").attach(tap).error().code == Errc::kNotFound);

  std::optional<Errc> refused;
  Listener elsewhere;
  elsewhere.also_connected = [&] { refused = cinema.track().attach(tap).error().code; };
  {
    const auto joined = engine.room("another").join(Listener::options("other"), elsewhere);
    REQUIRE(joined);
    REQUIRE(cinema.people.run_until([&] { return engine.room("another").participants()->size() == 1; }));
  }  // waits for what it is told
  CHECK(refused == Errc::kFailedPrecondition);

  const Track track = cinema.track();
  engine.stop();
  CHECK_FALSE(track.attach(tap));
  CHECK(tap.packets == 0);
}

TEST_CASE("where the host drives the engine, filters come and go and are called on its thread") {
  Host host;
  EngineOptions options = host.options();
  options.host_driven = true;
  host.engine = *Engine::create(std::move(options));
  Engine& engine = *host.engine;
  Listener of_player;
  Listener of_watcher;
  const auto player = engine.room("cinema").join(Listener::options("player"), of_player);
  const auto watcher = engine.room("cinema").join(Listener::options("watcher"), of_watcher);
  REQUIRE(player);
  REQUIRE(watcher);
  (*player)->publish("film", {.codec = MediaCodec::kVp8});
  for (int turn = 0; turn < 5; ++turn) engine.run_once();
  REQUIRE(of_watcher.subscribed == 1);
  const Track track = engine.room("cinema").participant("player").track(of_player.published());
  std::uint32_t played = 0;
  const auto play = [&] {
    const Bytes frame = key_frame(1);
    (*player)->write_frame("film", {.bytes = frame, .timestamp = 3000 * played++, .is_keyframe = true});
    for (int turn = 0; turn < 3; ++turn) engine.run_once();
  };
  AttachedFilter own;
  Tap cipher(encrypt);
  Tap once([&](const TrackPacket&, auto) {
    own.detach();
    return PacketVerdict::pass();
  });
  {
    auto attached = track.attach(cipher);
    REQUIRE(attached);
    own = *track.attach(once);
    play();
    play();
    CHECK(cipher.frames() == 2);
    CHECK(once.packets == 1);
    REQUIRE(of_watcher.frames().size() == 2);
    CHECK(decrypt(of_watcher.frames()[0], 10) == key_frame(1));
  }
  play();
  CHECK(cipher.frames() == 2);
  CHECK(of_watcher.frames().back() == key_frame(1));
  CHECK(is_gapless(of_watcher.sequence()));
  CHECK(cipher.threads.ids() == std::set<std::thread::id>{std::this_thread::get_id()});
}

// SPDX-License-Identifier: Apache-2.0
// A host's filters on tracks of people with sockets and of its own participants.
#include <doctest/doctest.h>

#include "filters.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

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

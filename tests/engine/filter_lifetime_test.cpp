// SPDX-License-Identifier: Apache-2.0
// How a host's filters come and go, and where they go along.
#include <doctest/doctest.h>

#include "filters.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

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

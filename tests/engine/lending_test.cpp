// SPDX-License-Identifier: Apache-2.0
// A room that is larger than its worker: the others seal and send for some of its subscribers.
#include <doctest/doctest.h>

#include <thread>

#include "host.hpp"
#include "people.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kSubscribers = 60;

// One who films for all the others.
struct Broadcast {
  explicit Broadcast(unsigned workers) {
    EngineOptions options = host.options();
    options.workers = workers;
    options.lend_above = 0;  // whatever the difference
    options.statistics_interval = 50ms;
    engine = &host.start(std::move(options));
    camera = &people.join(*engine, "hall", "camera");
    for (std::size_t i = 0; i < kSubscribers; ++i) {
      subscribers.push_back(&people.join(*engine, "hall", "subscriber-" + std::to_string(i)));
    }
    REQUIRE(people.run_until([&] { return std::ranges::all_of(subscribers, &Person::connected); }, 120s));
    camera->publish(20ms);
  }

  // Until so much has been sent by other workers since now.
  bool run_while_lent(std::uint64_t datagrams) {
    const std::uint64_t before = engine->statistics().datagrams_lent;
    return people.run_until([&] { return engine->statistics().datagrams_lent >= before + datagrams; }, 60s);
  }

  Host host;
  People people;
  Engine* engine = nullptr;
  Person* camera = nullptr;
  std::vector<Person*> subscribers;
};

}  // namespace

TEST_CASE("[M-090] a room that several workers send for loses and disorders nothing, while people leave") {
  Broadcast room(4);
  REQUIRE(room.run_while_lent(10'000));
  for (std::size_t i = 0; i < 10; ++i) {
    room.subscribers.back()->leave();
    room.subscribers.pop_back();
    REQUIRE(room.run_while_lent(1'000));
  }
  const std::uint32_t filmed = room.camera->frames_filmed();
  REQUIRE(room.people.run_until([&] { return room.camera->frames_filmed() >= filmed + 10; }));
  for (const Person* subscriber : room.subscribers) {
    const auto& track = subscriber->viewer().tracks().at(room.camera->track_sid());
    const auto verdict = sim::Viewer::judge(track, filmed - 1);
    CHECK(verdict.expected > 0);
    CHECK(verdict.missing == 0);
    CHECK(verdict.sequence_continuous);
    CHECK(track.late == 0);
    CHECK(track.conflicts == 0);
  }
  const EngineStatistics statistics = room.engine->statistics();
  CHECK(statistics.dropped_lent == 0);
  CHECK(statistics.workers.size() == 4);
}

TEST_CASE("an engine stops while its workers send for each other") {
  Broadcast room(4);
  REQUIRE(room.run_while_lent(1'000));
  std::thread stopping([&] { room.engine->stop(); });
  CHECK(room.people.run_until([&] {
    return std::ranges::all_of(room.subscribers, [](const Person* one) { return one->told_to_leave() != nullptr; });
  }));
  stopping.join();
}

TEST_CASE("workers run on the processors that the host names, if it may use them") {
  Host host;
  EngineOptions options = host.options();
  options.worker_cpus = {-1};
  CHECK(Engine::create(options).error().code == Errc::kInvalidArgument);
  options.worker_cpus = {1'000'000};
  CHECK(Engine::create(options).error().code == Errc::kInvalidArgument);
  options.worker_cpus = {0};
  options.host_driven = true;
  options.workers = 1;
  CHECK(Engine::create(options).error().code == Errc::kInvalidArgument);
  options.host_driven = false;
  options.workers = 2;
  host.start(std::move(options));
  People people;
  people.call(*host.engine, "hall");
}

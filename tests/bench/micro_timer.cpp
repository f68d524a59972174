// SPDX-License-Identifier: Apache-2.0
// Deadlines of so many peers: one is set and taken out, one is moved, and the next one fires and is set anew.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "base/timer_queue.hpp"

namespace {

using namespace sfu;
using namespace std::chrono_literals;

struct Timers {
  explicit Timers(std::int64_t count) : keys(static_cast<std::uint32_t>(count)) {
    for (std::uint32_t n = 0; n < keys; ++n) queue.schedule(n, Instant(n * 50ms / keys));
  }
  std::uint32_t next_key() { return key = (key + 389) % keys; }

  std::uint32_t keys;
  std::uint32_t key = 0;
  TimerQueue queue;
};

void timer_set(benchmark::State& state) {
  Timers timers(state.range(0));
  for (auto _ : state) {
    timers.queue.schedule(timers.keys, Instant(25ms));
    timers.queue.cancel(timers.keys);
  }
}
BENCHMARK(timer_set)->Arg(100)->Arg(10000);

void timer_move(benchmark::State& state) {
  Timers timers(state.range(0));
  Instant now{};
  for (auto _ : state) timers.queue.schedule(timers.next_key(), (now += 5us) + 50ms);
}
BENCHMARK(timer_move)->Arg(100)->Arg(10000);

void timer_fire(benchmark::State& state) {
  Timers timers(state.range(0));
  for (auto _ : state) {
    const Instant now = timers.queue.deadline();
    std::uint32_t key = 0;
    if (timers.queue.pop_due(now, key)) timers.queue.schedule(key, now + 50ms);
  }
}
BENCHMARK(timer_fire)->Arg(100)->Arg(10000);

}  // namespace

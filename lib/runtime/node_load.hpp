// SPDX-License-Identifier: Apache-2.0
// How much one worker carries: its tracks, and the bytes that pass in a second. The worker measures once a second while
// anything passes; others read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace sfu::runtime {

class NodeLoad {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(1);

  // On the worker's thread.
  void add_bytes(std::size_t bytes) { passed_ += bytes; }
  // Something happened in this turn: a measurement is due within an interval.
  void touch(Instant now);
  bool due(Instant now) const { return now >= next_; }
  void measure(Instant now, std::size_t tracks);
  Instant deadline() const { return next_; }

  // Any thread.
  std::uint64_t tracks() const { return tracks_.load(std::memory_order_relaxed); }
  std::uint64_t bytes_per_second(Instant now) const;

 private:
  std::uint64_t passed_ = 0;  // since the last measurement
  Instant begin_{};           // of what passed_ counts
  Instant next_ = kNever;
  std::atomic<std::uint64_t> tracks_ = 0;
  std::atomic<std::uint64_t> rate_ = 0;
  std::atomic<std::int64_t> measured_ = 0;  // nanoseconds of the Instant
};

}  // namespace sfu::runtime

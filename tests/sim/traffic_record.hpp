// SPDX-License-Identifier: Apache-2.0
// What passed somewhere: how much, over time, and how long it had to wait there.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace sfu::sim {

// Durations in steps of 0.1 ms; exact enough for percentiles, and small.
class DelayHistogram {
 public:
  static constexpr Duration kStep = std::chrono::microseconds(100);

  void add(Duration value);
  void add(const DelayHistogram& other);
  std::uint64_t count() const { return count_; }
  // The value that `share` (0 to 1) of all do not exceed, to the step; zero of nothing.
  Duration percentile(double share) const;
  Duration max() const { return max_; }

 private:
  std::vector<std::uint32_t> counts_;
  std::uint64_t count_ = 0;
  Duration max_{};
};

class TrafficRecord {
 public:
  static constexpr Duration kBin = std::chrono::milliseconds(100);
  struct Bin {
    std::uint32_t bytes = 0;
    std::uint32_t datagrams = 0;
    std::uint32_t dropped = 0;  // the queue was full
    std::uint32_t lost = 0;     // on the way
    Duration longest_wait{};
    Duration total_wait{};
  };

  void add(Instant at, std::size_t bytes, Duration wait);
  void add_dropped(Instant at);
  void add_lost(Instant at);

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t datagrams() const { return queueing_.count(); }
  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t lost() const { return lost_; }
  // Of those that were delivered.
  const DelayHistogram& queueing() const { return queueing_; }
  // From the beginning of time on that the first datagram was in; begin() tells which.
  const std::vector<Bin>& bins() const { return bins_; }
  Instant begin() const { return begin_; }
  // Over [from, until), in whole bins.
  Bitrate rate(Instant from, Instant until) const;

 private:
  Bin& bin(Instant at);

  std::vector<Bin> bins_;
  Instant begin_ = kNever;
  DelayHistogram queueing_;
  std::uint64_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace sfu::sim

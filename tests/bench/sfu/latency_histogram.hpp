// SPDX-License-Identifier: Apache-2.0
// Durations by size, in buckets a thirty-second of a power of two wide: a percentile is at most three per cent above
// what was counted, whatever its size, and adding takes a few instructions and no memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sfu/time.hpp"

namespace sfu::load {

class LatencyHistogram {
 public:
  void add(Duration value);  // below zero counts as zero
  LatencyHistogram& operator+=(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  Duration max() const { return max_; }
  // The least value that `share` (0 to 1) of all do not exceed, rounded up to its bucket's end; 0 of none.
  Duration percentile(double share) const;

 private:
  static constexpr unsigned kBits = 5;  // of a value that tell its bucket, below the highest one
  static constexpr std::size_t kBuckets = (64 - kBits) << kBits;
  static std::size_t bucket_of(std::uint64_t nanoseconds);
  static std::uint64_t last_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  Duration max_{};
};

}  // namespace sfu::load

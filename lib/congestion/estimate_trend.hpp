// SPDX-License-Identifier: Apache-2.0
// Whether a receiver's estimates (REMB) fall: Kendall's tau of the newest of them (media spec 3.7). A single low one,
// or estimates that go up and down, say nothing.
#pragma once

#include <array>
#include <cstddef>

#include "base/time.hpp"

namespace sfu::congestion {

class EstimateTrend {
 public:
  static constexpr std::size_t kSamples = 12;
  static constexpr std::size_t kFewest = 8;  // that do when they are of kLongestWait
  static constexpr double kFalling = -0.6;
  static constexpr Duration kLongestWait = std::chrono::seconds(5);
  static constexpr Duration kValidity = std::chrono::seconds(10);
  // An estimate that is repeated within this time is one.
  static constexpr Duration kRepeat = std::chrono::milliseconds(500);

  void add(Instant now, Bitrate estimate);
  bool falls() const;
  void reset() { count_ = 0; }

 private:
  struct Sample {
    Instant at{};
    Bitrate estimate;
  };
  void drop_first(std::size_t count);
  double tau() const;

  std::array<Sample, kSamples> samples_;  // oldest first
  std::size_t count_ = 0;
};

}  // namespace sfu::congestion

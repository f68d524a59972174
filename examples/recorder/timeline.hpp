// SPDX-License-Identifier: Apache-2.0
// Where in its file a frame stands, from its RTP timestamp: what was muted or lost leaves a gap of its length. A sender
// whose timestamps jump, or stood still while it was muted, is placed by the time of arrival instead.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

class Timeline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Timeline(std::uint32_t clock_rate) : rate_(clock_rate) {}

  // In units of the clock rate since the first frame; always more than the last one's.
  std::int64_t place(std::uint32_t timestamp, Clock::time_point arrival);
  // The sender was muted until now.
  void resume() { tolerance_ = kTight; }

 private:
  static constexpr double kLoose = 2;    // seconds: no burst of a bad network is as long
  static constexpr double kTight = 0.3;  // but few last as long as this

  double rate_;
  double tolerance_ = kLoose;
  std::optional<std::uint32_t> timestamp_;  // the last one's
  std::int64_t position_ = 0;
  Clock::time_point arrival_{};
  double ahead_ = 0;   // by how many seconds of its timestamps the last one came before its time
  double smooth_ = 0;  // and those before it: the two clocks differ a little, and more with every hour
};

// SPDX-License-Identifier: Apache-2.0
// How much may wait in a lossy channel (media 4): what would leave only after 100 ms is better dropped, since newer is
// coming. The channel's rate is known from the times when something waited all along; until then nothing is dropped
// here, and the channel's own limit holds.
#pragma once

#include <array>
#include <cstdint>

#include "sfu/time.hpp"

namespace sfu::room {

class LossyQueue {
 public:
  static constexpr Duration kTargetLatency = std::chrono::milliseconds(100);
  static constexpr std::size_t kAlwaysAllowed = 8 * 1024;  // bytes

  // Whether one more message may be sent while so many bytes wait.
  bool admits(Instant now, std::size_t waiting);
  // It was; so many wait now.
  void sent(std::size_t waiting) { waiting_ = waiting; }

 private:
  static constexpr Duration kSlice = std::chrono::milliseconds(100);
  static constexpr std::size_t kSlices = 20;  // two seconds

  struct Slice {
    std::int64_t number = -1;
    std::uint32_t bytes = 0;    // that left while others waited
    std::uint32_t busy_us = 0;  // how long something waited
  };
  void observe(Instant now, std::size_t waiting);

  std::array<Slice, kSlices> slices_{};
  Instant last_{};
  std::size_t waiting_ = 0;
};

}  // namespace sfu::room

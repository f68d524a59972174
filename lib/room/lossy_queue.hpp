// SPDX-License-Identifier: Apache-2.0
// How much may wait in a lossy channel (media 4): what would leave only after the target latency is better dropped,
// since newer is coming. Until the channel's rate is known nothing is dropped here, and the channel's own limit holds.
#pragma once

#include "room/drain_rate.hpp"

namespace sfu::room {

class LossyQueue {
 public:
  static constexpr std::size_t kAlwaysAllowed = 8 * 1024;  // bytes

  // Whether one more message may be sent while so many bytes wait. `target`: 0 for any.
  bool admits(Instant now, std::size_t waiting, Duration target);
  // It was; so many wait now.
  void sent(std::size_t waiting) { drain_.added(waiting); }

 private:
  DrainRate drain_;
};

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// Whether a reliable channel's reader is too slow to be waited for (media 4): something has waited for a while, and it
// takes less than it should. Then messages to it are dropped.
#pragma once

#include <cstdint>

#include "room/drain_rate.hpp"

namespace sfu::room {

class ReliableQueue {
 public:
  static constexpr Duration kPatience = std::chrono::milliseconds(50);

  // Whether one more message may be sent while so many bytes wait. `least`: bits a second that it should take; 0: any.
  bool admits(Instant now, std::size_t waiting, std::uint64_t least) {
    drain_.observe(now, waiting);
    if (waiting == 0) busy_since_ = now;
    if (least == 0 || now - busy_since_ <= kPatience) return true;
    const auto rate = drain_.rate(now);
    return !rate || *rate * 8 >= static_cast<double>(least);
  }
  // It was; so many wait now.
  void sent(std::size_t waiting) { drain_.added(waiting); }

 private:
  DrainRate drain_;
  Instant busy_since_{};
};

}  // namespace sfu::room

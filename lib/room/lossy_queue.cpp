// SPDX-License-Identifier: Apache-2.0
#include "room/lossy_queue.hpp"

namespace sfu::room {

bool LossyQueue::admits(Instant now, std::size_t waiting, Duration target) {
  drain_.observe(now, waiting);
  if (waiting <= kAlwaysAllowed || target == Duration::zero()) return true;
  const auto rate = drain_.rate(now);
  return !rate || static_cast<double>(waiting) <= *rate * std::chrono::duration<double>(target).count();
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "runtime/node_load.hpp"

namespace sfu::runtime {

void NodeLoad::touch(Instant now) {
  if (next_ != kNever) return;
  begin_ = now;
  next_ = now + kInterval;
}

void NodeLoad::measure(Instant now, std::size_t tracks) {
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const bool idle = passed_ == 0;
  tracks_.store(tracks, std::memory_order_relaxed);
  rate_.store(seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(passed_) / seconds) : 0,
              std::memory_order_relaxed);
  measured_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  passed_ = 0;
  begin_ = now;
  next_ = idle ? kNever : now + kInterval;
}

std::uint64_t NodeLoad::bytes_per_second(Instant now) const {
  // A worker that has slept since has carried nothing.
  const Instant measured{Duration(measured_.load(std::memory_order_relaxed))};
  return now - measured > 3 * kInterval ? 0 : rate_.load(std::memory_order_relaxed);
}

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/thread_load.hpp"

#include <time.h>

namespace sfu::runtime {

Duration processor_time_of_thread() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

void ThreadLoad::measure(Instant now) {
  const Duration spent = processor_time_of_thread();
  const std::chrono::duration<double> passed = now - measured_at_;
  const std::chrono::duration<double> used = spent - spent_;
  load_.store(passed.count() > 0 ? used / passed : 0, std::memory_order_relaxed);
  told_at_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  measured_at_ = now;
  spent_ = spent;
}

double ThreadLoad::of_a_core(Instant now) const {
  const Instant told_at{Duration(told_at_.load(std::memory_order_relaxed))};
  return now - told_at > 3 * kInterval ? 0 : load_.load(std::memory_order_relaxed);
}

}  // namespace sfu::runtime

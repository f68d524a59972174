// SPDX-License-Identifier: Apache-2.0
// How busy a worker's thread is: the part of a core that it used since it was last measured. The worker measures while
// it has turns; others read.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/time.hpp"

namespace sfu::runtime {

// CPU time of the calling thread.
Duration processor_time_of_thread();

class ThreadLoad {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(500);

  // On the worker's thread.
  bool due(Instant now) const { return now >= measured_at_ + kInterval; }
  void measure(Instant now);

  // Any thread. 0 of a worker that has slept since.
  double of_a_core(Instant now) const;

 private:
  Instant measured_at_{};
  Duration spent_{};
  std::atomic<double> load_ = 0;
  std::atomic<std::int64_t> told_at_ = 0;  // nanoseconds of the Instant
};

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
// Where a worker puts a copy of what it counts, now and then, for others to read. Written and read under a lock that
// neither side holds for longer than copying takes.
#pragma once

#include <mutex>

#include "sfu/statistics.hpp"

namespace sfu::runtime {

class StatisticsBoard {
 public:
  struct Reading {
    Statistics figures;
    Duration processor_time{};  // of the worker's thread
    Instant at{};
    WallTime wall{};
  };

  // The worker.
  void publish(const Reading& reading) {
    const std::lock_guard lock(mutex_);
    reading_ = reading;
  }
  // Any thread.
  Reading read() const {
    const std::lock_guard lock(mutex_);
    return reading_;
  }

 private:
  mutable std::mutex mutex_;
  Reading reading_;
};

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>

namespace sfu::bench {

// Nanoseconds on a CPU. `clock` as pthread_getcpuclockid() gives it.
inline double cpu_ns(clockid_t clock = CLOCK_THREAD_CPUTIME_ID) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

}  // namespace sfu::bench

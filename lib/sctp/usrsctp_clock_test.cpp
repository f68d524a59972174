// SPDX-License-Identifier: Apache-2.0
// Virtual time for usrsctp, which asks gettimeofday() how old a chunk is and what a round trip took: a test that runs
// faster than the clock would wait for retransmissions that usrsctp takes for too early. This definition in the test
// program comes before the C library's. Link it into every test that runs associations over lossy lines.
#include <sys/time.h>

#include <ctime>

#include "sctp/stack.hpp"

extern "C" [[gnu::visibility("default")]] int gettimeofday(timeval* __restrict time, void* __restrict) noexcept {
  if (const auto inside = sfu::sctp::Stack::time_inside()) {
    const auto microseconds = std::chrono::floor<std::chrono::microseconds>(inside->time_since_epoch()).count();
    time->tv_sec = microseconds / 1'000'000;
    time->tv_usec = microseconds % 1'000'000;
    return 0;
  }
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

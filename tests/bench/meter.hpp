// SPDX-License-Identifier: Apache-2.0
// What a thread of a benchmark costs: its CPU time, allocations and system calls. malloc and its family, and the system
// calls of an event loop, are replaced in the whole program by ones that count for the calling thread and go on.
#pragma once

#include <atomic>
#include <cstdint>

namespace sfu::bench {

// Written by the thread itself, read by any.
struct ThreadCounts {
  std::atomic<std::uint64_t> allocations = 0;
  std::atomic<std::uint64_t> system_calls = 0;
  // Allocations that still print where they come from, on stderr.
  std::atomic<int> traced = 0;
};

// Of the calling thread; lives as long as it.
ThreadCounts& thread_counts();

}  // namespace sfu::bench

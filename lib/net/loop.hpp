// SPDX-License-Identifier: Apache-2.0
// One thread's event loop over epoll: descriptors with callbacks, a wake-up from other threads, and a deadline in
// place of timers, since every layer above tells when it wants to run next.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sfu::net {

class Loop {
 public:
  // The system's refusal (no descriptors left) is kUnavailable.
  static Result<std::unique_ptr<Loop>> create();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Calls `ready` on the loop's thread whenever `descriptor` is readable (level-triggered). The descriptor stays the
  // caller's, who unwatches it before closing it.
  Result<void> watch(int descriptor, std::function<void()> ready);
  void unwatch(int descriptor);  // also from inside a callback

  // Waits until a descriptor is readable, wake() is called, or `timeout` passes; then runs the callbacks of what is
  // ready. A timeout of zero or less only looks; Duration::max() waits for ever. Returns true if it was woken.
  bool wait(Duration timeout);

  // Ends the current or the next wait(). Any thread; any number of calls before that count as one.
  void wake();

 private:
  Loop(int epoll, int event);

  int epoll_;
  int event_;
  std::atomic<bool> woken_ = false;
  // Keyed by descriptor; the shared_ptr keeps a callback alive while it unwatches itself.
  std::unordered_map<int, std::shared_ptr<std::function<void()>>> watches_;
};

// The timeout to wait() for when something is due at `deadline`; kNever gives Duration::max().
Duration until(Instant deadline, Instant now);

}  // namespace sfu::net

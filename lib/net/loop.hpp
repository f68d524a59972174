// SPDX-License-Identifier: Apache-2.0
// The event loop of one thread, over epoll: descriptors that became readable, a wake-up from other threads, and a time
// to wait until. It owns no timers: what is due is asked of the objects that it serves. This folder is the only one
// that opens sockets.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sfu::net {

class Loop {
 public:
  // Errors: kUnavailable (out of descriptors).
  static Result<std::unique_ptr<Loop>> create();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // `on_readable` is called by wait() while the descriptor has something to read (level-triggered). The descriptor is
  // borrowed; remove it before it closes. Both may be called from inside a callback.
  Result<void> add(int descriptor, std::function<void()> on_readable);
  void remove(int descriptor);

  // Waits for a descriptor, a wake-up or the end of `timeout` (kNever's distance: no end), and serves what is ready.
  void wait(Duration timeout);
  // Ends the present or the next wait(). Any thread.
  void wake();
  // A descriptor that polls readable when wait() would return at once, for a host that drives the loop itself.
  int descriptor() const { return epoll_; }

 private:
  struct Watch;
  Loop(int epoll, int wake);

  int epoll_;
  int wake_;
  std::atomic<bool> woken_ = false;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::unique_ptr<Watch>> removed_;  // during this turn of wait(), which may still know them
};

}  // namespace sfu::net

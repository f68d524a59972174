// SPDX-License-Identifier: Apache-2.0
// Which of a thread's many sockets have something to read, asked now and then. Nobody sleeps on it: on one machine it
// is the sender, the server that is measured, whose time pays for waking a receiver.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <memory>

#include "base/result.hpp"

namespace sfu::load {

class Poller {
 public:
  // Errors: kUnavailable (out of descriptors).
  static Result<std::unique_ptr<Poller>> create();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // A descriptor that is closed goes by itself.
  Result<void> add(int descriptor, std::uint32_t owner);

  // `visit(owner)` for each socket that something new has come to; it reads all that is there.
  template <typename Visit>
  void visit_ready(Visit&& visit) {
    for (int batch = 0; batch < kBatchesAtOnce; ++batch) {
      const int count = epoll_wait(epoll_, events_.data(), kBatch, 0);
      for (int i = 0; i < count; ++i) visit(events_[static_cast<std::size_t>(i)].data.u32);
      if (count < kBatch) return;
    }
  }

 private:
  static constexpr int kBatch = 512;
  static constexpr int kBatchesAtOnce = 8;  // so that media does not hold up the rest
  explicit Poller(int epoll) : epoll_(epoll) {}

  int epoll_;
  std::array<epoll_event, kBatch> events_;
};

}  // namespace sfu::load

// SPDX-License-Identifier: Apache-2.0
// Who waits for everybody to leave: is told once, whatever ends the wait.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "capi/call.hpp"
#include "sfu-c/engine.h"

namespace sfu::capi {

class DrainSlot {
 public:
  // `drain` is the engine's. Who waited before is told that it is over. Gives the number of participants.
  std::uint64_t drain(sfu_drain_done done, void* user,
                      const std::function<std::uint64_t(std::function<void()>)>& drain) {
    const auto waiter = std::make_shared<Waiter>(done, user);
    const auto before = exchange(waiter);
    const std::uint64_t participants = drain([waiter] { waiter->tell(SFU_OK); });
    if (before) before->tell(SFU_ERROR_CLOSED);
    return participants;
  }

  // The engine has stopped.
  void close() {
    if (const auto waiter = exchange(nullptr)) waiter->tell(SFU_ERROR_CLOSED);
  }

 private:
  class Waiter {
   public:
    Waiter(sfu_drain_done done, void* user) : done_(done), user_(user) {}
    void tell(sfu_status status) {
      if (done_ == nullptr || told_.exchange(true)) return;
      const InCallback in_callback;
      done_(user_, status);
    }

   private:
    sfu_drain_done done_;
    void* user_;
    std::atomic<bool> told_ = false;
  };

  std::shared_ptr<Waiter> exchange(std::shared_ptr<Waiter> waiter) {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiter_, std::move(waiter));
  }

  std::mutex mutex_;
  std::shared_ptr<Waiter> waiter_;
};

}  // namespace sfu::capi

// SPDX-License-Identifier: Apache-2.0
// How other threads reach a client's own: functions to be run there. Shared, so that an answer that comes late finds
// that nobody is there any more.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "base/time.hpp"
#include "net/loop.hpp"

namespace sfu::client {

class Mailbox {
 public:
  using Task = std::move_only_function<void(Instant now)>;

  explicit Mailbox(net::Loop& loop) : loop_(&loop) {}

  // False after close(): the task is dropped.
  bool post(Task task) {
    const std::lock_guard lock(mutex_);
    if (loop_ == nullptr) return false;
    if (tasks_.empty()) loop_->wake();
    tasks_.push_back(std::move(task));
    return true;
  }
  // All that waits; the vectors are swapped, so their capacity is used again.
  void take(std::vector<Task>& tasks) {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  // Before the loop goes.
  void close() {
    std::vector<Task> dropped;  // whose destructors may post: they run outside the lock
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
    dropped.swap(tasks_);
  }

 private:
  std::mutex mutex_;
  net::Loop* loop_;
  std::vector<Task> tasks_;
};

}  // namespace sfu::client

// SPDX-License-Identifier: Apache-2.0
#include "work_thread.hpp"

namespace example {

void WorkThread::add(std::function<void()> work, std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(work), bytes});
    bytes_ += bytes;
  }
  changed_.notify_one();
}

bool WorkThread::offer(std::function<void()> work, std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (bytes_ + bytes > kMost) return false;
  }
  add(std::move(work), bytes);
  return true;
}

void WorkThread::run(const std::stop_token& stop) {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
    const Work work = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= work.bytes;
    lock.unlock();
    work.run();
  }
}

}  // namespace example

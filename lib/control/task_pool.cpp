// SPDX-License-Identifier: Apache-2.0
#include "control/task_pool.hpp"

#include <utility>

namespace sfu::control {

TaskPool::~TaskPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool TaskPool::post(Task& task, std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxWaiting || waiting_bytes_ + bytes > kMaxWaitingBytes) return false;
    waiting_.push_back({std::move(task), bytes});
    waiting_bytes_ += bytes;
    while (threads_.size() < thread_count_) threads_.emplace_back([this] { run(); });
  }
  changed_.notify_one();
  return true;
}

void TaskPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Task task = std::move(waiting_.front().task);
    waiting_bytes_ -= waiting_.front().bytes;
    waiting_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

}  // namespace sfu::control

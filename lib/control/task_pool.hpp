// SPDX-License-Identifier: Apache-2.0
// Threads for what must not hold up the HTTP server: calls of the room API, and metrics of rooms, wait for the rooms'
// workers.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sfu::control {

class TaskPool {
 public:
  using Task = std::move_only_function<void()>;
  static constexpr std::size_t kMaxWaiting = 10'000;
  static constexpr std::size_t kMaxWaitingBytes = 256 << 20;

  // Of so many threads, which are made for the first task.
  explicit TaskPool(unsigned threads) : thread_count_(threads) {}
  // Runs what waits, then ends.
  ~TaskPool();
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  // Any thread. `bytes` is what the task holds. False, and `task` is untouched, if too many wait, or too much.
  bool post(Task& task, std::size_t bytes = 0);

 private:
  struct Waiting {
    Task task;
    std::size_t bytes = 0;
  };
  void run();

  const unsigned thread_count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sfu::control

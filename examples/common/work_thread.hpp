// SPDX-License-Identifier: Apache-2.0
// A thread for what must not be done on a worker's, since it waits or takes long. Its work is done in order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace example {

class WorkThread {
 public:
  WorkThread() : thread_([this](const std::stop_token& stop) { run(stop); }) {}
  // Does what waits, and ends.
  ~WorkThread() = default;

  // Any thread.
  void post(std::function<void()> work) { add(std::move(work), 0); }
  // The same for work that holds so many bytes, unless too much waits already: then false, and it is not done.
  bool offer(std::function<void()> work, std::size_t bytes);

 private:
  static constexpr std::size_t kMost = 64 << 20;  // bytes

  struct Work {
    std::function<void()> run;
    std::size_t bytes = 0;
  };
  void add(std::function<void()> work, std::size_t bytes);
  void run(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Work> waiting_;
  std::size_t bytes_ = 0;
  std::jthread thread_;  // the last member: it ends first
};

}  // namespace example

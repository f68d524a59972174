// SPDX-License-Identifier: Apache-2.0
#include "control/task_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

using sfu::control::TaskPool;

TEST_CASE("tasks run beside each other, and all that wait run before the pool ends") {
  std::atomic<int> ran = 0;
  std::promise<void> first;
  std::promise<void> second;
  {
    TaskPool pool(2);
    // Each waits for the other.
    TaskPool::Task one = [&] { first.set_value(), second.get_future().wait(), ++ran; };
    TaskPool::Task other = [&] { second.set_value(), first.get_future().wait(), ++ran; };
    CHECK(pool.post(one));
    CHECK(pool.post(other));
    for (int i = 0; i < 100; ++i) {
      TaskPool::Task more = [&] { ++ran; };
      CHECK(pool.post(more));
    }
  }
  CHECK(ran == 102);
}

TEST_CASE("more than so many waiting tasks are not taken") {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> started;
  TaskPool pool(1);
  TaskPool::Task blocking = [&] { started.set_value(), released.wait(); };
  REQUIRE(pool.post(blocking));
  started.get_future().wait();
  for (std::size_t i = 0; i < TaskPool::kMaxWaiting; ++i) {
    TaskPool::Task task = [] {};
    REQUIRE(pool.post(task));
  }
  TaskPool::Task late = [] {};
  CHECK_FALSE(pool.post(late));
  CHECK(static_cast<bool>(late));
  release.set_value();
}

TEST_CASE("tasks that hold more than so much together are not taken, until some have begun") {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> started;
  std::promise<void> begun;
  TaskPool pool(1);
  TaskPool::Task blocking = [&] { started.set_value(), released.wait(); };
  REQUIRE(pool.post(blocking));
  started.get_future().wait();
  TaskPool::Task half = [] {};
  REQUIRE(pool.post(half, TaskPool::kMaxWaitingBytes / 2));
  TaskPool::Task other_half = [&] { begun.set_value(); };
  REQUIRE(pool.post(other_half, TaskPool::kMaxWaitingBytes / 2));
  TaskPool::Task late = [] {};
  CHECK_FALSE(pool.post(late, 1));
  CHECK(static_cast<bool>(late));
  release.set_value();
  begun.get_future().wait();
  CHECK(pool.post(late, TaskPool::kMaxWaitingBytes));
}

// SPDX-License-Identifier: Apache-2.0
// A worker whose turns are taken by the host's own loop.
#include <utility>

#include "runtime/worker.hpp"

namespace sfu::runtime {

void Worker::start_driven() {
  driven_ = true;
  siblings_ = {this};
  driver_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  publish(clock_.now());
}

// Under driving_.
void Worker::driven_turn() {
  if (stopping_) return;
  thread_id_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  turn();
  thread_id_.store({}, std::memory_order_relaxed);
}

void Worker::run_once() {
  if (!driven_ || on_this_thread()) return;
  const std::lock_guard lock(driving_);
  driver_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  wait(Duration::zero());
  driven_turn();
}

void Worker::run_posted_if_driver() {
  if (!driven_ || driver_.load(std::memory_order_relaxed) != std::this_thread::get_id()) return;
  const std::lock_guard lock(driving_);
  const bool readable = std::exchange(readable_, false);  // the network has to wait for run_once()
  driven_turn();
  readable_ = readable;
}

Duration Worker::poll_timeout() {
  if (!driven_) return Duration::max();
  if (on_this_thread()) return Duration::zero();
  const std::lock_guard lock(driving_);
  return stopping_ ? Duration::max() : idle_time();
}

void Worker::stop_driven() {
  const std::lock_guard lock(driving_);
  if (stopping_) return;
  post([this](Instant now, Shard& shard) {
    shard.close(now);
    stopping_ = true;
  });
  driven_turn();
  inbox_->mailbox().close();
}

}  // namespace sfu::runtime

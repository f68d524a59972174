// SPDX-License-Identifier: Apache-2.0
// The deadlines of the many small objects of a room, peers and published tracks, so that a turn touches only those
// that have something to do.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/timer_queue.hpp"
#include "sfu/time.hpp"

namespace sfu::room {

class Transport;
struct PublishedCodec;

using TimerKey = std::uint32_t;
inline constexpr TimerKey kNoTimer = 0xffffffff;

class Timers {
 public:
  using Owner = std::variant<std::monostate, Transport*, PublishedCodec*>;

  // The owner removes its key before it goes.
  TimerKey add(Owner owner) {
    if (free_.empty()) {
      owners_.push_back(owner);
      return static_cast<TimerKey>(owners_.size() - 1);
    }
    const TimerKey key = free_.back();
    free_.pop_back();
    owners_[key] = owner;
    return key;
  }
  void remove(TimerKey key) {
    if (key == kNoTimer) return;
    queue_.cancel(key);
    owners_[key] = std::monostate();
    free_.push_back(key);
  }
  void schedule(TimerKey key, Instant deadline) {
    if (key != kNoTimer) queue_.schedule(key, deadline);
  }
  Instant deadline() const { return queue_.deadline(); }
  // Takes out one that is due; monostate when none is.
  Owner pop_due(Instant now) {
    TimerKey key = 0;
    return queue_.pop_due(now, key) ? owners_[key] : Owner();
  }

 private:
  TimerQueue queue_;
  std::vector<Owner> owners_;
  std::vector<TimerKey> free_;
};

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// Deadlines of many objects, one each: a binary heap that knows where each key is, so that moving a deadline costs
// O(log n) and an idle object costs nothing. Keys are small integers (slot indexes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sfu/time.hpp"

namespace sfu {

class TimerQueue {
 public:
  // Sets or moves the deadline of `key`; kNever takes it out.
  void schedule(std::uint32_t key, Instant deadline);
  void cancel(std::uint32_t key) { schedule(key, kNever); }
  // The earliest deadline, kNever if there is none.
  Instant deadline() const { return heap_.empty() ? kNever : heap_.front().deadline; }
  // Takes out one key that is due by `now`. False when none is. Equal deadlines come in key order: runs repeat.
  bool pop_due(Instant now, std::uint32_t& key);

 private:
  struct Entry {
    Instant deadline;
    std::uint32_t key;
    friend bool operator<(const Entry& a, const Entry& b) {
      return std::pair(a.deadline, a.key) < std::pair(b.deadline, b.key);
    }
  };
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

  void place(std::size_t at, Entry entry);
  void sift_up(std::size_t at, Entry entry);
  void sift_down(std::size_t at, Entry entry);
  void remove(std::size_t at);

  std::vector<Entry> heap_;
  std::vector<std::size_t> position_;  // by key
};

}  // namespace sfu

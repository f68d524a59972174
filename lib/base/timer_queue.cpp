// SPDX-License-Identifier: Apache-2.0
#include "base/timer_queue.hpp"

namespace sfu {

void TimerQueue::schedule(std::uint32_t key, Instant deadline) {
  if (key >= position_.size()) {
    if (deadline == kNever) return;
    position_.resize(key + 1, kAbsent);
  }
  const std::size_t at = position_[key];
  if (deadline == kNever) {
    if (at != kAbsent) remove(at);
    return;
  }
  const Entry entry{deadline, key};
  if (at == kAbsent) {
    heap_.push_back(entry);
    sift_up(heap_.size() - 1, entry);
  } else if (entry < heap_[at]) {
    sift_up(at, entry);
  } else {
    sift_down(at, entry);
  }
}

bool TimerQueue::pop_due(Instant now, std::uint32_t& key) {
  if (heap_.empty() || heap_.front().deadline > now) return false;
  key = heap_.front().key;
  remove(0);
  return true;
}

void TimerQueue::place(std::size_t at, Entry entry) {
  heap_[at] = entry;
  position_[entry.key] = at;
}

void TimerQueue::sift_up(std::size_t at, Entry entry) {
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (!(entry < heap_[parent])) break;
    place(at, heap_[parent]);
    at = parent;
  }
  place(at, entry);
}

void TimerQueue::sift_down(std::size_t at, Entry entry) {
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
    if (!(heap_[child] < entry)) break;
    place(at, heap_[child]);
    at = child;
  }
  place(at, entry);
}

void TimerQueue::remove(std::size_t at) {
  position_[heap_[at].key] = kAbsent;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (at == heap_.size()) return;
  if (at > 0 && last < heap_[(at - 1) / 2]) {
    sift_up(at, last);
  } else {
    sift_down(at, last);
  }
}

}  // namespace sfu

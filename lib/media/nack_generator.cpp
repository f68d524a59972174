// SPDX-License-Identifier: Apache-2.0
#include "media/nack_generator.hpp"

#include <algorithm>

namespace sfu::media {

void NackGenerator::missing(Instant now, std::int64_t first, std::int64_t last, Duration delay) {
  first = std::max(first, last - static_cast<std::int64_t>(kLimit));
  const auto incoming = static_cast<std::size_t>(last - first);
  if (size_ + incoming > kLimit) {
    const std::size_t evicted = size_ + incoming - kLimit;
    std::move(entries_.begin() + static_cast<std::ptrdiff_t>(evicted),
              entries_.begin() + static_cast<std::ptrdiff_t>(size_), entries_.begin());
    size_ -= evicted;
  }
  for (std::int64_t sequence = first; sequence < last; ++sequence) {
    entries_[size_++] = {.sequence = sequence, .next = now + delay, .early = delay < kFirstDelay};
  }
  update_deadline();
}

void NackGenerator::arrived(Instant now, std::int64_t sequence, bool repeated) {
  if (size_ == 0) return;
  const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto found =
      std::lower_bound(entries_.begin(), end, sequence, [](const Entry& e, std::int64_t s) { return e.sequence < s; });
  if (found == end || found->sequence != sequence) return;
  // Of more requests none can say which of them was answered.
  if (repeated && (found->tries == 1 || found->tries == 2)) {
    const Duration took = now - found->asked;
    repeat_time_ += repeat_time_ == Duration::zero() ? took : (took - repeat_time_) / kSmoothing;
  }
  std::move(found + 1, end, found);
  --size_;
  update_deadline();
}

std::span<const std::uint16_t> NackGenerator::take(Instant now, Duration rtt) {
  std::size_t due = 0;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    Entry entry = entries_[i];
    if (entry.next <= now) {
      if (entry.tries == tries_) {  // the last answer had its time
        given_up_ = std::max(given_up_, entry.sequence);
        continue;
      }
      due_[due++] = static_cast<std::uint16_t>(entry.sequence);
      if (entry.tries == 0) entry.asked = now;
      const Duration usual = repeat_time_ == Duration::zero() ? Duration::zero() : repeat_time_ + kSenderPause;
      double wait = static_cast<double>(std::max(rtt, usual).count());
      for (int n = entry.early ? 1 : 0; n < entry.tries; ++n) wait *= 1.25;
      ++entry.tries;
      entry.next = now + std::clamp(Duration(static_cast<Duration::rep>(wait)), kMinRepeat, kMaxRepeat);
    }
    entries_[kept++] = entry;
  }
  size_ = kept;
  update_deadline();
  return std::span(due_).first(due);
}

void NackGenerator::clear() {
  size_ = 0;
  deadline_ = kNever;
  given_up_ = kNone;
  repeat_time_ = {};
}

void NackGenerator::update_deadline() {
  deadline_ = kNever;
  for (std::size_t i = 0; i < size_; ++i) deadline_ = std::min(deadline_, entries_[i].next);
}

}  // namespace sfu::media

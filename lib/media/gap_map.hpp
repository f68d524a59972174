// SPDX-License-Identifier: Apache-2.0
// Maps one line of numbers onto another that has no holes where packets were left out on purpose (media spec 3.1).
// Numbers that were lost keep their hole. The newest N drops are remembered, for packets that come late.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sfu::media {

template <std::size_t N>
class GapMap {
 public:
  // From `in` on, numbers map to `out` and what follows it. Forgets the rest.
  void begin(std::int64_t in, std::int64_t out) {
    size_ = 1;
    newest_ = 0;
    entries_[0] = {in, in - out};
  }

  // Leaves `in` out. It must be above everything that was mapped or left out before.
  void exclude(std::int64_t in) {
    Entry& last = entries_[newest_];
    if (in == last.start) {
      ++last.start;
      ++last.offset;
      return;
    }
    const Entry next{in + 1, last.offset + 1};
    newest_ = (newest_ + 1) % N;
    if (size_ < N) ++size_;
    entries_[newest_] = next;
  }

  // Nothing for a number that was left out, that is older than the line, or older than what is remembered.
  std::optional<std::int64_t> map(std::int64_t in) const {
    if (size_ == 0) return std::nullopt;
    const Entry* entry = &entries_[newest_];
    if (in >= entry->start) return in - entry->offset;
    for (std::size_t back = 1; back < size_; ++back) {
      const Entry* older = &entries_[(newest_ + N - back) % N];
      // Each range begins right after what was left out, and its offset grew by as much.
      if (in >= entry->start - (entry->offset - older->offset)) return std::nullopt;
      if (in >= older->start) return in - older->offset;
      entry = older;
    }
    return std::nullopt;
  }

  // Takes over the newest ranges of a map that remembers more or fewer.
  template <std::size_t M>
  void assign(const GapMap<M>& other) {
    size_ = other.size_ < N ? other.size_ : N;
    newest_ = size_ == 0 ? 0 : size_ - 1;
    for (std::size_t back = 0; back < size_; ++back) {
      const auto& from = other.entries_[(other.newest_ + M - back) % M];
      entries_[newest_ - back] = {from.start, from.offset};
    }
  }

 private:
  template <std::size_t M>
  friend class GapMap;

  struct Entry {
    std::int64_t start = 0;
    std::int64_t offset = 0;
  };
  std::array<Entry, N> entries_{};
  std::size_t newest_ = 0;
  std::size_t size_ = 0;
};

}  // namespace sfu::media

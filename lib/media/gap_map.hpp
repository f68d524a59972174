// SPDX-License-Identifier: Apache-2.0
// Maps one line of numbers onto another that has no holes where packets were left out on purpose (media spec 3.1).
// Numbers that were lost keep their hole. The newest N drops are remembered, for packets that come late.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sfu::media {

template <std::size_t N>
class GapMap {
 public:
  // From `in` on, numbers map to `out` and what follows it. Forgets the rest.
  void begin(std::int64_t in, std::int64_t out) {
    begun_ = true;
    newest_ = {in, in - out};
    older_.clear();
    oldest_ = 0;
  }

  // Leaves `in` out. It must be above everything that was mapped or left out before.
  void exclude(std::int64_t in) {
    if (in == newest_.start) {
      ++newest_.start;
      ++newest_.offset;
      return;
    }
    remember(newest_);
    newest_ = {in + 1, newest_.offset + 1};
  }

  // Takes the memory for holes at once, where some are to come.
  void reserve() { older_.reserve(N - 1); }

  // Nothing for a number that was left out, that is older than the line, or older than what is remembered.
  std::optional<std::int64_t> map(std::int64_t in) const {
    if (!begun_) return std::nullopt;
    if (in >= newest_.start) return in - newest_.offset;
    const Entry* entry = &newest_;
    for (std::size_t back = 1; back <= older_.size(); ++back) {
      const Entry* older = &older_[(oldest_ + older_.size() - back) % older_.size()];
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
    begun_ = other.begun_;
    newest_ = {other.newest_.start, other.newest_.offset};
    older_.clear();
    oldest_ = 0;
    const std::size_t count = other.older_.size();
    for (std::size_t back = std::min(count, N - 1); back > 0; --back) {
      const auto& from = other.older_[(other.oldest_ + count - back) % count];
      remember({from.start, from.offset});
    }
  }

 private:
  template <std::size_t M>
  friend class GapMap;

  struct Entry {
    std::int64_t start = 0;
    std::int64_t offset = 0;
  };

  void remember(const Entry& entry) {
    reserve();
    if (older_.size() < N - 1) {
      older_.push_back(entry);
    } else {
      older_[oldest_] = entry;
      oldest_ = (oldest_ + 1) % older_.size();
    }
  }

  Entry newest_;  // nearly all that is asked for
  bool begun_ = false;
  std::vector<Entry> older_;  // N - 1 at most; most lines have none, and take no memory for them
  std::size_t oldest_ = 0;    // of those, where they go round
};

}  // namespace sfu::media

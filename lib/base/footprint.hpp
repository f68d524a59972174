// SPDX-License-Identifier: Apache-2.0
// Which memory a piece of work touches, so that it is fetched while something else is done: with hundreds of
// subscribers what belongs to one is out of the caches when its turn comes, and following pointers to it costs a wait
// for each. Only hints: an address that is not good any more does no harm.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sfu {

inline constexpr std::uintptr_t kCacheLine = 64;

// [from, to)
inline void prefetch(const void* from, const void* to) {
  const auto end = reinterpret_cast<std::uintptr_t>(to);
  for (auto at = reinterpret_cast<std::uintptr_t>(from) & ~(kCacheLine - 1); at < end; at += kCacheLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(at), 1);
  }
}

// Places that are found by following pointers, noted beforehand.
class Footprint {
 public:
  void clear() { count_ = 0; }
  template <typename T>
  void add(const T& object) {
    add(&object, &object + 1);
  }
  // What is beyond the room that is here is left out.
  void add(const void* from, const void* to) {
    const auto end = reinterpret_cast<std::uintptr_t>(to);
    auto at = reinterpret_cast<std::uintptr_t>(from) & ~(kCacheLine - 1);
    for (; at < end && count_ < lines_.size(); at += kCacheLine) lines_[count_++] = reinterpret_cast<const void*>(at);
  }
  void fetch() const {
    for (std::size_t i = 0; i < count_; ++i) __builtin_prefetch(lines_[i], 1);
  }

 private:
  std::size_t count_ = 0;
  std::array<const void*, 20> lines_;
};

}  // namespace sfu

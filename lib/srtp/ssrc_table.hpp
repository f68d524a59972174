// SPDX-License-Identifier: Apache-2.0
// A value per SSRC: open addressing over a dense list, so that a session of many streams finds one in a step or two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/footprint.hpp"

namespace sfu::srtp {

template <typename T>
class SsrcTable {
 public:
  struct Entry {
    std::uint32_t ssrc = 0;
    T value{};
  };

  T* find(std::uint32_t ssrc) {
    if (entries_.size() <= kFew) {  // its memory alone is looked at
      for (Entry& entry : entries_) {
        if (entry.ssrc == ssrc) return &entry.value;
      }
      return nullptr;
    }
    for (std::size_t at = home(ssrc);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == kFree) return nullptr;
      if (Entry& entry = entries_[slots_[at]]; entry.ssrc == ssrc) return &entry.value;
    }
  }

  // Of an SSRC that is not there yet. Moves the other values.
  T& add(std::uint32_t ssrc) {
    entries_.push_back({ssrc, {}});
    if (entries_.size() * 2 > slots_.size()) {
      rebuild(slots_.empty() ? 8 : slots_.size() * 2);
    } else {
      place(static_cast<std::uint32_t>(entries_.size() - 1));
    }
    return entries_.back().value;
  }

  // Gives the place of an entry to another SSRC, with a fresh value.
  T& replace(Entry& entry, std::uint32_t ssrc) {
    entry = {ssrc, {}};
    rebuild(slots_.size());
    return entry.value;
  }

  // What find() touches while there are few.
  void add_to(Footprint& footprint) const {
    if (entries_.size() <= kFew) footprint.add(entries_.data(), entries_.data() + entries_.size());
  }

  std::size_t size() const { return entries_.size(); }
  std::vector<Entry>& entries() { return entries_; }

 private:
  static constexpr std::size_t kFew = 4;
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  std::size_t home(std::uint32_t ssrc) const {
    return static_cast<std::size_t>(ssrc * std::uint64_t{0x9E3779B97F4A7C15} >> 32) & (slots_.size() - 1);
  }
  void place(std::uint32_t index) {
    std::size_t at = home(entries_[index].ssrc);
    while (slots_[at] != kFree) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = index;
  }
  void rebuild(std::size_t size) {
    slots_.assign(size, kFree);
    for (std::uint32_t index = 0; index < entries_.size(); ++index) place(index);
  }

  std::vector<std::uint32_t> slots_;  // a power of two of them, at least half free
  std::vector<Entry> entries_;
};

// For an inbound table: the value of an authenticated SSRC, new ones displacing the one unused for longest. `T` has
// `last_used`.
template <typename T>
T& add_bounded(SsrcTable<T>& table, std::uint32_t ssrc, std::size_t limit, std::uint32_t* displaced = nullptr) {
  if (table.size() < limit) return table.add(ssrc);
  auto* oldest = &table.entries().front();
  for (auto& entry : table.entries()) {
    if (entry.value.last_used < oldest->value.last_used) oldest = &entry;
  }
  if (displaced != nullptr) *displaced = oldest->ssrc;
  return table.replace(*oldest, ssrc);
}

}  // namespace sfu::srtp

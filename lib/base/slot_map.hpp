// SPDX-License-Identifier: Apache-2.0
// Values by handle. A handle is an index and a generation, so one whose value is gone finds nothing: that is how
// objects refer sideways without owning each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace sfu {

// `Tag` keeps handles of different maps apart.
template <typename Tag>
struct Handle {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  // 0: refers to nothing

  explicit operator bool() const { return generation != 0; }
  std::uint64_t packed() const { return std::uint64_t{generation} << 32 | index; }
  friend auto operator<=>(const Handle&, const Handle&) = default;
};

// References stay valid until their value is erased.
template <typename T, typename Tag = T>
class SlotMap {
 public:
  using Key = Handle<Tag>;

  template <typename... Args>
  Key emplace(Args&&... args) {
    std::uint32_t index = 0;
    if (free_.empty()) {
      index = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
    }
    Slot& slot = slots_[index];
    slot.value.emplace(std::forward<Args>(args)...);
    ++size_;
    return {index, slot.generation};
  }

  T* find(Key key) {
    if (key.index >= slots_.size()) return nullptr;
    Slot& slot = slots_[key.index];
    return slot.generation == key.generation && slot.value ? &*slot.value : nullptr;
  }
  const T* find(Key key) const { return const_cast<SlotMap*>(this)->find(key); }

  // The value at this index, whatever its generation; for timers, whose keys are indexes. Null if there is none.
  T* at(std::uint32_t index) { return index < slots_.size() && slots_[index].value ? &*slots_[index].value : nullptr; }

  bool erase(Key key) {
    if (find(key) == nullptr) return false;
    Slot& slot = slots_[key.index];
    slot.value.reset();
    if (++slot.generation == 0) slot.generation = 1;
    free_.push_back(key.index);
    --size_;
    return true;
  }

  std::size_t size() const { return size_; }

  // Calls `visit(key, value)` for each value, in index order. `visit` may erase the value it is given.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t index = 0; index < slots_.size(); ++index) {
      if (slots_[index].value) visit(Key{index, slots_[index].generation}, *slots_[index].value);
    }
  }

 private:
  struct Slot {
    std::uint32_t generation = 1;
    std::optional<T> value;
  };
  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace sfu

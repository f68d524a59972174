// SPDX-License-Identifier: Apache-2.0
// The memory of one result, or of what one callback is given: structs, and all that they point to, freed at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sfu-c/base.h"

namespace sfu::capi {

class Arena {
 public:
  // Zero, but for its size.
  template <typename T>
  T* make() {
    T* made = array<T>(1);
    if constexpr (requires { made->size; }) made->size = sizeof(T);
    return made;
  }

  template <typename T>
  T* array(std::size_t count) {
    if (count == 0) return nullptr;
    void* memory = memory_.allocate(count * sizeof(T), alignof(T));
    std::memset(memory, 0, count * sizeof(T));
    return static_cast<T*>(memory);
  }

  char* text(std::string_view text) {
    char* copy = array<char>(text.size() + 1);
    std::ranges::copy(text, copy);
    return copy;
  }

  const std::uint8_t* bytes(std::string_view bytes) {
    return bytes.empty() ? nullptr : reinterpret_cast<const std::uint8_t*>(text(bytes));
  }

  const char* const* texts(std::span<const std::string> texts) {
    const char** copies = array<const char*>(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) copies[i] = text(texts[i]);
    return copies;
  }

  const sfu_pair* pairs(const std::map<std::string, std::string>& map) {
    sfu_pair* copies = array<sfu_pair>(map.size());
    std::size_t i = 0;
    for (const auto& [key, value] : map) copies[i++] = {text(key), text(value)};
    return copies;
  }

  // An array of pointers to what `convert(item)` makes of each.
  template <typename C, typename Items, typename Convert>
  const C* const* pointers(const Items& items, Convert convert) {
    const C** made = array<const C*>(std::size(items));
    std::size_t i = 0;
    for (const auto& item : items) made[i++] = convert(item);
    return made;
  }

 private:
  std::byte first_[512];
  std::pmr::monotonic_buffer_resource memory_{first_, sizeof first_};
};

}  // namespace sfu::capi

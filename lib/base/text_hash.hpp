// SPDX-License-Identifier: Apache-2.0
// For unordered maps with text as their key, which are looked up by std::string_view.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace sfu {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

}  // namespace sfu

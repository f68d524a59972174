// SPDX-License-Identifier: Apache-2.0
// What the library has given to its caller, until sfu_free().
#pragma once

#include <memory>

#include "capi/arena.hpp"

namespace sfu::capi {

void keep_result(const void* result, std::unique_ptr<Arena> arena);
std::uint64_t live_results();

// What `build(arena)` returns, as a result.
template <typename Build>
auto give(Build build) {
  auto arena = std::make_unique<Arena>();
  auto* made = build(*arena);
  keep_result(made, std::move(arena));
  return made;
}

}  // namespace sfu::capi

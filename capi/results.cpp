// SPDX-License-Identifier: Apache-2.0
#include "capi/results.hpp"

#include <mutex>
#include <unordered_map>

#include "capi/call.hpp"
#include "capi/handles.hpp"

namespace sfu::capi {
namespace {

struct Results {
  std::mutex mutex;
  std::unordered_map<const void*, std::unique_ptr<Arena>> arenas;
};

// Never destroyed: threads of the host may outlive main().
Results& results() {
  static Results& results = *new Results;
  return results;
}

}  // namespace

void keep_result(const void* result, std::unique_ptr<Arena> arena) {
  const std::lock_guard lock(results().mutex);
  results().arenas.emplace(result, std::move(arena));
}

std::uint64_t live_results() {
  const std::lock_guard lock(results().mutex);
  return results().arenas.size();
}

}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_free(const void* result) {
  return enter([&] {
    if (result == nullptr) return;
    const std::lock_guard lock(results().mutex);
    if (results().arenas.erase(result) == 0) refuse(SFU_ERROR_INVALID_HANDLE, "this is no result, or was given back");
  });
}

uint64_t sfu_live_count() {
  return live_handles() + live_results();
}

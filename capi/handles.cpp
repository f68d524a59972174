// SPDX-License-Identifier: Apache-2.0
#include "capi/handles.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sfu::capi {
namespace {

static_assert(sizeof(void*) == 8, "the bits of a handle are laid out for 64");
constexpr std::uintptr_t kMark = std::uintptr_t{0x5F} << 56;  // no canonical address begins so
constexpr int kKindShift = 48;

struct Shard {
  std::mutex mutex;
  std::unordered_map<std::uintptr_t, std::shared_ptr<void>> objects;
};

struct Table {
  std::atomic<std::uintptr_t> next = 1;
  std::array<Shard, 16> shards;

  Shard& of(std::uintptr_t handle) { return shards[handle % shards.size()]; }
};

// Never destroyed: threads of the host may outlive main().
Table& table() {
  static Table& table = *new Table;
  return table;
}

std::shared_ptr<void> look_up(unsigned kind, const char* name, std::uintptr_t handle, bool remove) {
  if (handle == 0) refuse(SFU_ERROR_INVALID_HANDLE, std::string(name) + " is NULL");
  if (handle >> kKindShift != (kMark >> kKindShift | kind)) {
    refuse(SFU_ERROR_INVALID_HANDLE, "this is no " + std::string(name));
  }
  Shard& shard = table().of(handle);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.objects.find(handle);
  if (found == shard.objects.end()) refuse(SFU_ERROR_INVALID_HANDLE, std::string(name) + " was released");
  std::shared_ptr<void> object = found->second;
  if (remove) shard.objects.erase(found);
  return object;
}

}  // namespace

std::uintptr_t add_object(unsigned kind, std::shared_ptr<void> object) {
  const std::uintptr_t handle = kMark | std::uintptr_t{kind} << kKindShift | table().next.fetch_add(1);
  Shard& shard = table().of(handle);
  const std::lock_guard lock(shard.mutex);
  shard.objects.emplace(handle, std::move(object));
  return handle;
}

std::shared_ptr<void> find_object(unsigned kind, const char* name, std::uintptr_t handle) {
  return look_up(kind, name, handle, false);
}

std::shared_ptr<void> take_object(unsigned kind, const char* name, std::uintptr_t handle) {
  return look_up(kind, name, handle, true);
}

std::uint64_t live_handles() {
  std::uint64_t sum = 0;
  for (Shard& shard : table().shards) {
    const std::lock_guard lock(shard.mutex);
    sum += shard.objects.size();
  }
  return sum;
}

}  // namespace sfu::capi

// SPDX-License-Identifier: Apache-2.0
#include "runtime/placement.hpp"

#include <algorithm>

namespace sfu::runtime {

unsigned Placement::enter(const std::string& room, std::optional<unsigned> preferred) {
  const std::lock_guard lock(mutex_);
  auto [entry, is_new] = rooms_.try_emplace(room);
  if (is_new) {
    const auto least = std::ranges::min_element(rooms_of_worker_);
    entry->second.worker = preferred.value_or(static_cast<unsigned>(least - rooms_of_worker_.begin()));
    ++rooms_of_worker_[entry->second.worker];
  }
  ++entry->second.arriving;
  return entry->second.worker;
}

void Placement::settled(const std::string& room, bool exists) {
  const std::lock_guard lock(mutex_);
  const auto entry = rooms_.find(room);
  if (entry == rooms_.end()) return;
  --entry->second.arriving;
  entry->second.exists = exists;
  drop_if_unused(entry);
}

void Placement::ended(const std::string& room) {
  const std::lock_guard lock(mutex_);
  const auto entry = rooms_.find(room);
  if (entry == rooms_.end()) return;
  entry->second.exists = false;
  drop_if_unused(entry);
}

std::optional<unsigned> Placement::find(std::string_view room) const {
  const std::lock_guard lock(mutex_);
  const auto entry = rooms_.find(room);
  if (entry == rooms_.end()) return std::nullopt;
  return entry->second.worker;
}

void Placement::drop_if_unused(Entries::iterator entry) {
  if (entry->second.exists || entry->second.arriving > 0) return;
  --rooms_of_worker_[entry->second.worker];
  rooms_.erase(entry);
}

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
// Readers of keys under turn: the TURN server inside.
#include <algorithm>

#include "config/readers.hpp"

namespace sfu::config {

namespace {

constexpr std::int64_t kDefaultTtl = 300;  // control-plane spec 7.2
constexpr std::int64_t kMaxTtl = 86400;

}  // namespace

Result<void> read_turn_bind_addresses(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  draft.settings.turn.bind_addresses.clear();
  for (const Value& item : items) {
    SFU_TRY(const auto address, item.ip_address());
    draft.settings.turn.bind_addresses.push_back(address);
  }
  return {};
}

Result<void> read_turn_allocation_limit(const Value& value, Draft& draft) {
  SFU_TRY(const auto limit, value.number(-kMaxNumber, kMaxNumber));
  draft.settings.turn.allocations_per_participant = static_cast<std::uint32_t>(std::max<std::int64_t>(limit, 0));
  return {};
}

Result<void> read_turn_ttl(const Value& value, Draft& draft) {
  SFU_TRY(const auto seconds, value.number(-kMaxNumber, kMaxNumber));
  draft.settings.turn.credential_ttl = std::chrono::seconds(seconds > 0 ? std::min(seconds, kMaxTtl) : kDefaultTtl);
  return {};
}

}  // namespace sfu::config

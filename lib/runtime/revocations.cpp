// SPDX-License-Identifier: Apache-2.0
#include "runtime/revocations.hpp"

#include <algorithm>

namespace sfu::runtime {
namespace {

constexpr Duration kLeeway = std::chrono::seconds(60);  // that tokens are good beyond their expiry

}  // namespace

void Revocations::revoke(WallTime now, const std::string& room, const std::string& identity, WallTime before,
                         WallTime expiry) {
  if (identity.empty()) return;  // as the tokens of server SDKs have it, which are nobody's
  const std::lock_guard lock(mutex_);
  make_room(now);
  Entry& entry = entries_[{room, identity}];
  entry.before = std::max(entry.before, before);
  entry.until = std::max({entry.until, std::max(now, before) + kKept + kLeeway, expiry + kLeeway});
}

Result<void> Revocations::check(WallTime now, const Claims& claims) const {
  const std::lock_guard lock(mutex_);
  if (entries_.empty() || !claims.video) return {};
  const auto found = entries_.find({claims.video->room, claims.identity});
  if (found == entries_.end() || now > found->second.until) return {};
  const auto made = claims.not_before ? claims.not_before : claims.issued_at;
  if (made && *made >= found->second.before) return {};
  return fail(Errc::kUnauthenticated, "invalid authorization token: token is revoked");
}

std::size_t Revocations::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void Revocations::make_room(WallTime now) {
  std::erase_if(entries_, [now](const auto& entry) { return now > entry.second.until; });
  if (entries_.size() < kMost) return;
  entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& entry) { return entry.second.until; }));
}

}  // namespace sfu::runtime

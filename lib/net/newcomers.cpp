// SPDX-License-Identifier: Apache-2.0
#include "net/newcomers.hpp"

#include <algorithm>

namespace sfu::net {

std::optional<Newcomers::Id> Newcomers::add(Id id, const IpAddress& address, Instant now) {
  Origin origin = address.bytes();
  if (!address.is_v4()) std::fill(origin.begin() + 8, origin.end(), std::uint8_t{0});
  std::set<Id>& of_origin = by_origin_[origin];
  std::optional<Id> gone;
  if (of_origin.size() >= kMostOfOrigin) {
    gone = *of_origin.begin();
    of_origin.erase(of_origin.begin());
    entries_.erase(*gone);
  }
  of_origin.insert(id);
  entries_[id] = {origin, now};
  if (entries_.size() > kMost) gone = crowd_out();
  return gone;
}

void Newcomers::remove(Id id) {
  const auto at = entries_.find(id);
  if (at == entries_.end()) return;
  const auto origin = by_origin_.find(at->second.origin);
  origin->second.erase(id);
  if (origin->second.empty()) by_origin_.erase(origin);
  entries_.erase(at);
}

std::optional<Newcomers::Id> Newcomers::pop_overdue(Instant now) {
  if (now < deadline()) return std::nullopt;
  const Id id = entries_.begin()->first;
  remove(id);
  return id;
}

std::optional<Newcomers::Id> Newcomers::crowd_out() {
  const auto most = std::ranges::max_element(by_origin_, {}, [](const auto& origin) { return origin.second.size(); });
  if (most == by_origin_.end()) return std::nullopt;
  const Id id = *most->second.begin();
  remove(id);
  return id;
}

}  // namespace sfu::net

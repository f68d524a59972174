// SPDX-License-Identifier: Apache-2.0
#include "room/subscription_permission.hpp"

#include <algorithm>

namespace sfu::room {

bool SubscriptionPermissions::set(const livekit::SubscriptionPermission& permission,
                                  const std::function<std::string(const std::string&)>& identity_of) {
  std::vector<Entry> entries;
  if (!permission.all_participants()) {
    for (const auto& wanted : permission.track_permissions()) {
      Entry entry;
      entry.identity = wanted.participant_identity();
      if (entry.identity.empty()) {
        if (wanted.participant_sid().empty()) return false;
        entry.identity = identity_of(wanted.participant_sid());
        if (entry.identity.empty()) continue;
      }
      entry.all_tracks = wanted.all_tracks();
      entry.track_sids.assign(wanted.track_sids().begin(), wanted.track_sids().end());
      entries.push_back(std::move(entry));
    }
  }
  open_ = permission.all_participants();
  entries_ = std::move(entries);
  return true;
}

bool SubscriptionPermissions::allows(std::string_view identity, std::string_view track_sid) const {
  return open_ || std::ranges::any_of(entries_, [&](const Entry& entry) {
           return entry.identity == identity &&
                  (entry.all_tracks || std::ranges::find(entry.track_sids, track_sid) != entry.track_sids.end());
         });
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/subscription_permission.hpp"

namespace sfu::room {

bool SubscriptionPermissions::set(const livekit::SubscriptionPermission& permission,
                                  const std::function<std::string(const std::string&)>& identity_of) {
  std::map<std::string, Allowed, std::less<>> allowed;
  if (!permission.all_participants()) {
    int tracks = 0;
    if (permission.track_permissions_size() > kMaxEntries) return false;
    for (const auto& wanted : permission.track_permissions()) {
      std::string identity = wanted.participant_identity();
      if (identity.empty()) {
        if (wanted.participant_sid().empty()) return false;
        identity = identity_of(wanted.participant_sid());
        if (identity.empty()) continue;
      }
      tracks += wanted.track_sids_size();
      if (tracks > kMaxEntries) return false;
      Allowed& entry = allowed[std::move(identity)];
      entry.all_tracks |= wanted.all_tracks();
      entry.track_sids.insert(wanted.track_sids().begin(), wanted.track_sids().end());
    }
  }
  open_ = permission.all_participants();
  allowed_ = std::move(allowed);
  return true;
}

bool SubscriptionPermissions::allows(std::string_view identity, std::string_view track_sid) const {
  if (open_) return true;
  const auto entry = allowed_.find(identity);
  return entry != allowed_.end() && (entry->second.all_tracks || entry->second.track_sids.contains(track_sid));
}

}  // namespace sfu::room

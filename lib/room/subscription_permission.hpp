// SPDX-License-Identifier: Apache-2.0
// Whom a publisher lets subscribe to its tracks (signalling 3.4). Open until it says otherwise; after that, who is not
// listed hears nothing.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "livekit_rtc.pb.h"

namespace sfu::room {

class SubscriptionPermissions {
 public:
  static constexpr int kMaxEntries = 4096;  // of participants, and of tracks of all of them

  // Replaces all. False, and nothing changed, if an entry names nobody, or there are too many. `identity_of` gives the
  // identity of a participant sid, "" if it is not here: such an entry is skipped.
  bool set(const livekit::SubscriptionPermission& permission,
           const std::function<std::string(const std::string&)>& identity_of);

  // Recorders are let in by the caller.
  bool allows(std::string_view identity, std::string_view track_sid) const;

 private:
  struct Allowed {
    bool all_tracks = false;
    std::set<std::string, std::less<>> track_sids;
  };
  bool open_ = true;
  std::map<std::string, Allowed, std::less<>> allowed_;  // by identity
};

}  // namespace sfu::room

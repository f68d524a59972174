// SPDX-License-Identifier: Apache-2.0
// Whom a publisher lets subscribe to its tracks (signalling 3.4). Open until it says otherwise; after that, who is not
// listed hears nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "livekit_rtc.pb.h"

namespace sfu::room {

class SubscriptionPermissions {
 public:
  // Replaces all. False, and nothing changed, if an entry names nobody. `identity_of` gives the identity of a
  // participant sid, "" if it is not here: such an entry is skipped.
  bool set(const livekit::SubscriptionPermission& permission,
           const std::function<std::string(const std::string&)>& identity_of);

  // Recorders are let in by the caller.
  bool allows(std::string_view identity, std::string_view track_sid) const;

 private:
  struct Entry {
    std::string identity;
    bool all_tracks = false;
    std::vector<std::string> track_sids;
  };
  bool open_ = true;
  std::vector<Entry> entries_;
};

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/access.hpp"

namespace sfu::room {

bool lets_subscribe(const Participant& publisher, const Participant& subscriber, const std::string& track_sid) {
  return subscriber.profile.is_recorder() ||
         publisher.subscription_permissions.allows(subscriber.profile.identity(), track_sid);
}

void tell_allowed(const Participant& subscriber, const Participant& publisher, const std::string& track_sid,
                  bool allowed, std::optional<bool>& told, Output& out) {
  if (told == allowed) return;
  told = allowed;
  livekit::SignalResponse response;
  auto* update = response.mutable_subscription_permission_update();
  update->set_participant_sid(publisher.profile.sid());
  update->set_track_sid(track_sid);
  update->set_allowed(allowed);
  send(out, subscriber, std::move(response));
}

}  // namespace sfu::room

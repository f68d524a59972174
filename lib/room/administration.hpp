// SPDX-License-Identifier: Apache-2.0
// What the host does to participants (signalling 2.13; control plane: UpdateParticipant, MutePublishedTrack).
#pragma once

#include <string>

#include "base/result.hpp"
#include "room/lifecycle.hpp"
#include "room/publishing.hpp"
#include "room/room_state.hpp"
#include "room/subscribing.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class Administration {
 public:
  Administration(RoomState& state, Updates& updates, Publishing& publishing, Lifecycle& lifecycle)
      : state_(state), updates_(updates), publishing_(publishing), lifecycle_(lifecycle) {}

  // Replaces all of them. What is not allowed any more ends at once: tracks are removed, subscriptions dropped (and
  // taken up again when they are allowed again).
  void set_permission(Instant now, Participant& participant, const livekit::ParticipantPermission& permission,
                      Output& out);
  // Errors: kNotFound, kFailedPrecondition (unmuting, which RoomOptions::remote_unmute does not allow).
  Result<livekit::TrackInfo> mute_track(Instant now, Participant& publisher, const std::string& sid, bool muted,
                                        Output& out);

 private:
  void remove_disallowed(Instant now, Participant& publisher, Output& out);

  RoomState& state_;
  Updates& updates_;
  Publishing& publishing_;
  Lifecycle& lifecycle_;
};

}  // namespace sfu::room

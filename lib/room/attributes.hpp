// SPDX-License-Identifier: Apache-2.0
// Changes of a participant's name, metadata and attributes (signalling 2.13).
#pragma once

#include "base/result.hpp"
#include "room/room_state.hpp"
#include "room/updates.hpp"

namespace sfu::room {

// By whoever may. Errors: kLimitExceeded, and nothing is changed.
Result<void> apply_metadata(Instant now, RoomState& state, Updates& updates, Participant& participant,
                            const livekit::UpdateParticipantMetadata& update, Output& out);

// By its own client, which is answered.
void update_own_metadata(Instant now, RoomState& state, Updates& updates, Participant& participant,
                         const livekit::UpdateParticipantMetadata& request, Output& out);

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// A client's change of its own name, metadata and attributes (signalling 2.13).
#pragma once

#include "room/room_state.hpp"
#include "room/updates.hpp"

namespace sfu::room {

void update_own_metadata(Instant now, RoomState& state, Updates& updates, Participant& participant,
                         const livekit::UpdateParticipantMetadata& request, Output& out);

}  // namespace sfu::room

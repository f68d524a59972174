// SPDX-License-Identifier: Apache-2.0
// Faults that a client asks for, to see how it bears them (signalling 2.16). They concern nobody but itself.
#pragma once

#include "room/room_parts.hpp"

namespace sfu::room {

void simulate(Instant now, RoomParts& parts, Participant& participant, const livekit::SimulateScenario& scenario,
              Output& out);

}  // namespace sfu::room

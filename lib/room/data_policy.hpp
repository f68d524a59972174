// SPDX-License-Identifier: Apache-2.0
// What the host's policy says of one packet of data.
#pragma once

#include "room/room_state.hpp"

namespace sfu::room {

// The packet is stamped with its sender. False: it is dropped. Its payload may be another one afterwards.
bool passes_policy(const RoomState& state, const Participant& sender, livekit::DataPacket& packet, bool reliable);

}  // namespace sfu::room

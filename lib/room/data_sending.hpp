// SPDX-License-Identifier: Apache-2.0
// One message into a data channel of one participant.
#pragma once

#include <string_view>

#include "room/room_state.hpp"

namespace sfu::room {

// False if it was dropped: there is no such channel, or too much waits in it. Never waits: a recipient that takes
// nothing costs nobody else anything.
bool send_data(RoomState& state, Instant now, Participant& recipient, std::string_view label, ByteView bytes,
               Output& out);

}  // namespace sfu::room

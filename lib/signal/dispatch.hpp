// SPDX-License-Identifier: Apache-2.0
// One SignalRequest to the operation of the room that it asks for (signalling 2.1).
#pragma once

#include "livekit_rtc.pb.h"
#include "room/room.hpp"

namespace sfu::signal {

// Pings are not for the room; they, and cases that are not known, do nothing here.
void dispatch(Instant now, const livekit::SignalRequest& request, room::Room& room, room::ParticipantId from,
              room::Output& out);

}  // namespace sfu::signal

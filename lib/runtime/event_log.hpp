// SPDX-License-Identifier: Apache-2.0
// What happens in rooms, as lines of the log: with room, participant and track by the names that LiveKit's server gives
// them (room and roomID, participant and pID, trackID).
#pragma once

#include "base/log.hpp"
#include "room/output.hpp"

namespace sfu::runtime {

void log_event(const Log& log, const room::Event& event);

}  // namespace sfu::runtime

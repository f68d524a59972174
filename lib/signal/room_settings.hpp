// SPDX-License-Identifier: Apache-2.0
// With which settings a join makes a room (signalling 3.2): the server's defaults, over them the preset that the token
// names, over that what the token's roomConfig says. Plain functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "room/join_params.hpp"
#include "sfu/info.hpp"
#include "sfu/room_options.hpp"

namespace sfu::signal {

// A RoomConfiguration in protobuf's JSON form; unknown fields are skipped. Errors: kMalformed.
Result<RoomConfiguration> read_room_configuration(std::string_view json);

// The agents that RoomConfiguration::agents asks for. What makes no sense is left out: whoever gave it was told.
std::vector<AgentDispatch> read_agent_dispatches(std::string_view json);

// What `wanted` leaves empty takes the preset's value. Tags are not a preset's to give (control-plane spec 2.4).
void fill_from_preset(RoomConfiguration& wanted, const RoomConfiguration& preset);

// Writes what is wanted over the defaults.
void apply_configuration(const RoomConfiguration& wanted, room::RoomOptions& options);

}  // namespace sfu::signal

// SPDX-License-Identifier: Apache-2.0
// The agents that are wanted in a room: those of its configuration, and those that the host added.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "room/room_state.hpp"

namespace sfu::room {

class AgentDispatches {
 public:
  AgentDispatches(Instant now, RoomState& state);

  const std::vector<AgentDispatch>& all() const { return all_; }
  const AgentDispatch& add(Instant now, AgentDispatch dispatch);
  // Errors: kInvalidArgument.
  Result<AgentDispatch> remove(const std::string& id);

 private:
  RoomState& state_;
  std::vector<AgentDispatch> all_;
};

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/agent_dispatches.hpp"

#include <algorithm>

namespace sfu::room {

AgentDispatches::AgentDispatches(Instant now, RoomState& state) : state_(state) {
  for (AgentDispatch& dispatch : state_.options.agent_dispatches) add(now, std::move(dispatch));
  state_.options.agent_dispatches.clear();
  // Who names no agent gets any of those that have no name, as before there were names.
  if (all_.empty()) add(now, {});
}

const AgentDispatch& AgentDispatches::add(Instant now, AgentDispatch dispatch) {
  dispatch.id = make_sid(state_.random(), "AD_");
  dispatch.created_at = state_.wall_time(now);
  return all_.emplace_back(std::move(dispatch));
}

Result<AgentDispatch> AgentDispatches::remove(const std::string& id) {
  const auto found = std::ranges::find(all_, id, &AgentDispatch::id);
  if (found == all_.end()) return fail(Errc::kInvalidArgument, "dispatch ID not found");
  AgentDispatch removed = std::move(*found);
  all_.erase(found);
  return removed;
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "estimate.hpp"

namespace sfu::sim {

std::optional<Bitrate> estimate_of(Simulation& simulation, const std::string& room, const std::string& identity) {
  const auto* found = simulation.shard().find_room(room);
  return found != nullptr ? found->downlink_estimate(found->find(identity)) : std::nullopt;
}

}  // namespace sfu::sim

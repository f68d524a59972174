// SPDX-License-Identifier: Apache-2.0
// What the server thinks that a subscriber's connection can carry, for scenarios to show.
#pragma once

#include <optional>
#include <string>

#include "simulation.hpp"

namespace sfu::sim {

// Nothing where it is not known.
std::optional<Bitrate> estimate_of(Simulation& simulation, const std::string& room, const std::string& identity);

}  // namespace sfu::sim

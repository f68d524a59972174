// SPDX-License-Identifier: Apache-2.0
// A scenario's result as people and programs read it.
#pragma once

#include <string>

#include "scenario_run.hpp"

namespace sfu::sim {

// A line for each subscriber.
std::string to_table(const ScenarioResult& result);
std::string to_json(const ScenarioResult& result);
// One subscriber over time: capacity, estimate and what it got; how long that waited; what its tracks showed.
std::string to_svg(const ScenarioResult& result, const SubscriberFigures& subscriber);

}  // namespace sfu::sim

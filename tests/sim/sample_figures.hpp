// SPDX-License-Identifier: Apache-2.0
// What can be told of one subscriber's samples alone.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "scenario_run.hpp"

namespace sfu::sim {

// Which of them are of the steady state: in (from, until], and the capacity has not changed for `settle`.
std::vector<bool> steady_samples(std::span<const Sample> samples, Duration from, Duration until, Duration settle);

// The longest that it took after a fall of the capacity until packets waited for no more than 100 ms, for a second.
// nullopt: it never fell.
std::optional<Duration> longest_recovery(std::span<const Sample> samples);

}  // namespace sfu::sim

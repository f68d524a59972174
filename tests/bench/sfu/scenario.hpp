// SPDX-License-Identifier: Apache-2.0
// The scenarios by name, and how large one is with the options that were given.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "options.hpp"

namespace sfu::load {

// A data packet begins with its number and the time it was sent.
inline constexpr unsigned kLeastMessage = 10;

// How much of it there is.
struct Load {
  unsigned rooms = 1;
  unsigned publishers = 0;   // of each room
  unsigned subscribers = 0;  // of each room, who publish nothing
  double joins_per_second = 0;
};

struct Scenario {
  const char* name;
  const char* about;
  Load load;
  bool video = false;
  bool audio = false;
  bool data = false;
  bool simulcast = false;
  bool publishers_subscribe = false;
  bool speakers = false;   // one of a room speaks at a time: wanted at high quality, others at low
  bool bare_loop = false;  // the bare loop of its packets says something
  // What --sweep varies.
  void (*vary)(Load& load, unsigned value) = nullptr;
};

std::span<const Scenario> scenarios();
const Scenario* find_scenario(std::string_view name);

// The scenario as the options want it.
Scenario with_options(const Scenario& scenario, const Options& options);

// Participants that are there all the time, and forwarded streams when all is subscribed (those of churn not counted).
std::size_t participants_of(const Scenario& scenario);
std::size_t streams_of(const Scenario& scenario);

}  // namespace sfu::load

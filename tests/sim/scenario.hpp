// SPDX-License-Identifier: Apache-2.0
// A scenario as its file says it: who is in the room, over which links, and what happens when. docs/simulation.md has
// every key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "link.hpp"
#include "participant.hpp"

namespace sfu::sim {

struct Person {
  std::string identity;
  std::string up;  // names of links; empty: a perfect one
  std::string down;
  Duration join{};
  std::optional<Duration> leave{};
  bool audio_redundancy = false;  // its sound goes and comes as RED
  std::vector<MediaPlan> media{};
  WatchPlan watch{};
};

struct ScenarioEvent {
  enum class What : std::uint8_t { kMute, kUnmute, kPause, kResume };
  Duration at{};
  What what = What::kMute;
  std::string identity;
};

struct Scenario {
  std::string name;
  std::string about;
  Duration duration{};
  Duration steady_from{};  // figures of the steady state are from here to the end,
  Duration settle{};       // but for so long after each change of the link's rate
  std::uint64_t seed = 1;
  std::map<std::string, Link> links;  // instants count from Instant{}
  std::vector<Person> people;
  std::vector<ScenarioEvent> events;
};

// Errors: kInvalidArgument, with the file, the line and the key.
Result<Scenario> parse_scenario(const std::string& text, const std::string& file);

}  // namespace sfu::sim

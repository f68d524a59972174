// SPDX-License-Identifier: Apache-2.0
// Runs a scenario, and works out what each subscriber got of it. docs/simulation.md defines the figures.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario.hpp"

namespace sfu::sim {

// At one moment, every kSampleInterval.
struct Sample {
  Duration at{};
  Bitrate capacity{};  // of the down-link; 0: without a limit
  std::optional<Bitrate> estimate{};
  Bitrate received{};                // over the last interval, on the wire
  Duration longest_wait{};           // in the queue, over the last interval
  std::array<unsigned, 4> tracks{};  // video tracks that show nothing, the lowest layer, the middle, the highest
};
inline constexpr Duration kSampleInterval = std::chrono::milliseconds(200);

struct TrackFigures {
  std::string sid;
  std::string publisher;
  bool audio = false;
  Bitrate bitrate{};
  std::uint64_t shown = 0;
  std::uint64_t freezes = 0;
  Duration longest_gap{};
  std::optional<Duration> first_frame{};
  double concealed = 0;  // share
  Duration delay_p50{};
  Duration delay_p95{};
  std::uint64_t repaired = 0;
};

struct SubscriberFigures {
  std::string identity;
  std::optional<Bitrate> estimate{};  // mean of the steady state
  Bitrate mean{};
  Bitrate steady{};
  std::optional<double> utilisation{};  // of the down-link in the steady state, with all that is on it
  std::array<double, 4> layers{};       // shares of tracks and time, as in Sample, in the steady state
  Duration wait_p50{};
  Duration wait_p95{};
  Duration wait_max{};
  std::optional<Duration> recovery{};  // from a fall of the capacity, the longest
  std::uint64_t dropped = 0;           // in the queue
  std::uint64_t lost = 0;
  std::uint64_t freezes = 0;
  Duration frozen{};
  Duration longest_gap{};
  std::optional<Duration> first_frame{};  // the last of its tracks to begin
  std::optional<double> concealed{};
  std::vector<TrackFigures> tracks{};
  std::vector<Sample> samples{};
};

// A link that the scenario names, over the whole time.
struct LinkFigures {
  std::string name;
  Bitrate mean{};  // of the simulated hosts, with all overhead
  Bitrate steady{};
  Bitrate cross{};  // of cross traffic, in the steady state
  Duration wait_p50{};
  Duration wait_p95{};
  Duration wait_max{};
  std::uint64_t dropped = 0;
  std::uint64_t cross_dropped = 0;
  std::uint64_t lost = 0;
};

struct ScenarioResult {
  std::string name;
  std::uint64_t seed = 0;
  Duration duration{};
  std::vector<SubscriberFigures> subscribers{};
  std::vector<LinkFigures> links{};
  std::uint64_t trace = 0;  // over all packets that all received; equal for equal runs
};

ScenarioResult run_scenario(const Scenario& scenario);

}  // namespace sfu::sim

// SPDX-License-Identifier: Apache-2.0
// One run of a scenario: all join, it warms up, it is measured, all leave.
#pragma once

#include <optional>
#include <string>

#include "bare_loop.hpp"
#include "figures.hpp"
#include "options.hpp"
#include "process_figures.hpp"
#include "scenario.hpp"
#include "server_latency.hpp"
#include "system_calls.hpp"

namespace sfu::load {

// Where the load goes.
struct Target {
  std::string url;
  pid_t pid = 0;        // 0: not on this machine, or not told
  std::string metrics;  // URL; empty: not told
};

struct RunResult {
  Scenario scenario;
  std::size_t participants = 0;  // who were to be there all the time
  Figures figures;               // of the measurement; joins, of the whole run
  Duration joins_took{};
  std::uint64_t joined_at_first = 0;  // in that time
  Duration measured{};
  Duration generator_cpu{};  // of this process, in that time
  Duration machine_cpu{};    // of all processes of this machine

  // Of the server's process, where it is known: before anybody came, and at both ends of the measurement.
  std::optional<ProcessFigures> before_joins;
  std::optional<ProcessFigures> begin;
  std::optional<ProcessFigures> end;
  std::optional<SystemCalls> system_calls;
  std::optional<ServerLatency> server_latency;  // of the measurement
  std::optional<BareLoop> bare_loop;
};

// Tells on standard error how far it is. Errors: nobody could join, or the server's process has gone.
Result<RunResult> run_scenario(const Options& options, const Scenario& scenario, const Target& target);

}  // namespace sfu::load

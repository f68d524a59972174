// SPDX-License-Identifier: Apache-2.0
// What runs found, as people and programs read it. docs/performance.md says what the figures mean.
#pragma once

#include <span>
#include <string>

#include "options.hpp"
#include "run.hpp"

namespace sfu::load {

// What follows from a run's figures.
struct Derived {
  double seconds = 0;
  std::uint64_t forwarded = 0;  // packets that clients got: RTP, or data packets
  double server_cpu_share = 0;  // of one CPU
  double server_ns_per_packet = 0;
  double server_ns_per_packet_either_way = 0;  // over those that it got, too
  double generator_cpu_share = 0;
  double others_cpu_share = 0;  // of everything else on this machine, a server elsewhere or unknown included
  double joins_per_second = 0;
  double bytes_per_participant = 0;  // resident, with what the load keeps in buffers
};
Derived derive(const RunResult& result);

// All of one run, a line for each figure.
std::string to_text(const RunResult& result);
// Runs of a sweep side by side.
std::string to_table(std::span<const RunResult> results);
std::string to_json(const Options& options, std::span<const RunResult> results);
// CPU against streams.
std::string to_svg(std::span<const RunResult> results);

}  // namespace sfu::load

// SPDX-License-Identifier: Apache-2.0
// What the packets of a run cost at least: the bare loop of tests/bench/baseline.hpp over as many destinations, with
// packets of the same size in bursts as large, measured on this machine right after; as fast as it can, and at the
// run's pace.
#pragma once

#include <chrono>
#include <cstddef>

namespace sfu::load {

struct BareLoop {
  std::size_t destinations = 0;
  std::size_t burst = 0;
  std::size_t packet_size = 0;
  // Nanoseconds of CPU a packet: protecting (OpenSSL's AES-GCM), and sending them one by one or a burst at once.
  double protect_ns = 0;
  double send_ns = 0;
  double send_segmented_ns = 0;
  // In all, at the run's pace.
  double paced_ns = 0;
  double paced_segmented_ns = 0;

  double plain_ns() const { return protect_ns + send_ns; }
  double segmented_ns() const { return protect_ns + send_segmented_ns; }
};

// `interval`: between two bursts.
BareLoop measure_bare_loop(std::size_t destinations, std::size_t burst, std::size_t packet_size,
                           std::chrono::nanoseconds interval);

}  // namespace sfu::load

// SPDX-License-Identifier: Apache-2.0
// What the packets of a run cost at least: the bare loop of tests/bench/baseline.hpp over as many destinations, with
// packets of the same size in bursts as large, measured on this machine right after; as fast as it can, and at the
// run's pace; protected by OpenSSL's AES-GCM, which the server has too, and by libsrtp2's.
#pragma once

#include <chrono>
#include <cstddef>

namespace sfu::load {

struct BareLoop {
  std::size_t destinations = 0;
  std::size_t burst = 0;
  std::size_t packet_size = 0;

  // Nanoseconds of CPU a packet, one by one and a burst at once.
  struct Costs {
    double protect_ns = 0;  // part of all the others
    double plain_ns = 0;
    double segmented_ns = 0;
    double paced_ns = 0;
    double paced_segmented_ns = 0;
  };
  Costs openssl;
  Costs libsrtp;
};

// `interval`: between two bursts.
BareLoop measure_bare_loop(std::size_t destinations, std::size_t burst, std::size_t packet_size,
                           std::chrono::nanoseconds interval);

}  // namespace sfu::load

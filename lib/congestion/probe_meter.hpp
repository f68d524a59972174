// SPDX-License-Identifier: Apache-2.0
// What a probe has shown: packets of one cluster, sent faster than usual, and how fast they arrived.
#pragma once

#include <array>
#include <optional>

#include "base/time.hpp"
#include "congestion/sent_packets.hpp"

namespace sfu::congestion {

struct ProbeCluster {
  ProbeId id = kNoProbe;
  Bitrate rate;           // that it is sent at
  std::size_t bytes = 0;  // at least
  int packets = 0;        // at least
};

class ProbeMeter {
 public:
  void expect(const ProbeCluster& cluster);
  struct Result {
    Bitrate rate;
    bool saturated = false;  // it arrived slower than it was sent
  };
  // A received packet with a time. What its cluster has shown so far, once enough of it has come.
  std::optional<Result> on_packet(const PacketResult& packet);

 private:
  struct Cluster {
    ProbeCluster goal;
    int packets = 0;
    Instant first_sent{};
    Instant last_sent{};
    Instant first_arrival{};
    Instant last_arrival{};
    std::size_t bytes = 0;
    std::size_t last_sent_size = 0;
    std::size_t first_arrival_size = 0;
  };
  static std::optional<Result> judge(const Cluster& cluster);

  std::array<Cluster, 4> clusters_{};
  std::size_t next_ = 0;
};

}  // namespace sfu::congestion

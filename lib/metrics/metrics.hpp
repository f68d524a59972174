// SPDX-License-Identifier: Apache-2.0
// What a server and its rooms have come to, as Prometheus reads it (docs/metrics.md). Names and labels are those of
// LiveKit's server where the figure is the same, and begin with sfu_ where it is ours (control-plane spec 7.3). Pure
// functions of figures that others have gathered, but for the process's own, which the system is asked for.
// Elsewhere: who counts (room, runtime, webhook, control), and who may read it (control).
#pragma once

#include <string>

#include "sfu/statistics.hpp"
#include "sfu/webhooks.hpp"

namespace sfu::metrics {

namespace bounds {
inline constexpr double kApiMilliseconds[] = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000};
}

// Calls of the room API.
struct ApiStatusKey {
  std::string service;
  std::string method;
  std::string status;  // "200", "4xx", "5xx"
  std::string code;    // Twirp's, of an error
  friend bool operator==(const ApiStatusKey&, const ApiStatusKey&) = default;
};
struct ApiLatencyKey {
  std::string service;
  std::string method;
  std::string status;
  friend bool operator==(const ApiLatencyKey&, const ApiLatencyKey&) = default;
};
struct ApiFigures {
  Table<ApiStatusKey, std::uint64_t> statuses;
  Table<ApiLatencyKey, Histogram<bounds::kApiMilliseconds>> latency_ms;
};

// Packets of the whole system, by all its network interfaces but loopback.
struct SystemPackets {
  std::uint64_t sent = 0;
  std::uint64_t dropped = 0;  // on the way out
};
SystemPackets system_packets();

struct ServerFigures {
  EngineStatistics engine;
  ApiFigures api;
  WebhookCounters webhooks;
  SystemPackets system;  // since the server started
};

std::string to_text(const ServerFigures& figures);
std::string to_text(const RoomStatistics& room);

}  // namespace sfu::metrics

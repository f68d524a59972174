// SPDX-License-Identifier: Apache-2.0
// How long packets are inside the server, as it says itself: the histogram livekit_forward_latency_ns of its metrics,
// in the text format of Prometheus. A difference of two is what an interval had.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sfu::http {
class Client;
}

namespace sfu::load {

struct ServerLatency {
  std::map<double, std::uint64_t> up_to;  // nanoseconds, infinity too: how many took no longer

  std::uint64_t count() const { return up_to.empty() ? 0 : up_to.rbegin()->second; }
  // Evenly spread between two bounds, as Prometheus's histogram_quantile() has it; the highest finite bound for what is
  // above that. Zero if there is nothing.
  Duration percentile(double share) const;
  ServerLatency since(const ServerLatency& before) const;
};

// Nothing if the histogram is not among them. All series of it are added up.
std::optional<ServerLatency> parse_latency(std::string_view metrics);

class LatencyReader {
 public:
  // Errors: kUnavailable.
  static Result<LatencyReader> create(std::string url);
  ~LatencyReader();
  LatencyReader(LatencyReader&&) noexcept;
  LatencyReader& operator=(LatencyReader&&) noexcept;

  // Waits for the answer. Errors: as of http::Client::get(); kNotFound: another status than 200, or no such histogram.
  Result<ServerLatency> read();

 private:
  LatencyReader(std::unique_ptr<http::Client> client, std::string url);

  std::unique_ptr<http::Client> client_;
  std::string url_;
};

}  // namespace sfu::load

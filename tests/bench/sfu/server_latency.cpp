// SPDX-License-Identifier: Apache-2.0
#include "server_latency.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <future>

#include "http/client.hpp"

namespace sfu::load {
namespace {

constexpr std::string_view kBucket = "livekit_forward_latency_ns_bucket{";
constexpr std::string_view kBound = "le=\"";
constexpr std::size_t kMaxMetrics = 16 << 20;

}  // namespace

Duration ServerLatency::percentile(double share) const {
  const double wanted = share * static_cast<double>(count());
  double below = 0;
  double lower = 0;
  for (const auto& [bound, number] : up_to) {
    const auto reached = static_cast<double>(number);
    if (reached >= wanted && reached > below) {
      if (std::isinf(bound)) break;
      return Duration(static_cast<Duration::rep>(lower + (bound - lower) * (wanted - below) / (reached - below)));
    }
    below = reached;
    if (!std::isinf(bound)) lower = bound;
  }
  return Duration(static_cast<Duration::rep>(lower));
}

ServerLatency ServerLatency::since(const ServerLatency& before) const {
  ServerLatency difference = *this;
  for (auto& [bound, number] : difference.up_to) {
    const auto then = before.up_to.find(bound);
    if (then != before.up_to.end()) number -= std::min(number, then->second);
  }
  return difference;
}

std::optional<ServerLatency> parse_latency(std::string_view metrics) {
  ServerLatency latency;
  while (!metrics.empty()) {
    const std::string line(metrics.substr(0, metrics.find('\n')));
    metrics.remove_prefix(std::min(metrics.size(), line.size() + 1));
    if (!line.starts_with(kBucket)) continue;
    const std::size_t bound = line.find(kBound);
    const std::size_t value = line.find("} ");
    if (bound == std::string::npos || value == std::string::npos) continue;
    const double upper = std::strtod(line.c_str() + bound + kBound.size(), nullptr);  // "+Inf" too
    latency.up_to[upper] += static_cast<std::uint64_t>(std::strtod(line.c_str() + value + 2, nullptr));
  }
  if (latency.up_to.empty()) return std::nullopt;
  return latency;
}

LatencyReader::LatencyReader(std::unique_ptr<http::Client> client, std::string url)
    : client_(std::move(client)), url_(std::move(url)) {}
LatencyReader::~LatencyReader() = default;
LatencyReader::LatencyReader(LatencyReader&&) noexcept = default;
LatencyReader& LatencyReader::operator=(LatencyReader&&) noexcept = default;

Result<LatencyReader> LatencyReader::create(std::string url) {
  SFU_TRY(auto client, http::Client::create({.response_limit = kMaxMetrics, .timeout = std::chrono::seconds(5)}));
  return LatencyReader(std::move(client), std::move(url));
}

Result<ServerLatency> LatencyReader::read() {
  std::promise<Result<http::ClientResponse>> answered;
  client_->get(url_, [&](auto result) { answered.set_value(std::move(result)); });
  SFU_TRY(const http::ClientResponse response, answered.get_future().get());
  auto latency = response.status == 200 ? parse_latency(response.body) : std::nullopt;
  if (!latency) return fail(Errc::kNotFound, url_ + " does not tell livekit_forward_latency_ns");
  return *std::move(latency);
}

}  // namespace sfu::load

// SPDX-License-Identifier: Apache-2.0
#include "server_latency.hpp"

#include <doctest/doctest.h>

using namespace sfu::load;
using namespace std::chrono_literals;

namespace {

constexpr const char* kMetrics = R"(# TYPE livekit_forward_latency_ns histogram
livekit_forward_latency_ns_bucket{node_id="a",le="50000"} 10
livekit_forward_latency_ns_bucket{node_id="a",le="1e+06"} 90
livekit_forward_latency_ns_bucket{node_id="a",le="+Inf"} 100
livekit_forward_latency_ns_sum{node_id="a"} 5e+07
livekit_forward_latency_ns_count{node_id="a"} 100
livekit_forward_latency 400000
)";

}  // namespace

TEST_CASE("what a server tells of its latency: percentiles lie evenly between two bounds") {
  const auto latency = parse_latency(kMetrics);
  REQUIRE(latency.has_value());
  CHECK(latency->count() == 100);
  CHECK(latency->percentile(0.05) == 25us);
  CHECK(latency->percentile(0.1) == 50us);
  CHECK(latency->percentile(0.5) == 525us);
  CHECK(latency->percentile(0.99) == 1ms);  // above the highest bound: not told
  CHECK_FALSE(parse_latency("up 1\n").has_value());
  CHECK_FALSE(parse_latency("").has_value());
}

TEST_CASE("of two readings the difference counts; series add up") {
  const auto before = *parse_latency(kMetrics);
  std::string twice = kMetrics;
  twice += "livekit_forward_latency_ns_bucket{node_id=\"b\",le=\"50000\"} 40\n";
  twice += "livekit_forward_latency_ns_bucket{node_id=\"b\",le=\"1e+06\"} 40\n";
  twice += "livekit_forward_latency_ns_bucket{node_id=\"b\",le=\"+Inf\"} 40\n";
  const ServerLatency between = parse_latency(twice)->since(before);
  CHECK(between.count() == 40);
  CHECK(between.percentile(0.5) == 25us);
  CHECK(ServerLatency().percentile(0.5) == 0ns);
}

// SPDX-License-Identifier: Apache-2.0
#include "congestion/probe_meter.hpp"

#include <algorithm>

#include "congestion/scaled.hpp"

namespace sfu::congestion {
namespace {

constexpr double kEnough = 0.8;     // of packets and bytes must have come
constexpr double kTooFast = 2.0;    // arrived so much faster than sent: something held them back together
constexpr double kSaturated = 0.9;  // arrived at less than this share of the rate they were sent at
constexpr double kBelow = 0.95;     // a little below what a full queue let through, so that it drains
constexpr Duration kLongest = std::chrono::seconds(1);

}  // namespace

void ProbeMeter::expect(const ProbeCluster& cluster) {
  clusters_[next_] = {.goal = cluster};
  next_ = (next_ + 1) % clusters_.size();
}

std::optional<ProbeMeter::Result> ProbeMeter::on_packet(const PacketResult& packet) {
  if (packet.probe == kNoProbe) return std::nullopt;
  const auto found =
      std::ranges::find_if(clusters_, [&](const Cluster& cluster) { return cluster.goal.id == packet.probe; });
  if (found == clusters_.end()) return std::nullopt;
  Cluster& cluster = *found;
  if (cluster.packets == 0 || packet.sent < cluster.first_sent) cluster.first_sent = packet.sent;
  if (cluster.packets == 0 || packet.sent >= cluster.last_sent) {
    cluster.last_sent = packet.sent;
    cluster.last_sent_size = packet.size;
  }
  if (cluster.packets == 0 || packet.arrival < cluster.first_arrival) {
    cluster.first_arrival = packet.arrival;
    cluster.first_arrival_size = packet.size;
  }
  if (cluster.packets == 0 || packet.arrival > cluster.last_arrival) cluster.last_arrival = packet.arrival;
  cluster.bytes += packet.size;
  ++cluster.packets;
  return judge(cluster);
}

std::optional<ProbeMeter::Result> ProbeMeter::judge(const Cluster& cluster) {
  if (cluster.packets < kEnough * cluster.goal.packets ||
      static_cast<double>(cluster.bytes) < kEnough * static_cast<double>(cluster.goal.bytes)) {
    return std::nullopt;
  }
  const Duration sending = cluster.last_sent - cluster.first_sent;
  const Duration arriving = cluster.last_arrival - cluster.first_arrival;
  if (sending <= Duration{} || arriving <= Duration{} || sending > kLongest || arriving > kLongest) return std::nullopt;
  const Bitrate sent = Bitrate::of(static_cast<std::int64_t>(cluster.bytes - cluster.last_sent_size), sending);
  const Bitrate arrived = Bitrate::of(static_cast<std::int64_t>(cluster.bytes - cluster.first_arrival_size), arriving);
  const double ratio = static_cast<double>(arrived.bps) / static_cast<double>(std::max<std::int64_t>(sent.bps, 1));
  if (ratio > kTooFast) return std::nullopt;
  if (ratio >= kSaturated) return Result{std::min(sent, arrived), false};
  return Result{scaled(arrived, kBelow), true};
}

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
#include "runtime/lending_policy.hpp"

#include <algorithm>
#include <numeric>

namespace sfu::runtime {

std::optional<LendingOrder> LendingPolicy::decide(const View& view) {
  if (pause_ > 0) {
    --pause_;
    return std::nullopt;
  }
  const double own = view.load[view.self];
  const auto all = view.kept + std::accumulate(view.lent.begin(), view.lent.end(), std::uint64_t{0});
  if (all == 0 || own <= 0) return std::nullopt;
  const double per_packet = own / (static_cast<double>(view.kept) + kChoosing * static_cast<double>(all));
  const auto order = [&](std::size_t sibling, double packets, bool recall) {
    pause_ = kPause;
    return LendingOrder{static_cast<unsigned>(sibling), static_cast<std::uint64_t>(packets), recall};
  };

  const double alone = own + per_packet * static_cast<double>(all - view.kept);
  if (alone < kAtEase * above_) {
    for (std::size_t sibling = 0; sibling < view.lent.size(); ++sibling) {
      if (view.lent[sibling] != 0) return order(sibling, static_cast<double>(view.lent[sibling]), true);
    }
    return std::nullopt;
  }
  // Half of the difference, in packets, of which there must be enough.
  const auto half = [&](double difference) { return difference / 2 / per_packet; };
  const double least = kLeast * static_cast<double>(all);

  std::size_t busiest = view.self;
  std::size_t idlest = view.self;
  for (std::size_t sibling = 0; sibling < view.load.size(); ++sibling) {
    if (view.load[sibling] > view.load[busiest] && view.lent[sibling] != 0) busiest = sibling;
    if (view.load[sibling] < view.load[idlest]) idlest = sibling;
  }
  if (busiest != view.self) {
    const double packets = std::min(half(view.load[busiest] - own), static_cast<double>(view.lent[busiest]));
    if (packets >= least) return order(busiest, packets, true);
  }
  if (idlest != view.self && own >= above_) {
    const double packets = std::min(half(own - view.load[idlest]), static_cast<double>(view.kept));
    if (packets >= least) return order(idlest, packets, false);
  }
  return std::nullopt;
}

}  // namespace sfu::runtime

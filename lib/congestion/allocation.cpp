// SPDX-License-Identifier: Apache-2.0
#include "congestion/allocation.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

namespace sfu::congestion {

namespace {

// Who is to get more than now needs a tenth to spare, so that bitrates that waver do not make it go up and down.
std::int64_t with_margin(std::int64_t bps) {
  return bps + bps / 10;
}

// The layers that may be had: those sent up to the wish; else, rather than nothing, the lowest sent.
std::uint8_t options_of(const Demand& demand) {
  const auto allowed = static_cast<std::uint8_t>(demand.sent & ((2u << demand.max_layer) - 1));
  return allowed != 0 ? allowed : static_cast<std::uint8_t>(demand.sent & -demand.sent);
}

std::uint8_t lowest(std::uint8_t layers) {
  return static_cast<std::uint8_t>(std::countr_zero(layers));
}

// The next one up among `layers`; kPausedLayer if there is none.
std::uint8_t next_above(std::uint8_t layers, std::uint8_t layer) {
  const auto above = static_cast<std::uint8_t>(layers & ~((2u << layer) - 1));
  return above != 0 ? lowest(above) : kPausedLayer;
}

bool is_more(const Demand& demand, std::uint8_t layer) {
  return demand.current == kPausedLayer || layer > demand.current;
}

}  // namespace

void allocate(Bitrate capacity, std::span<const Demand> demands, bool may_pause, std::span<std::uint8_t> layers) {
  std::vector<std::size_t> order(demands.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return demands[i].priority; });
  std::int64_t left = capacity.bps;
  const auto take = [&](std::size_t i, std::uint8_t layer, std::int64_t cost) {
    const bool fits = (is_more(demands[i], layer) ? with_margin(cost) : cost) <= left;
    if (fits) {
      layers[i] = layer;
      left -= cost;
    }
    return fits;
  };

  for (const std::size_t i : order) {
    layers[i] = demands[i].max_layer;
    const std::uint8_t options = options_of(demands[i]);
    if (options == 0) continue;  // nothing comes: nothing to decide
    const std::uint8_t layer = lowest(options);
    const std::int64_t cost = demands[i].bitrates[layer].bps;
    layers[i] = kPausedLayer;
    if (take(i, layer, cost) || may_pause) continue;
    layers[i] = layer;
    left -= cost;
  }
  for (bool risen = true; risen;) {
    risen = false;
    for (const std::size_t i : order) {
      const std::uint8_t options = options_of(demands[i]);
      if (options == 0 || layers[i] == kPausedLayer) continue;
      const std::uint8_t next = next_above(options, layers[i]);
      if (next == kPausedLayer) continue;
      const std::int64_t more = demands[i].bitrates[next].bps - demands[i].bitrates[layers[i]].bps;
      risen |= take(i, next, std::max<std::int64_t>(more, 0));
    }
  }
  // Who has the best that comes may also have a better one that begins.
  for (const std::size_t i : order) {
    const std::uint8_t options = options_of(demands[i]);
    if (options == 0 || layers[i] == kPausedLayer) continue;
    if (next_above(options, layers[i]) == kPausedLayer) layers[i] = std::max(layers[i], demands[i].max_layer);
  }
}

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
// layers: congestion
// [M-086] Any tracks, and capacities one after the other: nobody is paused who must not be, and what is given fits.
// The first byte says how many tracks follow; the rest are capacities.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/bytes.hpp"
#include "congestion/allocation.hpp"

namespace {

using namespace sfu;
using namespace sfu::congestion;

void require(bool holds) {
  if (!holds) std::abort();
}

Demand read_demand(ByteReader& reader) {
  Demand demand;
  const std::uint8_t bits = reader.u8();
  demand.sent = bits & 7;
  demand.max_layer = static_cast<std::uint8_t>((bits >> 3 & 3) % kAllocatedLayers);
  demand.max_temporal = bits >> 5 & 3;
  demand.unmanaged = (bits & 0x80) != 0;
  demand.priority = reader.u8();
  // What is measured may be anything; over temporal layers it adds up.
  for (auto& row : demand.bitrates) {
    Bitrate sum;
    for (auto& cell : row) {
      sum.bps += std::int64_t{reader.u8()} * reader.u8() * 100;
      cell = sum;
    }
  }
  const std::uint8_t current = reader.u8();
  if ((current & 0x80) == 0) {
    demand.current.layer = static_cast<std::uint8_t>((current & 3) % kAllocatedLayers);
    demand.current.temporal = current >> 2 & 3;
  }
  return demand;
}

// What a track takes with this; -1: it has only layers above what was asked for, or none.
std::int64_t cost(const Demand& demand, const Allowance& allowance) {
  if (allowance.paused()) return 0;
  for (int layer = std::min(allowance.layer, demand.max_layer); layer >= 0; --layer) {
    if ((demand.sent >> layer & 1) == 0) continue;
    return demand.bitrates[static_cast<std::size_t>(layer)][std::min(allowance.temporal, demand.max_temporal)].bps;
  }
  return -1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader({data, size});
  std::vector<Demand> demands;
  const std::size_t tracks = reader.u8() % 16;
  for (std::size_t i = 0; i < tracks; ++i) demands.push_back(read_demand(reader));
  std::vector<Allowance> allowances(demands.size());
  while (reader.ok() && reader.remaining() >= 3) {
    const Bitrate capacity{std::int64_t{reader.u16()} * 1000};
    const auto may_pause = static_cast<MayPause>(reader.u8() % 3);
    const Division division = allocate(capacity, demands, may_pause, allowances);
    require(division.everything.bps >= 0 && division.next_step.bps >= 0);
    std::int64_t total = 0;
    bool forced = false;
    for (std::size_t i = 0; i < demands.size(); ++i) {
      const Demand& demand = demands[i];
      const Allowance& given = allowances[i];
      require(given.paused() || (given.layer < kAllocatedLayers && given.temporal < kAllocatedTemporalLayers));
      require(may_pause != MayPause::kNone || demand.sent == 0 || !given.paused());
      const std::int64_t one = cost(demand, given);
      forced |= one < 0 || demand.unmanaged || may_pause != MayPause::kAny;
      total += std::max<std::int64_t>(one, 0);
    }
    require(forced || total <= capacity.bps);
    for (std::size_t i = 0; i < demands.size(); ++i) demands[i].current = allowances[i];
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "congestion/allocation.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sfu::congestion {

namespace {

// Who is to get more than now needs some to spare, so that bitrates that waver do not make it go up and down.
constexpr std::int64_t kSparePercent = 5;

// One thing that a track may have.
struct Rung {
  Allowance allowance;
  std::int64_t cost = 0;
};

// What a track may have, from the least to the best.
struct Ladder {
  std::array<Rung, kAllocatedLayers * kAllocatedTemporalLayers> rungs;
  std::size_t size = 0;
  std::size_t chosen = 0;  // rungs below this one are had: 0 is nothing

  std::int64_t cost(std::size_t count) const { return count == 0 ? 0 : rungs[count - 1].cost; }
};

// The layers that may be had: those sent up to the wish; else, rather than nothing, the lowest sent.
std::uint8_t options_of(const Demand& demand) {
  const auto allowed = static_cast<std::uint8_t>(demand.sent & ((2u << demand.max_layer) - 1));
  return allowed != 0 ? allowed : static_cast<std::uint8_t>(demand.sent & -demand.sent);
}

Ladder ladder_of(const Demand& demand) {
  Ladder ladder;
  const std::uint8_t options = options_of(demand);
  for (std::uint8_t layer = 0; layer < kAllocatedLayers; ++layer) {
    if ((options >> layer & 1) == 0) continue;
    for (std::uint8_t temporal = 0; temporal <= demand.max_temporal; ++temporal) {
      const std::int64_t cost = demand.bitrates[layer][temporal].bps;
      // Costs nothing more: one and the same. Costs less than a lower layer: better instead of it.
      const bool same = ladder.size > 0 && ladder.rungs[ladder.size - 1].allowance.layer == layer &&
                        ladder.rungs[ladder.size - 1].cost >= cost;
      if (same) {
        ladder.rungs[ladder.size - 1].allowance.temporal = temporal;
        continue;
      }
      while (ladder.size > 0 && ladder.rungs[ladder.size - 1].cost >= cost) --ladder.size;
      ladder.rungs[ladder.size++] = {{layer, temporal}, cost};
    }
  }
  return ladder;
}

bool is_more(const Allowance& wanted, const Allowance& current) {
  if (current.paused()) return true;
  return wanted.layer != current.layer ? wanted.layer > current.layer : wanted.temporal > current.temporal;
}

class Divider {
 public:
  Divider(Bitrate capacity, std::span<const Demand> demands)
      : demands_(demands), capacity_(capacity.bps), left_(capacity.bps) {
    ladders_.reserve(demands.size());
    for (const Demand& demand : demands) ladders_.push_back(ladder_of(demand));
    order_.resize(demands.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, std::greater(), [&](std::size_t i) { return demands_[i].priority; });
  }

  void give_unmanaged() {
    for (const std::size_t i : order_) {
      if (!demands_[i].unmanaged) continue;
      ladders_[i].chosen = ladders_[i].size;
      left_ -= ladders_[i].cost(ladders_[i].size);
    }
  }

  void give_lowest(MayPause may_pause) {
    bool given = false;
    arrange_round();
    for (const std::size_t i : round_) {
      Ladder& ladder = ladders_[i];
      if (ladder.chosen != ladder.size && !rise(i)) {
        if (may_pause == MayPause::kAny || (may_pause == MayPause::kAllButOne && given)) continue;
        left_ -= ladder.cost(1);
        ladder.chosen = 1;
      }
      given |= ladder.chosen != 0;
    }
  }

  void give_more() {
    for (bool risen = true; risen;) {
      risen = false;
      arrange_round();
      for (const std::size_t i : round_) {
        if (ladders_[i].chosen != 0) risen |= rise(i);
      }
    }
  }

  Division result(std::span<Allowance> allowances) const {
    Division division;
    std::int64_t used = 0;
    std::int64_t step = 0;
    for (const std::size_t i : order_) {
      const Ladder& ladder = ladders_[i];
      used += ladder.cost(ladder.chosen);
      division.everything.bps += ladder.cost(ladder.size);
      if (step == 0 && ladder.chosen < ladder.size) step = ladder.cost(ladder.chosen + 1) - ladder.cost(ladder.chosen);
      if (ladder.chosen == 0 && ladder.size != 0) ++division.starved;
      allowances[i] = allowance(demands_[i], ladder);
    }
    division.next_step.bps = used > capacity_ ? used : step != 0 ? used + step : 0;
    return division;
  }

 private:
  // Of those that matter as much, who would only keep what it has goes before who would gain: else they would take it
  // from each other as bitrates waver, and each time two pictures would have to begin anew.
  void arrange_round() {
    round_ = order_;
    std::ranges::stable_sort(round_, [&](std::size_t a, std::size_t b) {
      if (demands_[a].priority != demands_[b].priority) return demands_[a].priority > demands_[b].priority;
      return !gains(a) && gains(b);
    });
  }

  // By its next rung.
  bool gains(std::size_t i) const {
    const Ladder& ladder = ladders_[i];
    return ladder.chosen < ladder.size && is_more(ladder.rungs[ladder.chosen].allowance, demands_[i].current);
  }

  // One rung up, if that fits.
  bool rise(std::size_t i) {
    Ladder& ladder = ladders_[i];
    if (ladder.chosen == ladder.size) return false;
    const std::int64_t more = ladder.cost(ladder.chosen + 1) - ladder.cost(ladder.chosen);
    if (more + (gains(i) ? more * kSparePercent / 100 : 0) > left_) return false;
    left_ -= more;
    ++ladder.chosen;
    return true;
  }

  // Who has the best that comes may also have a better one that begins.
  static Allowance allowance(const Demand& demand, const Ladder& ladder) {
    const Allowance wish{demand.max_layer, demand.max_temporal};
    if (ladder.size == 0) return wish;
    if (ladder.chosen == 0) return kPaused;
    const Allowance& chosen = ladder.rungs[ladder.chosen - 1].allowance;
    if (ladder.chosen < ladder.size) return chosen;
    return {std::max(chosen.layer, wish.layer), wish.temporal};
  }

  std::span<const Demand> demands_;
  std::vector<Ladder> ladders_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> round_;  // scratch
  std::int64_t capacity_;
  std::int64_t left_;
};

}  // namespace

Division allocate(Bitrate capacity, std::span<const Demand> demands, MayPause may_pause,
                  std::span<Allowance> allowances) {
  Divider divider(capacity, demands);
  divider.give_unmanaged();
  divider.give_lowest(may_pause);
  divider.give_more();
  return divider.result(allowances);
}

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
#include "link.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "cross_traffic.hpp"

namespace sfu::sim {

LinkState::LinkState(Link link, std::uint64_t seed) : link_(std::move(link)) {
  phases_.push_back({Instant{}, link_.rate, link_.delay, link_.loss});
  for (const LinkChange& change : link_.changes) {
    Phase phase = phases_.back();
    phase.from = change.at;
    phase.rate = change.rate.value_or(phase.rate);
    phase.delay = change.delay.value_or(phase.delay);
    phase.loss = change.loss.value_or(phase.loss);
    phases_.push_back(phase);
  }
  has_queue_ = std::ranges::any_of(phases_, [](const Phase& phase) { return phase.rate.bps > 0; });
  if (!link_.constant_flows.empty() || !link_.tcp_flows.empty()) cross_ = std::make_unique<CrossTraffic>(*this, seed);
}

LinkState::~LinkState() = default;

std::size_t LinkState::change_index(Instant now) const {
  std::size_t index = phases_.size() - 1;
  while (index > 0 && phases_[index].from > now) --index;
  return index;
}

Bitrate LinkState::rate(Instant now) const {
  return phases_[change_index(now)].rate;
}

double LinkState::loss(Instant now) const {
  return phases_[change_index(now)].loss;
}

Duration LinkState::delay(Instant now) const {
  return phases_[change_index(now)].delay;
}

Instant LinkState::leave(Instant from, double bits) const {
  for (std::size_t i = change_index(from);; ++i) {
    const double rate = static_cast<double>(phases_[i].rate.bps);
    const Instant end = i + 1 < phases_.size() ? phases_[i + 1].from : kNever;
    if (rate <= 0) return from;  // without a limit: all of it at once
    const double needed = bits / rate * 1e9;
    if (end == kNever || needed <= static_cast<double>((end - from).count())) {
      return from + Duration(static_cast<Duration::rep>(needed));
    }
    bits -= static_cast<double>((end - from).count()) * rate / 1e9;
    from = end;
  }
}

double LinkState::backlog_bits(Instant now) const {
  double bits = 0;
  for (std::size_t i = change_index(now); i < phases_.size() && phases_[i].from < busy_until_; ++i) {
    const Instant begin = std::max(now, phases_[i].from);
    const Instant end = std::min(busy_until_, i + 1 < phases_.size() ? phases_[i + 1].from : kNever);
    bits += static_cast<double>((end - begin).count()) * static_cast<double>(phases_[i].rate.bps) / 1e9;
  }
  return bits;
}

std::optional<Passage> LinkState::enqueue(Instant now, std::size_t size, bool weightless) {
  if (!has_queue_) return Passage{.exit = now, .leaves = now};
  const Instant turn = std::max(now, busy_until_);
  if (weightless && link_.spare_weightless) return Passage{.wait = turn - now, .exit = turn, .leaves = turn};
  if (turn - now > link_.queue) return std::nullopt;
  const double bits = static_cast<double>(size) * 8;
  if (link_.queue_bytes > 0 && backlog_bits(now) + bits > static_cast<double>(link_.queue_bytes) * 8) {
    return std::nullopt;
  }
  const Instant leaves = leave(turn, bits);
  if (!weightless) busy_until_ = leaves;
  return Passage{.wait = turn - now, .exit = leaves, .leaves = leaves};
}

bool LinkState::lost(Instant now, SeededRandom& chance, bool weightless) {
  if (weightless && link_.spare_weightless) return false;
  if (chance.unit() < loss(now)) return true;
  const LossBursts& bursts = link_.bursts;
  if (bursts.good_to_bad <= 0) return false;
  bool& bad = bad_[weightless ? 1 : 0];
  if (chance.unit() < (bad ? bursts.bad_to_good : bursts.good_to_bad)) bad = !bad;
  return bad && chance.unit() < bursts.loss;
}

Duration LinkState::jitter(SeededRandom& chance) const {
  if (link_.jitter == Duration{}) return {};
  // Twelve uniform numbers add up to a Gaussian one of variance 1, near enough, and to the same on every machine.
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += chance.unit();
  const double deviation = std::min(std::abs(sum - 6) / 3, 1.0);
  return Duration(static_cast<Duration::rep>(deviation * static_cast<double>(link_.jitter.count())));
}

Passage LinkState::pass(Instant now, std::size_t size, SeededRandom& chance, bool weightless) {
  const std::size_t on_wire = size + kDatagramOverhead;
  if (cross_) cross_->advance(now);
  if (lost(now, chance, weightless)) {
    if (!weightless) record_.add_lost(now);
    return {.fate = Fate::kLost};
  }
  auto passage = enqueue(now, on_wire, weightless);
  if (!passage) {
    if (!weightless) record_.add_dropped(now);
    return {.fate = Fate::kDropped};
  }
  const Duration serial = passage->leaves - now - passage->wait;
  passage->exit += delay(now) + jitter(chance);
  if (link_.in_order) {
    passage->exit = std::max(passage->exit, weightless ? last_exit_ : last_exit_ + serial);
    if (!weightless) last_exit_ = passage->exit;
  }
  if (!weightless) record_.add(passage->leaves, on_wire, passage->wait);
  return *passage;
}

}  // namespace sfu::sim

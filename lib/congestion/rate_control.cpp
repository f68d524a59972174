// SPDX-License-Identifier: Apache-2.0
#include "congestion/rate_control.hpp"

#include <algorithm>
#include <cmath>

#include "congestion/scaled.hpp"

namespace sfu::congestion {
namespace {

constexpr double kPacketBits = 1200 * 8;
constexpr Duration kDrained = std::chrono::milliseconds(30);
constexpr Duration kGrowth = std::chrono::milliseconds(10);  // of a queue that was cut for: it was not enough
constexpr Duration kLeastReaction = std::chrono::milliseconds(10);
constexpr Duration kMostReaction = std::chrono::milliseconds(200);
constexpr Duration kStands = std::chrono::milliseconds(80);  // a queue that will not go by itself, at least
constexpr Duration kMostStands = std::chrono::milliseconds(200);
constexpr double kStandingPackets = 4;
constexpr double kLossy = 0.03;  // more than chance loses on most long paths
constexpr Duration kLongRoundTrip = std::chrono::milliseconds(150);
constexpr Duration kTrialInterval = std::chrono::seconds(8);
constexpr Duration kTrialLength = std::chrono::milliseconds(800);
constexpr double kBackOff = 0.8;     // for a loss, beside TCP
constexpr double kMostExcess = 2;    // that is believed to be on its way
constexpr double kMisjudged = 0.7;   // of what was found, is what the path carries now
constexpr double kLeastShare = 0.3;  // of what arrives is sent, whatever goes beside it
// Of the rate when a queue was met, whosesoever it is, up to what a small picture takes: with nothing sent nothing
// would be learnt. Not where so much is lost that it cannot be had.
constexpr double kLeastLeft = 0.06;
constexpr Bitrate kSmallPicture = Bitrate::kilobits(150);
constexpr double kHeavyLoss = 0.1;
constexpr Duration kMemory = std::chrono::seconds(5);           // of that rate, after the last cut
constexpr double kMostDrain = 0.5;                              // of what arrives at least, however long the queue is
constexpr Duration kReaction = std::chrono::milliseconds(100);  // until the effect of a rate can be seen, over the RTT

// On a narrow path some packets are a long queue, and go by.
Duration standing_length(const RateControl::Path& path) {
  if (!path.carried || path.carried->bps <= 0) return kStands;
  const double seconds = kStandingPackets * kPacketBits / static_cast<double>(path.carried->bps);
  const auto length = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, 1.0)));
  return std::clamp(length, kStands, kMostStands);
}

// Where a queue was full from the beginning, nothing tells how long it is; but packets are lost, and the round trip is
// long.
StandingQueue::Sign sign_of(const RateControl::Path& path) {
  const Duration stands = standing_length(path);
  if (path.queue >= stands) return StandingQueue::Sign::kStands;
  if (path.loss >= kLossy && path.rtt >= kLongRoundTrip) return StandingQueue::Sign::kLossy;
  return path.queue >= stands * 5 / 8 ? StandingQueue::Sign::kUnclear : StandingQueue::Sign::kGone;
}

}  // namespace

void RateControl::update(Instant now, const Path& path) {
  decreased_ = false;
  const bool competed = competing();
  const auto sign = sign_of(path);
  standing_.update(now, sign);
  if (!standing_.stands() && !competing()) {
    found_first_ = {};
    if (now - decreased_at_ > kMemory) met_at_ = {};
  }
  if (competing()) {
    if (!competed) {
      rate_ = std::max(rate_, scaled(found_first_, kBackOff));
      tried_draining_at_ = now;
      before_trial_ = {};
    }
    if (!try_draining(now, path)) compete(now, path);
    updated_ = now;
    return;
  }
  switch (path.usage) {
    case PathUsage::kOverused: state_ = State::kDecrease; break;
    case PathUsage::kUnderused: state_ = State::kHold; break;
    case PathUsage::kNormal:
      if (state_ == State::kHold) updated_ = now;
      state_ = State::kIncrease;
      break;
  }
  // A queue that has just been met may show in the last packets alone.
  if (draining_ && std::max(path.queue, path.newest_queue) < kDrained) {
    draining_ = false;
    set_rate(now, std::max(rate_, scaled(found_, config_.drained)));
  }
  // A queue that is full grows no more, and is one all the same.
  if ((sign == StandingQueue::Sign::kStands || sign == StandingQueue::Sign::kLossy) && !draining(now))
    state_ = State::kDecrease;
  if (state_ == State::kIncrease && !draining(now)) {
    increase(now, path);
  } else if (state_ == State::kDecrease) {
    // One cut for one queue: what is on its way was sent at the old rate, and then it has to drain.
    const Duration reaction = std::clamp<Duration>(path.rtt, kLeastReaction, kMostReaction) + path.queue;
    const bool seen = now - decreased_at_ >= reaction;
    if (seen && (!draining(now) || path.queue > queue_at_cut_ + kGrowth)) decrease(now, path);
    state_ = State::kHold;
  }
  if (now - decreased_at_ < kMostReaction && was_misjudged(path)) decrease(now, path);
  updated_ = now;
  rate_ = std::max(rate_, config_.floor);
}

// What arrived when a queue was met was partly sent before the path became so narrow.
bool RateControl::was_misjudged(const Path& path) const {
  return (path.queue >= kStands || path.narrowed) && path.carried && *path.carried < scaled(found_, kMisjudged);
}

void RateControl::increase(Instant now, const Path& path) {
  const double elapsed = std::min(std::chrono::duration<double>(now - updated_).count(), 1.0);
  const auto rate = static_cast<double>(rate_.bps);
  // As much for who has little as for who has much, so that they come to have the same. Where far more is free, probes
  // find it.
  if (decreased_at_ != Instant{}) {
    const double response = std::chrono::duration<double>(path.rtt + kReaction).count();
    add(std::max(4000.0, kPacketBits / response) * elapsed, path.acked);
  } else {
    add(std::max(rate * (std::pow(config_.increase, elapsed) - 1), 1000 * elapsed), path.acked);
  }
}

// Who competes with losses alone keeps a queue full, and could not tell whether anybody else does: so now and then less
// is sent for a moment.
bool RateControl::try_draining(Instant now, const Path& path) {
  if (before_trial_ == Bitrate{}) {
    if (now - tried_draining_at_ < kTrialInterval) return false;
    tried_draining_at_ = now;
    before_trial_ = rate_;
    queue_at_cut_ = path.queue;
    rate_ = std::max(scaled(rate_, kMostDrain), config_.floor);
    decreased_ = true;
    return true;
  }
  if (queue_at_cut_ >= kStands && path.queue < kDrained * 2 && path.lost == 0) {
    standing_.disprove();
    rate_ = scaled(before_trial_, kBackOff);
    before_trial_ = {};
  } else if (now - tried_draining_at_ >= kTrialLength + path.rtt) {
    rate_ = before_trial_;
    before_trial_ = {};
  }
  return true;
}

void RateControl::compete(Instant now, const Path& path) {
  const Duration rtt = std::max(path.rtt, kLeastReaction);
  if (path.lost > 0) {
    if (now - backed_off_at_ < rtt) return;
    backed_off_at_ = now;
    decreased_ = true;
    // Small packets are lost as often as large ones: so each counts by its size (RFC 4828 has it so).
    const double share = std::min(static_cast<double>(path.lost) * 8 / kPacketBits, 1.0);
    rate_ = std::max(scaled(rate_, 1 - (1 - kBackOff) * share), least_left(path));
    return;
  }
  const double round = std::chrono::duration<double>(rtt).count();
  const double elapsed = std::min(std::chrono::duration<double>(now - updated_).count(), 1.0);
  add(kPacketBits / 3 / round * elapsed / round, path.acked);
}

void RateControl::add(double bits, std::optional<Bitrate> acked) {
  const auto rate = static_cast<double>(rate_.bps);
  double next = rate + bits;
  if (acked) {
    const double most = config_.beyond_acked * static_cast<double>(acked->bps) + 10'000;
    next = std::min(next, std::max(most, rate));
  }
  rate_.bps = static_cast<std::int64_t>(next);
}

void RateControl::decrease(Instant now, const Path& path) {
  // What was before the first of several cuts, where one was not enough.
  const Bitrate before = draining(now) ? found_ : rate_;
  const Bitrate capacity = path.carried.value_or(before);
  // What is on its way will make the queue longer.
  const double excess = capacity.bps > 0 ? static_cast<double>(rate_.bps) / static_cast<double>(capacity.bps) - 1 : 0;
  const double coming = std::clamp(excess, 0.0, kMostExcess) * static_cast<double>(path.rtt.count());
  const double queue = static_cast<double>(path.queue.count()) + coming;
  const double drain = 1 - queue / static_cast<double>(config_.drain_time.count());
  const double share = std::max(kMostDrain, std::min(config_.decrease, drain));
  decreased_ = true;
  decreased_at_ = now;
  draining_ = true;
  queue_at_cut_ = Duration(static_cast<Duration::rep>(queue));
  found_ = std::min(capacity, before);
  if (found_first_ == Bitrate{}) found_first_ = found_;
  // What goes beside it does not yield, so this yields for both.
  const Bitrate reduced = scaled(Bitrate{capacity.bps + path.beside.bps}, share);
  if (met_at_ == Bitrate{}) met_at_ = rate_;
  const Bitrate least = std::max(scaled(capacity, kLeastShare), least_left(path));
  rate_ = std::min(rate_, std::max(Bitrate{reduced.bps - path.beside.bps}, least));
}

Bitrate RateControl::least_left(const Path& path) const {
  if (path.loss >= kHeavyLoss) return config_.floor;
  return std::max(std::min(scaled(met_at_, kLeastLeft), kSmallPicture), config_.floor);
}

void RateControl::set_rate(Instant now, Bitrate rate) {
  rate_ = std::max(rate, config_.floor);
  updated_ = now;
}

}  // namespace sfu::congestion

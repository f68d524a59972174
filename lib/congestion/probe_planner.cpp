// SPDX-License-Identifier: Apache-2.0
#include "congestion/probe_planner.hpp"

#include <algorithm>

#include "congestion/scaled.hpp"

namespace sfu::congestion {

void ProbePlanner::set_wishes(Instant now, Bitrate everything, Bitrate next_step, bool starved) {
  everything_ = everything;
  next_step_ = next_step;
  starved_ = starved;
  if (starved && !outstanding_) due_ = std::min(due_, now + config_.starved_interval);
}

bool ProbePlanner::wants_more(Bitrate estimate) const {
  return next_step_.bps != 0 && scaled(everything_, config_.overage) > estimate;
}

std::optional<ProbeCluster> ProbePlanner::take(Instant now, Bitrate estimate) {
  if (outstanding_ && now - sent_at_ >= config_.patience) {
    outstanding_ = false;  // it told nothing
    wait(now);
  }
  if (outstanding_ || now < due_) return std::nullopt;
  if (!wants_more(estimate)) return std::nullopt;
  const Bitrate most = scaled(everything_, config_.overage);
  Bitrate rate;
  if (next_rate_) {
    rate = *next_rate_;
    next_rate_.reset();
  } else if (!started_) {
    rate = scaled(estimate, config_.first);
  } else {
    const Bitrate step = std::clamp(scaled(estimate, config_.step), config_.least_step, config_.most_step);
    rate = std::max(scaled(next_step_, config_.overage), Bitrate{estimate.bps + step.bps});
  }
  const Duration length = ramping_ ? config_.first_length : config_.length;
  started_ = true;
  rate = std::min(rate, most);
  if (rate <= estimate) return std::nullopt;
  outstanding_ = true;
  outstanding_rate_ = rate;
  sent_at_ = now;
  schedule(now, config_.patience);
  return cluster(rate, length);
}

// Longer each time that it was in vain.
void ProbePlanner::wait(Instant now) {
  const auto longer = std::chrono::duration_cast<Duration>(pause_ * config_.backoff);
  pause_ = std::clamp(longer, config_.interval, config_.longest_interval);
  ramping_ = false;
  schedule(now, starved_ ? std::min(pause_, config_.starved_interval) : pause_);
}

ProbeCluster ProbePlanner::cluster(Bitrate rate, Duration length) {
  if (++last_id_ == kNoProbe) ++last_id_;
  const double bytes = static_cast<double>(rate.bps) / 8 * std::chrono::duration<double>(length).count();
  return {last_id_, rate, static_cast<std::size_t>(bytes), config_.packets};
}

void ProbePlanner::on_result(Instant now, ProbeId id, Bitrate carried) {
  if (!outstanding_ || id != last_id_) return;
  outstanding_ = false;
  if (carried.bps >= static_cast<std::int64_t>(config_.carried * static_cast<double>(outstanding_rate_.bps))) {
    pause_ = {};
    next_rate_ = scaled(carried, config_.doubled);
    schedule(now, Duration{});
  } else {
    wait(now);
  }
}

void ProbePlanner::on_cut(Instant now, Bitrate before, Bitrate after) {
  next_rate_.reset();
  if (after.bps < static_cast<std::int64_t>(config_.large_cut * static_cast<double>(before.bps))) {
    next_rate_ = scaled(before, config_.recovery);
  }
  if (!outstanding_) schedule(now, config_.after_cut);
}

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
#include "congestion/send_control.hpp"

#include <algorithm>

#include "congestion/scaled.hpp"

namespace sfu::congestion {
namespace {

constexpr Duration kProbeTimeout = std::chrono::milliseconds(200);
constexpr Duration kBurst = std::chrono::milliseconds(10);
constexpr Duration kAmpleBurst = std::chrono::milliseconds(40);  // as libwebrtc's pacer has it
// Of a path that nothing is known of, bytes: half of TCP's first flight (RFC 6928), so that the first picture, which is
// a key frame, is there soon.
constexpr std::int64_t kFirstFlight = 7'200;
constexpr Duration kIdle = std::chrono::milliseconds(500);  // nothing was sent for so long: timers rest

}  // namespace

SendControl::SendControl(const Config& config)
    : config_(config), estimator_(config.estimator), planner_(config.probes) {}

void SendControl::sent(Instant now, std::size_t size) {
  if (first_sent_ == Instant{}) {
    first_sent_ = last_feedback_ = now;
    pace(now);
  }
  last_sent_ = now;
  next_tick_ = std::min(next_tick_, now + interval());
  packets_.add(now, size, probe_ ? probe_->cluster.id : kNoProbe);
  pacer_.sent(now, size);
  if (!probe_) return;
  probe_->bytes += size;
  ++probe_->packets;
  if (probe_->bytes >= probe_->cluster.bytes && probe_->packets >= probe_->cluster.packets) {
    probe_.reset();
    pace(now);
  }
}

void SendControl::on_feedback(Instant now, const rtcp::TransportFeedback& feedback) {
  const auto results = packets_.take_feedback(now, feedback);
  if (results.empty()) return;
  last_feedback_ = now;
  mute_ = false;
  const auto news = estimator_.on_feedback(now, results, rtt_);
  if (news.probe != kNoProbe) planner_.on_result(now, news.probe, news.carried);
  if (news.cut_from) planner_.on_cut(now, *news.cut_from, estimator_.estimate());
  pace(now);
}

Duration SendControl::interval() const {
  return probe_ || planner_.wants_more(estimator_.estimate()) ? config_.interval : config_.idle_interval;
}

void SendControl::set_wishes(Instant now, Bitrate everything, Bitrate next_step, bool starved) {
  planner_.set_wishes(now, everything, next_step, starved);
  if (first_sent_ == Instant{}) return;
  next_tick_ = std::min(next_tick_, idle_tick(now));
  pace(now);
}

// Nothing is sent: perhaps since everything is paused, and then only a probe can show that it need not be.
Instant SendControl::idle_tick(Instant now) const {
  if (mute_ || !planner_.wants_more(estimator_.estimate())) return kNever;
  return std::max(now + config_.interval, planner_.deadline());
}

void SendControl::advance(Instant now) {
  if (now < next_tick_) return;
  const bool idle = now - last_sent_ >= kIdle;
  next_tick_ = idle ? idle_tick(now) : now + interval();
  if (probe_ && now - probe_->begun > kProbeTimeout) {
    probe_.reset();
    pace(now);
  }
  const Duration silent = now - last_feedback_;
  if (!estimator_.has_feedback()) {
    if (!mute_ && silent >= config_.mute_after && last_sent_ - first_sent_ > config_.mute_after / 2) {
      mute_ = true;
      pace(now);
    }
  } else if (silent >= config_.estimator.silence && now - last_sent_ < kIdle) {
    estimator_.on_silence(now);
    last_feedback_ = now - config_.estimator.silence + std::chrono::seconds(1);
    pace(now);
  }
  // Beside TCP there is nothing to be found, except by those that it has left without anything.
  if (!probe_ && !mute_ && (idle || !estimator_.competing())) {
    if (const auto cluster = planner_.take(now, estimator_.estimate())) {
      estimator_.expect(now, *cluster);
      probe_ = Probe{*cluster, now};
      pace(now);
    }
  }
}

std::size_t SendControl::probe_deficit(Instant now) {
  if (!probe_) return 0;
  const double elapsed = std::chrono::duration<double>(now - probe_->begun).count();
  const auto due = static_cast<std::size_t>(static_cast<double>(probe_->cluster.rate.bps) / 8 * elapsed);
  // The first packets leave at once: the meter counts from the first on.
  return due + 1 > probe_->bytes ? due + 1 - probe_->bytes : 0;
}

std::optional<Bitrate> SendControl::estimate() const {
  if (mute_) return std::nullopt;
  return estimator_.estimate();
}

bool SendControl::take_change() {
  const std::int64_t rate = mute_ ? -1 : estimator_.estimate().bps;
  if (rate == told_.bps || std::abs(rate - told_.bps) * 20 < told_.bps) return false;
  told_.bps = rate;
  return true;
}

// What waits would keep a queue from draining.
double SendControl::pacing_factor(Instant now) const {
  if (estimator_.draining(now)) return 1;
  const bool ample = estimator_.has_feedback() && planner_.fits(estimator_.estimate());
  return ample ? config_.ample_pacing : config_.pacing;
}

Bitrate SendControl::pacing_rate(Instant now) const {
  if (mute_) return Bitrate{std::int64_t{10'000'000'000}};
  const Bitrate usual = scaled(estimator_.estimate(), pacing_factor(now));
  return probe_ ? std::max(usual, probe_->cluster.rate) : usual;
}

// Where all that is wanted fits, pictures leave whole, since datagrams that leave together cost less.
std::int64_t SendControl::burst(Instant now) const {
  if (!estimator_.has_feedback() && !mute_) return kFirstFlight;
  const Duration length = planner_.wants_more(estimator_.estimate()) ? kBurst : kAmpleBurst;
  return pacing_rate(now).bps / 8 * (length / std::chrono::milliseconds(1)) / 1000;
}

void SendControl::pace(Instant now) {
  pacer_.set_rate(now, pacing_rate(now), burst(now));
}

}  // namespace sfu::congestion

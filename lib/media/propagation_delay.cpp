// SPDX-License-Identifier: Apache-2.0
#include "media/propagation_delay.hpp"

#include <cmath>

namespace sfu::media {
namespace {

// A shorter way is nearer to the truth; a longer one may be a queue.
constexpr double kFall = 0.9;
constexpr double kRise = 0.1;
constexpr double kSpike = 0.5;

Duration share(Duration of, double factor) {
  return Duration(std::llround(static_cast<double>(of.count()) * factor));
}

}  // namespace

void PropagationDelay::on_report(Instant now, WallTime sent, WallTime arrived) {
  const auto sample = std::chrono::duration_cast<Duration>(arrived - sent);
  if (!estimate_) {
    estimate_ = sample;
    return;
  }
  const Duration rise = sample - *estimate_;
  const bool spike = is_spike(rise);
  const Duration distance = std::chrono::abs(rise);
  if (distance < kOrdinary) scatter_ += share(distance - scatter_, kRise);
  if (spike) return on_spike(now, sample);
  spike_reports_ = 0;
  *estimate_ += share(rise, rise < Duration::zero() ? kFall : kRise);
}

void PropagationDelay::on_spike(Instant now, Duration sample) {
  if (spike_reports_ == 0) {
    spike_ = sample;
    spike_since_ = now;
  }
  ++spike_reports_;
  spike_ += share(sample - spike_, kSpike);
  if (spike_reports_ < kPersistentReports || now - spike_since_ < kPersistent) return;
  estimate_ = spike_;
  spike_reports_ = 0;
}

}  // namespace sfu::media

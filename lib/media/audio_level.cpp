// SPDX-License-Identifier: Apache-2.0
#include "media/audio_level.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::media {
namespace {

double linear(double level) {
  return std::pow(10.0, -level / 20.0);
}

}  // namespace

AudioLevel::AudioLevel(AudioLevelConfig config) : config_(config), active_threshold_(linear(config.active_level)) {}

void AudioLevel::observe(Instant now, std::uint8_t level, Duration plays) {
  last_ = now;
  observed_ += plays;
  if (level <= config_.active_level) {
    loudest_ = std::min(loudest_, level);
    active_ += plays;
  }
  if (observed_ < config_.interval) return;

  double value = 0;
  if (active_ * 100 >= config_.interval * config_.min_percentile) {
    // Who is loud half of the time counts 6 dB less.
    const double share = static_cast<double>(active_.count()) / static_cast<double>(config_.interval.count());
    value = linear(loudest_ - 20.0 * std::log10(share));
  }
  smoothed_ += (value - smoothed_) * 2.0 / (config_.smooth_intervals + 1);
  observed_ = active_ = Duration::zero();
  loudest_ = 127;
}

double AudioLevel::level(Instant now) const {
  if (now - last_ > config_.interval * 2 || smoothed_ < active_threshold_) return 0;
  return std::min(smoothed_, 1.0);
}

void AudioLevel::reset() {
  *this = AudioLevel(config_);
}

}  // namespace sfu::media

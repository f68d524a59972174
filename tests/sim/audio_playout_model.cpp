// SPDX-License-Identifier: Apache-2.0
#include "audio_playout_model.hpp"

#include <algorithm>

namespace sfu::sim {
namespace {

constexpr double kFading = 0.983;  // for each packet
constexpr double kInTime = 0.95;
constexpr int kStretch = 7;  // time is stretched by one part in so many

}  // namespace

void AudioPlayoutModel::receive(Instant now, const MediaTag& tag) {
  if (base_ && tag.frame < *base_) return;
  const bool first = !base_;
  if (first) base_ = tag.frame;
  const std::size_t place = tag.frame - *base_;
  const bool newest = place >= seen_.size();
  if (newest) seen_.resize(place + 1);
  if (seen_[place]) return;
  seen_[place] = true;
  const Duration taken = now - tag.sent;
  observe(now, taken);
  if (first) playout_ = taken + kStart;
  if (!newest) {
    if (taken <= playout_) ++played_;
    return;
  }
  if (!first) {
    const Duration most = (now - adapted_) / kStretch;
    playout_ += std::clamp(target() - playout_, -most, most);
  }
  adapted_ = now;
  if (taken > playout_) {
    waited_ += taken - playout_;
    playout_ = taken;
  }
  ++played_;
}

void AudioPlayoutModel::observe(Instant now, Duration taken) {
  if (now - window_start_ >= kWindow) {
    fastest_before_ = now - window_start_ < kWindow * 2 ? fastest_ : taken;
    fastest_ = taken;
    window_start_ = now;
  }
  fastest_ = std::min(fastest_, taken);
  const Duration behind = taken - std::min(fastest_, fastest_before_);
  for (double& share : delays_) share *= kFading;
  delays_[std::min<std::size_t>(static_cast<std::size_t>(behind / kPacket), delays_.size() - 1)] += 1 - kFading;
}

Duration AudioPlayoutModel::target() const {
  double all = 0;
  for (const double share : delays_) all += share;
  double in_time = 0;
  std::size_t bucket = 0;
  while (bucket < delays_.size() && in_time + delays_[bucket] < kInTime * all) in_time += delays_[bucket++];
  return std::min(fastest_, fastest_before_) + kPacket * static_cast<int>(bucket + 1);
}

void AudioPlayoutModel::interrupt() {
  expected_before_ = expected();
  base_.reset();
  seen_.clear();
}

std::uint64_t AudioPlayoutModel::expected() const {
  return expected_before_ + seen_.size();
}

std::uint64_t AudioPlayoutModel::concealed() const {
  return expected() - played_ + static_cast<std::uint64_t>(waited_ / kPacket);
}

}  // namespace sfu::sim

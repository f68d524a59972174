// SPDX-License-Identifier: Apache-2.0
#include "room/connection_score.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::room {

namespace {

constexpr double kBest = 100;
constexpr double kLowest = 30;  // of what is computed: from further down it would take too long to recover
constexpr double kLost = 20;
constexpr double kNoPackets = 40;
constexpr double kPerLayer = 35;
constexpr double kFall = 0.8;
constexpr double kRise = 0.4;
constexpr double kPacketsPerBin = 2;
constexpr std::uint32_t kReadings = 10;
constexpr Duration kUsualInterval = std::chrono::minutes(2);

}  // namespace

double loss_weight(rtp::Codec codec, bool fec) {
  switch (codec) {
    case rtp::Codec::kOpus: return fec ? 8 / 1.5 : 8;
    case rtp::Codec::kRed: return fec ? 4 / 1.5 : 4;
    case rtp::Codec::kPcmu:
    case rtp::Codec::kPcma: return 8;
    default: return 10;
  }
}

void TrackScore::update(Instant now, const TrackWindow& window) {
  if (window.expected == 0) {
    value_ = window.reports_stale ? kLost : kNoPackets;
    return;
  }
  const std::uint64_t excused = window.missing + window.out_of_order;
  const double lost = static_cast<double>(window.lost - std::min(window.lost, excused));
  const double percent = 100 * lost / static_cast<double>(window.expected);
  const double packets = kBest - percent * adjusted_weight(now, window);
  const double layers = kBest - kPerLayer * window.layer_distance;
  const double score = std::clamp(std::min(packets, layers), 0.0, kBest);
  const double factor = score < value_ ? kFall : kRise;
  value_ = std::max(kLowest, value_ + factor * (score - value_));
}

void TrackScore::mute() {
  if (value_ > kLost) value_ = kBest;
}

void TrackScore::pause() {
  value_ = kLowest;
}

double TrackScore::adjusted_weight(Instant now, const TrackWindow& window) {
  if (window.length <= Duration::zero()) return window.loss_weight;
  const double rate = static_cast<double>(window.expected) / std::chrono::duration<double>(window.length).count();
  const auto bin = std::min(static_cast<std::size_t>(std::lround(rate / kPacketsPerBin)), kBins - 1);
  count(static_cast<std::uint16_t>(bin));
  if (++readings_ > kReadings && now >= next_usual_) {
    usual_ = usual_bin();
    next_usual_ = now + kUsualInterval;
  }
  if (usual_ == 0) return window.loss_weight;
  return window.loss_weight * std::sqrt(std::min(1.0, rate / (static_cast<double>(usual_) * kPacketsPerBin)));
}

void TrackScore::count(std::uint16_t bin) {
  const auto known = std::ranges::find(rates_, bin, &Rate::bin);
  if (known == rates_.end()) {
    rates_.push_back({bin, 1});
  } else if (known->readings < UINT16_MAX) {
    ++known->readings;
  }
}

// The lowest of those that occurred most often.
std::uint16_t TrackScore::usual_bin() const {
  return std::ranges::max_element(rates_,
                                  [](const Rate& a, const Rate& b) {
                                    return a.readings != b.readings ? a.readings < b.readings : a.bin > b.bin;
                                  })
      ->bin;
}

livekit::ConnectionQuality ConnectionScore::quality() const {
  if (value_ > 80) return livekit::EXCELLENT;
  if (value_ > 40) return livekit::GOOD;
  if (value_ > kLost) return livekit::POOR;
  return livekit::LOST;
}

float ConnectionScore::mos() const {
  const double r = value_;
  return static_cast<float>(std::clamp(1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r), 1.0, 4.5));
}

}  // namespace sfu::room

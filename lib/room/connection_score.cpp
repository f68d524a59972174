// SPDX-License-Identifier: Apache-2.0
#include "room/connection_score.hpp"

#include <algorithm>

namespace sfu::room {

namespace {

constexpr double kLowestComputed = 30;
constexpr double kNoPackets = 40;

// Points for one per cent of loss.
double loss_weight(rtp::Codec codec) {
  switch (codec) {
    case rtp::Codec::kOpus: return 8 / 1.5;  // in-band FEC repairs some
    case rtp::Codec::kRed: return 4 / 1.5;
    case rtp::Codec::kPcmu:
    case rtp::Codec::kPcma: return 8;
    default: return 10;
  }
}

}  // namespace

double window_score(const TrackWindow& window) {
  if (window.muted) return 100;
  if (window.expected == 0) return kNoPackets;
  const double percent = 100.0 * static_cast<double>(window.lost) / static_cast<double>(window.expected);
  return std::max(kLowestComputed, 100 - percent * loss_weight(window.codec));
}

void ConnectionScore::update(double worst) {
  const double factor = worst < value_ ? 0.8 : 0.4;
  value_ += factor * (worst - value_);
}

livekit::ConnectionQuality ConnectionScore::quality() const {
  if (value_ > 80) return livekit::EXCELLENT;
  if (value_ > 40) return livekit::GOOD;
  if (value_ > 20) return livekit::POOR;
  return livekit::LOST;
}

float ConnectionScore::mos() const {
  const double r = value_;
  return static_cast<float>(std::clamp(1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r), 1.0, 4.5));
}

}  // namespace sfu::room

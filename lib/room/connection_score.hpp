// SPDX-License-Identifier: Apache-2.0
// How good one participant's connection is, from the loss of its tracks, as signalling tells it (media spec 2.8).
#pragma once

#include "livekit_models.pb.h"
#include "rtp/codec_name.hpp"

namespace sfu::room {

// One track over one window.
struct TrackWindow {
  rtp::Codec codec = rtp::Codec::kUnknown;
  bool muted = false;
  std::uint64_t expected = 0;  // packets
  std::uint64_t lost = 0;
};

// 0..100 for the window alone.
double window_score(const TrackWindow& window);

class ConnectionScore {
 public:
  // Once each window, with the worst window_score of all its tracks; 100 if it has none.
  void update(double worst);

  double value() const { return value_; }
  livekit::ConnectionQuality quality() const;
  float mos() const;  // 1..4.5

  // What was last told of it; -1: nothing.
  int told = -1;

 private:
  double value_ = 100;
};

}  // namespace sfu::room

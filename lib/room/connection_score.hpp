// SPDX-License-Identifier: Apache-2.0
// How good the connection of one track, and so of one participant, is, as signalling tells it (media spec 2.8). Delays
// and bitrates have no say, as in LiveKit's defaults.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "livekit_models.pb.h"
#include "rtp/codec_name.hpp"

namespace sfu::room {

// Points that one per cent of loss costs. `fec`: Opus repairs some of it itself.
double loss_weight(rtp::Codec codec, bool fec);

// One track over one window.
struct TrackWindow {
  Duration length{};
  double loss_weight = 10;
  std::uint64_t expected = 0;  // packets
  std::uint64_t lost = 0;
  std::uint64_t missing = 0;  // of those, never sent from here: they were lost before
  std::uint64_t out_of_order = 0;
  bool reports_stale = false;  // its RTCP has ceased too
  double layer_distance = 0;   // of what is shown from what is wanted, on average
};

class TrackScore {
 public:
  // A window of an unmuted track.
  void update(Instant now, const TrackWindow& window);
  // Nothing is expected of it: good, but for a lost one, which does not become good by that.
  void mute();
  // For want of bandwidth.
  void pause();

  double value() const { return value_; }

 private:
  static constexpr std::size_t kBins = 250;

  struct Rate {
    std::uint16_t bin = 0;
    std::uint16_t readings = 0;
  };
  double adjusted_weight(Instant now, const TrackWindow& window);
  void count(std::uint16_t bin);
  std::uint16_t usual_bin() const;

  double value_ = 100;
  // How often each packet rate occurred: loss of a track that sends little (DTX, a still screen) counts less.
  std::vector<Rate> rates_;  // those that did
  std::uint32_t readings_ = 0;
  std::size_t usual_ = 0;  // the bin of most; 0: not known
  Instant next_usual_ = Instant::min();
};

class ConnectionScore {
 public:
  // Once each window, with the worst of all its tracks; 100 if it has none.
  void update(double worst) { value_ = worst; }

  double value() const { return value_; }
  livekit::ConnectionQuality quality() const;
  float mos() const;  // 1..4.5

  // What was last told of it; -1: nothing.
  int told = -1;

 private:
  double value_ = 100;
};

}  // namespace sfu::room

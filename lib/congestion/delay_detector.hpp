// SPDX-License-Identifier: Apache-2.0
// Whether a queue builds up on the way to the receiver (draft-ietf-rmcat-gcc-02 5, with the trend line of libwebrtc in
// place of the Kalman filter): how much longer each burst of packets took than the one before, summed up, and the slope
// of that sum over the last bursts against a threshold that adapts to what the path's noise is like.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "congestion/sent_packets.hpp"

namespace sfu::congestion {

enum class PathUsage : std::uint8_t { kNormal, kOverused, kUnderused };

class DelayDetector {
 public:
  // Received packets with a time, in the order of sending.
  void on_packet(Instant now, const PacketResult& packet);
  PathUsage usage() const { return usage_; }

 private:
  struct Group {
    bool started = false;
    Instant first_sent{};
    Instant last_sent{};
    Instant first_arrival{};
    Instant last_arrival{};
  };
  struct Point {
    double at_ms = 0;     // since the first
    double delay_ms = 0;  // smoothed
  };
  static constexpr std::size_t kWindow = 20;

  bool belongs_to_group(const PacketResult& packet) const;
  void on_group(Instant now, double sent_ms, double arrival_ms, Instant arrival);
  void detect(Instant now, double trend, double sent_ms);
  void adapt_threshold(Instant now, double trend);
  double slope() const;
  void reset();

  Group current_;
  Group previous_;
  Instant first_arrival_{};
  int deltas_ = 0;
  double accumulated_ms_ = 0;
  double smoothed_ms_ = 0;
  std::array<Point, kWindow> points_{};
  std::size_t point_count_ = 0;
  double threshold_ms_ = 12.5;
  Instant threshold_at_{};
  double overused_for_ms_ = -1;
  int overused_count_ = 0;
  double previous_trend_ = 0;
  PathUsage usage_ = PathUsage::kNormal;
};

}  // namespace sfu::congestion

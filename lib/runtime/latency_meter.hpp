// SPDX-License-Identifier: Apache-2.0
// How long packets are here: from when the system got the first one of a turn until the turn's packets were handed back
// to it. One turn in ten milliseconds is measured, which takes one reading of the clock. The worker's own.
#pragma once

#include <algorithm>

#include "sfu/statistics.hpp"
#include "sfu/time.hpp"

namespace sfu::runtime {

class LatencyMeter {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(10);

  void arrived(Instant at) {
    if (first_ == kNever) first_ = at;
  }
  // What was received in this turn has led to packets that were sent.
  bool wants_sample(Instant now) const { return first_ != kNever && now >= next_; }
  void sample(Instant now, Histogram<bounds::kForwardNanoseconds>& histogram) {
    const Duration took = std::max(Duration(), now - first_);
    histogram.observe(static_cast<double>(took.count()));
    latency_ += (took - latency_) / kSmoothing;
    jitter_ += (std::max(took, latency_) - std::min(took, latency_) - jitter_) / kSmoothing;
    next_ = now + kInterval;
  }
  void end_turn() { first_ = kNever; }

  Duration latency() const { return latency_; }
  Duration jitter() const { return jitter_; }

 private:
  static constexpr int kSmoothing = 16;

  Instant first_ = kNever;
  Instant next_ = Instant::min();
  Duration latency_{};
  Duration jitter_{};
};

}  // namespace sfu::runtime

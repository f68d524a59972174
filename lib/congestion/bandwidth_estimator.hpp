// SPDX-License-Identifier: Apache-2.0
// How much one receiver's path carries, from its transport-wide feedback (media spec 3.7): the delay-based and the
// loss-based rate of Google congestion control, and what probes have shown.
#pragma once

#include <optional>
#include <span>

#include "base/time.hpp"
#include "congestion/acked_bitrate.hpp"
#include "congestion/delay_detector.hpp"
#include "congestion/loss_limit.hpp"
#include "congestion/probe_meter.hpp"
#include "congestion/queueing_delay.hpp"
#include "congestion/rate_control.hpp"
#include "congestion/sent_packets.hpp"

namespace sfu::congestion {

class BandwidthEstimator {
 public:
  struct Config {
    RateControl::Config rate{};
    Duration silence = std::chrono::seconds(5);  // of feedback, though packets were sent: the estimate decays
    Duration probe_shadow = std::chrono::milliseconds(200);  // after a probe, and the round trip: queues are its own
    Duration settling = std::chrono::seconds(2);  // in which a probe may also show that the start was too high
  };
  struct News {
    std::optional<Bitrate> cut_from;  // a queue or losses made the estimate fall: from there
    ProbeId probe = kNoProbe;         // has shown something
    Bitrate carried;
    bool saturated = false;  // by it
  };

  BandwidthEstimator() : BandwidthEstimator(Config{}) {}
  explicit BandwidthEstimator(const Config& config) : config_(config), control_(config.rate) {}

  // A probe begins. The queue that it makes is not congestion.
  void expect(Instant now, const ProbeCluster& cluster) {
    probes_.expect(cluster);
    probed_at_ = now;
  }
  // `results` in the order of sending.
  News on_feedback(Instant now, std::span<const PacketResult> results, Duration rtt);
  // What else goes out, of which there is no feedback: sound.
  void set_unnumbered(Bitrate rate) { unnumbered_ = rate; }
  // No feedback has come, though packets were sent.
  void on_silence(Instant now);

  bool has_feedback() const { return first_feedback_ != Instant{}; }
  Bitrate estimate() const { return std::min(control_.rate(), loss_.limit()); }
  std::optional<Bitrate> acked() const { return acked_.value(); }
  PathUsage usage() const { return delay_.usage(); }
  // A queue that was cut for has not gone yet.
  bool draining(Instant now) const { return control_.draining(now); }
  // Somebody else keeps a queue full.
  bool competing() const { return control_.competing(); }
  double loss() const { return loss_.loss(); }
  Duration queueing_delay() const { return queue_.value(); }
  Duration newest_queueing_delay() const { return queue_.newest(); }  // of the last few packets alone

 private:
  std::optional<Bitrate> narrowed() const;
  std::optional<Bitrate> carried() const;

  Config config_;
  AckedBitrate acked_;
  DelayDetector delay_;
  QueueingDelay queue_;
  LossLimit loss_;
  ProbeMeter probes_;
  RateControl control_;
  Bitrate unnumbered_;
  Instant first_feedback_{};
  Instant probed_at_{};
};

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
// The sending side of one connection's congestion control: numbers its packets, learns of them by transport-wide
// feedback, says how much the path carries, when the next packet may leave, and when to try more. Sends nothing itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "congestion/bandwidth_estimator.hpp"
#include "congestion/pacer.hpp"
#include "congestion/probe_planner.hpp"
#include "congestion/sent_packets.hpp"
#include "rtcp/transport_feedback.hpp"

namespace sfu::congestion {

class SendControl {
 public:
  struct Config {
    BandwidthEstimator::Config estimator{};
    ProbePlanner::Config probes{};
    double pacing = 1.25;                                     // of the estimate
    double ample_pacing = 2.5;                                // where all that is wanted fits, as libwebrtc has it
    Duration interval = std::chrono::milliseconds(25);        // of timers, while more is wanted than is known to fit
    Duration idle_interval = std::chrono::milliseconds(100);  // else
    // A receiver that never answers does not know the feedback: nothing is known of its path then.
    Duration mute_after = std::chrono::seconds(5);
  };

  SendControl() : SendControl(Config{}) {}
  explicit SendControl(const Config& config);

  // --- hot path ---
  std::uint16_t next_number() const { return packets_.next(); }
  // A packet of `size` bytes went out under next_number().
  void sent(Instant now, std::size_t size);
  bool may_send(Instant now) { return pacer_.may_send(now); }
  // From here to the end.
  const void* touched_by_sending() const { return &planner_; }

  // --- feedback and time ---
  void on_feedback(Instant now, const rtcp::TransportFeedback& feedback);
  // By their numbers the packets that feedback which has just come shows to be lost, or late by half a round trip.
  std::span<const std::uint16_t> lost_of_late(Instant now) { return packets_.lost_of_late(now - rtt_ * 3 / 2 - kLate); }
  // Something sent so long ago, or less, may be on its way still: there is a queue. Zero: there is none.
  Duration way_through_queue() const {
    return estimator_.newest_queueing_delay() >= kQueued ? packets_.feedback_delay() : Duration{};
  }
  void set_rtt(Duration rtt) { rtt_ = rtt; }
  // See ProbePlanner::set_wishes.
  void set_wishes(Instant now, Bitrate everything, Bitrate next_step, bool starved = false);
  // See BandwidthEstimator::set_unnumbered.
  void set_unnumbered(Bitrate rate) { estimator_.set_unnumbered(rate); }
  void advance(Instant now);
  Instant deadline() const { return next_tick_; }

  // Bytes that the probe which is being sent lacks by now; 0 without one. A probe that nobody fills ends by itself.
  std::size_t probe_deficit(Instant now);
  bool probing() const { return probe_.has_value(); }
  // All that is wanted is known to fit.
  bool is_ample() const { return !planner_.wants_more(estimator_.estimate()); }

  // nullopt: not known, everything may be sent.
  std::optional<Bitrate> estimate() const;
  // The estimate has changed by 5 % or more since this was last true.
  bool take_change();
  Bitrate pacing_rate(Instant now) const;
  Instant next_send(Instant now) { return pacer_.next(now); }
  const BandwidthEstimator& estimator() const { return estimator_; }

 private:
  static constexpr Duration kLate = std::chrono::milliseconds(10);
  static constexpr Duration kQueued = std::chrono::milliseconds(30);
  struct Probe {
    ProbeCluster cluster;
    Instant begun{};
    std::size_t bytes = 0;
    int packets = 0;
  };
  std::int64_t burst(Instant now) const;
  double pacing_factor(Instant now) const;
  Duration interval() const;
  void pace(Instant now);
  Instant idle_tick(Instant now) const;

  Config config_;
  BandwidthEstimator estimator_;
  // Touched by every packet.
  ProbePlanner planner_;
  SentPackets packets_;
  Pacer pacer_;
  std::optional<Probe> probe_;
  Duration rtt_ = std::chrono::milliseconds(70);
  Bitrate told_;
  bool mute_ = false;
  Instant first_sent_{};
  Instant last_sent_{};
  Instant last_feedback_{};
  Instant next_tick_ = kNever;
};

}  // namespace sfu::congestion

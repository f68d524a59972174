// SPDX-License-Identifier: Apache-2.0
// What to make of the path's state (draft-ietf-rmcat-gcc-02 5.5): a queue that builds up cuts the rate below what
// arrived, which drains it; then the rate goes back to a little below that, and rises slowly: by as much for who
// has little as for who has much, so that flows that share a path come to have the same. Until the first queue is met
// it rises quickly. It rises only as far as traffic has shown that it may: a sender that sends less than it could
// learns nothing. Where a queue is somebody else's and stays, the rate falls with losses as TCP's does, and rises as
// that does (additive increase of a third of a packet, decrease to 0.8: as much on average, but smoother).
#pragma once

#include <cstddef>
#include <optional>

#include "base/time.hpp"
#include "congestion/delay_detector.hpp"
#include "congestion/standing_queue.hpp"

namespace sfu::congestion {

class RateControl {
 public:
  struct Config {
    Bitrate start = Bitrate::kilobits(1000);
    Bitrate floor = Bitrate::kilobits(10);
    double decrease = 0.85;                                // of what arrived, until the queue has drained
    double drained = 0.94;                                 // then, of the capacity that was found
    Duration drain_time = std::chrono::milliseconds(700);  // a queue is to drain in
    double increase = 1.08;                                // a second, far from where congestion was met
    double beyond_acked = 1.2;                             // the rate rises up to this much of what arrives
  };

  explicit RateControl(const Config& config) : config_(config), rate_(config.start) {}

  // What feedback says of the path.
  struct Path {
    PathUsage usage = PathUsage::kNormal;
    std::optional<Bitrate> acked;    // what arrives
    std::optional<Bitrate> carried;  // what it can carry, if there is a queue
    Bitrate beside;                  // what goes the same way without being controlled
    Duration rtt{};
    Duration queue{};         // how long packets wait
    Duration newest_queue{};  // the last few of them: no shorter
    bool narrowed = false;    // it carries far less than a moment ago
    std::size_t lost = 0;     // bytes of those that it reports
    double loss = 0;          // share of packets in the last half second that is hardly chance, 0..1
  };
  void update(Instant now, const Path& path);
  // What a probe has shown.
  void set_rate(Instant now, Bitrate rate);
  void limit(Bitrate rate) { rate_ = std::min(rate_, rate); }

  Bitrate rate() const { return rate_; }
  // Cut for a queue in this update.
  bool decreased() const { return decreased_; }
  // What is lost was sent before the last cut.
  bool reacting(Instant now, Duration rtt) const { return now - decreased_at_ < config_.drain_time + rtt; }
  // While a queue drains nothing is added; but it may be someone else's, which does not.
  bool draining(Instant now) const { return draining_ && now - decreased_at_ < config_.drain_time * 2; }
  bool queue_stands() const { return standing_.stands() || competing(); }
  // Others keep a queue full: nothing is to be learnt from one's own share of it.
  bool competing() const { return standing_.is_others(); }

 private:
  enum class State : std::uint8_t { kHold, kIncrease, kDecrease };
  void increase(Instant now, const Path& path);
  void compete(Instant now, const Path& path);
  bool try_draining(Instant now, const Path& path);
  Bitrate least_left(const Path& path) const;
  void add(double bits, std::optional<Bitrate> acked);
  void decrease(Instant now, const Path& path);
  bool was_misjudged(const Path& path) const;

  Config config_;
  Bitrate rate_;
  State state_ = State::kHold;
  Instant updated_{};
  bool decreased_ = false;
  Instant decreased_at_{};
  bool draining_ = false;
  Duration queue_at_cut_{};
  Bitrate found_;  // what the path carried at the last cut
  StandingQueue standing_;
  Bitrate found_first_;  // at the first cut since the queue stands
  Bitrate met_at_;       // the rate before the first of the cuts of late
  Instant backed_off_at_{};
  Instant tried_draining_at_{};
  Bitrate before_trial_;  // 0: none goes on
};

}  // namespace sfu::congestion

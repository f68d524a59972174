// SPDX-License-Identifier: Apache-2.0
// When to try whether the path carries more, and how much: at the start, where the rate doubles as long as it is
// carried; then now and then while tracks get less than was asked for, less often the oftener it was in vain; and soon
// after a large cut, which may have been a passing one. Nothing is tried that nobody would use.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "congestion/probe_meter.hpp"

namespace sfu::congestion {

class ProbePlanner {
 public:
  struct Config {
    Duration first_length = std::chrono::milliseconds(20);  // while little is known, and a mistake would cost much
    Duration length = std::chrono::milliseconds(80);        // long enough for a path that jitters
    int packets = 5;
    double first = 3;       // of the estimate, at the start
    double doubled = 2;     // of what was carried
    double carried = 0.88;  // of a probe's rate: it met no limit, more may be tried at once
    double overage = 1.2;   // over what is needed
    double step = 0.5;      // of the estimate, at least so much more
    Bitrate least_step = Bitrate::kilobits(50);
    Bitrate most_step = Bitrate::kilobits(200);  // which is enough for any
    Duration interval = std::chrono::seconds(3);
    double backoff = 1.5;
    Duration longest_interval = std::chrono::seconds(10);
    Duration starved_interval = std::chrono::milliseconds(3500);  // at most, while somebody gets nothing
    double large_cut = 0.66;                                      // of the rate before it
    double recovery = 0.85;                                       // of the rate before it is tried
    Duration after_cut = std::chrono::seconds(5);
    Duration patience = std::chrono::seconds(1);  // until a probe counts as lost
  };

  explicit ProbePlanner(const Config& config) : config_(config) {}

  // What would be sent if it could be: everything that was asked for; and with one better layer, or zero if nobody
  // wants a better one than it has. `starved`: somebody gets nothing for want of it, and is to be served within five
  // seconds of when it could be.
  void set_wishes(Instant now, Bitrate everything, Bitrate next_step, bool starved);
  // The probe that is to be sent from now on.
  std::optional<ProbeCluster> take(Instant now, Bitrate estimate);
  void on_result(Instant now, ProbeId id, Bitrate carried);
  // A queue made the estimate fall.
  void on_cut(Instant now, Bitrate before, Bitrate after);
  // More would be sent if the path were known to carry it.
  bool wants_more(Bitrate estimate) const;
  // Everything that was asked for: also of what is sent whether it fits or not.
  bool fits(Bitrate estimate) const { return everything_ <= estimate; }
  Instant deadline() const { return due_; }

 private:
  ProbeCluster cluster(Bitrate rate, Duration length);
  void wait(Instant now);
  void schedule(Instant now, Duration after) { due_ = now + after; }

  Config config_;
  Bitrate everything_;
  Bitrate next_step_;
  bool starved_ = false;
  bool started_ = false;
  bool ramping_ = true;               // no probe has met a limit yet
  std::optional<Bitrate> next_rate_;  // to be tried next, whatever the next step is
  ProbeId last_id_ = kNoProbe;
  bool outstanding_ = false;
  Bitrate outstanding_rate_;
  Instant sent_at_{};
  Duration pause_{};
  Instant due_ = Instant::min();
};

}  // namespace sfu::congestion

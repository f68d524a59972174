// SPDX-License-Identifier: Apache-2.0
// How far a publisher's clock is behind ours when its sender reports come: the difference of the clocks and the
// shortest way of a report, together (media spec 2.4). What is added to its NTP times puts them on our clock. An
// Endpoint has one for all tracks of its publisher, so that sound and picture are moved alike.
#pragma once

#include <optional>

#include "base/time.hpp"

namespace sfu::media {

class PropagationDelay {
 public:
  static constexpr Duration kSteady = std::chrono::milliseconds(10);    // what differs by less is followed
  static constexpr Duration kOrdinary = std::chrono::milliseconds(50);  // what differs by less is how reports scatter
  static constexpr Duration kPersistent = std::chrono::seconds(10);     // a rise that lasts so long is believed
  static constexpr int kPersistentReports = 2;

  // A report of the time `sent` came at `arrived`, which is our clock's.
  void on_report(Instant now, WallTime sent, WallTime arrived);
  // Nothing before the first report.
  std::optional<Duration> estimate() const { return estimate_; }

 private:
  bool is_spike(Duration rise) const { return rise > kSteady && rise > scatter_ * 2; }
  void on_spike(Instant now, Duration sample);

  std::optional<Duration> estimate_;
  Duration scatter_{};  // of samples about the estimate, over a long time
  Duration spike_{};    // where samples are that were not believed
  Instant spike_since_{};
  int spike_reports_ = 0;
};

}  // namespace sfu::media

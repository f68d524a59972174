// SPDX-License-Identifier: Apache-2.0
// When to tell a publisher which qualities of a track are watched, so that it stops encoding the others (signalling
// 2.10): more at once, less only after a while, nothing while it is muted.
#pragma once

#include <optional>

#include "livekit_models.pb.h"
#include "sfu/time.hpp"

namespace sfu::room {

class Dynacast {
 public:
  static constexpr Duration kIdleDelay = std::chrono::seconds(10);  // before the first report, with no subscriber

  void start(Instant now) { due_ = now + kIdleDelay; }
  // The highest quality that anyone watches; OFF for none. Less than before is told `pause_delay` later.
  void set_wanted(Instant now, livekit::VideoQuality wanted, Duration pause_delay);
  livekit::VideoQuality wanted() const { return wanted_; }
  // Nobody will watch it again: told at once.
  void stop(Instant now);
  // The report is wanted anew: after unmute, after a resume.
  void repeat(Instant now);
  void set_muted(Instant now, bool muted);

  // The quality to report now, OFF for all disabled; nullopt when nothing is due.
  std::optional<livekit::VideoQuality> take_report(Instant now);
  // What was told last; nullopt if nothing.
  std::optional<livekit::VideoQuality> reported() const { return reported_; }
  // It would be more than what was told last.
  bool raises() const;
  Instant deadline() const { return muted_ ? kNever : due_; }

 private:
  livekit::VideoQuality wanted_ = livekit::OFF;
  std::optional<livekit::VideoQuality> reported_;
  Instant due_ = kNever;
  bool muted_ = false;
};

}  // namespace sfu::room

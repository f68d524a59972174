// SPDX-License-Identifier: Apache-2.0
// The rate that losses allow (draft-ietf-rmcat-gcc-02 6): above 10 % lost it falls by half of the share, below 2 % it
// rises. Some paths lose packets however little is sent; a cut that does not lessen the loss was of no use, so that the
// share that stays counts as the path's own and only what exceeds it is congestion.
#pragma once

#include <cstdint>
#include <limits>

#include "base/time.hpp"

namespace sfu::congestion {

class LossLimit {
 public:
  // Counts one packet; `late`: one that was counted as lost has come.
  void on_packet(bool received, bool late);
  // With each feedback. `target`: the rate that was in force; `queued`: a queue is seen as well, for which
  // the rate falls anyway.
  void update(Instant now, Bitrate target, Bitrate sent, Duration rtt, bool queued);
  Bitrate limit() const { return limit_; }
  double loss() const { return loss_; }  // of the last window, 0..1
  // What of it is hardly chance, of so few packets.
  double beyond_chance() const { return beyond_chance_; }

 private:
  void cut(Instant now, Bitrate target, Bitrate sent);

  std::int64_t packets_ = 0;
  std::int64_t lost_ = 0;
  double loss_ = 0;
  double beyond_chance_ = 0;
  double inherent_ = 0;  // the path's own
  Bitrate limit_{std::numeric_limits<std::int64_t>::max()};
  Instant window_start_{};
  Instant cut_at_{};
  Instant calm_since_{};
  // Since the first of the cuts that go on.
  bool cutting_ = false;
  double loss_before_ = 0;
  Bitrate sent_before_;
};

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
#include "client/recovery.hpp"

#include <algorithm>

namespace sfu::client {

std::vector<Duration> Recovery::default_delays() {
  using std::chrono::milliseconds;
  return {milliseconds(0),    milliseconds(300),  milliseconds(1200), milliseconds(2700), milliseconds(4800),
          milliseconds(7000), milliseconds(7000), milliseconds(7000), milliseconds(7000), milliseconds(7000)};
}

std::optional<Instant> Recovery::schedule(Instant now, Way way) {
  if (way == Way::kRejoin) way_ = Way::kRejoin;
  if (attempts_ >= (ever_ ? delays_.size() : std::min(delays_.size(), kFirstRetries))) return std::nullopt;
  Duration delay = delays_[attempts_];
  if (attempts_ > 1) delay += std::chrono::milliseconds(random_.below(1000));
  ++attempts_;
  return now + delay;
}

}  // namespace sfu::client

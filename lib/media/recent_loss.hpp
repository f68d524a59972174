// SPDX-License-Identifier: Apache-2.0
// Whether a path has lost so much of late that repairs are lost too, in numbers that are seen: then what asks for a
// repair, and the repair itself, go out twice. Told only when something is lost, so that nothing is paid for each
// packet.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"

namespace sfu::media {

class RecentLoss {
 public:
  static constexpr Duration kSpan = std::chrono::seconds(2);  // the one that lasts still and the one before are judged
  static constexpr std::uint64_t kHighPercent = 2;
  static constexpr std::uint64_t kFewestPackets = 50;  // what is lost within fewer is one event

  // `packets` have passed in all; of those since last told `lost` did not.
  void add(Instant now, std::uint64_t packets, std::uint64_t lost) {
    if (now - begun_ >= kSpan) {
      const bool adjacent = now - begun_ < 2 * kSpan;
      lost_ = {0, adjacent ? lost_[0] : 0};
      packets_at_ = {packets, adjacent ? packets_at_[0] : packets};
      begun_ = now;
    }
    lost_[0] += lost;
    packets_ = packets;
  }

  bool is_high() const {
    const std::uint64_t packets = packets_ - packets_at_[1];
    return packets >= kFewestPackets && (lost_[0] + lost_[1]) * 100 >= kHighPercent * packets;
  }

 private:
  Instant begun_{};
  std::array<std::uint64_t, 2> lost_{};        // in this span and in the one before
  std::array<std::uint64_t, 2> packets_at_{};  // when each began
  std::uint64_t packets_ = 0;
};

}  // namespace sfu::media

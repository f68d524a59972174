// SPDX-License-Identifier: Apache-2.0
// How long packets wait in queues on the way, as far as that can be told from one end: how much longer the fastest of
// the last few took than the fastest of the last ten to twenty seconds did. The others may have waited for each other,
// or jitter held them up. A queue that stands for longer counts as the path's own.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/time.hpp"

namespace sfu::congestion {

class QueueingDelay {
 public:
  static constexpr Duration kWindow = std::chrono::seconds(10);
  static constexpr std::size_t kPackets = 12;
  static constexpr std::size_t kLeastPackets = 4;
  static constexpr Duration kLatest = std::chrono::milliseconds(100);

  // Two clocks, whose offset does not matter.
  void on_packet(Instant sent, Instant arrival) {
    latest_[count_ % kPackets] = {arrival, arrival - sent};
    ++count_;
  }
  // With each feedback, after its packets.
  void update(Instant now) {
    if (count_ == 0) return;
    const Duration fastest = fastest_of(kPackets);
    if (now - window_start_ >= kWindow) {
      base_before_ = now - window_start_ < kWindow * 2 ? base_ : fastest;
      base_ = fastest;
      window_start_ = now;
    }
    base_ = std::min(base_, fastest);
    value_ = fastest - std::min(base_, base_before_);
    newest_ = std::max(fastest_of(kLeastPackets) - std::min(base_, base_before_), value_);
  }

  Duration value() const { return value_; }
  // Of the very last packets: while the queue grows, it is longer there.
  Duration newest() const { return newest_; }

 private:
  struct Packet {
    Instant arrival{};
    Duration taken{};
  };
  Duration fastest_of(std::size_t packets) const {
    const Packet& newest = latest_[(count_ - 1) % kPackets];
    Duration fastest = newest.taken;
    for (std::size_t i = 1; i < std::min(count_, packets); ++i) {
      const Packet& packet = latest_[(count_ - 1 - i) % kPackets];
      if (i >= kLeastPackets && newest.arrival - packet.arrival > kLatest) break;
      fastest = std::min(fastest, packet.taken);
    }
    return fastest;
  }

  std::array<Packet, kPackets> latest_{};
  std::size_t count_ = 0;
  Duration base_ = Duration::max();
  Duration base_before_ = Duration::max();
  Instant window_start_{};
  Duration value_{};
  Duration newest_{};
};

}  // namespace sfu::congestion

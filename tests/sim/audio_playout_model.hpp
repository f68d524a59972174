// SPDX-License-Identifier: Apache-2.0
// Opus as NetEq plays it: so far behind the fastest packet that of twenty packets nineteen are there in time, as the
// last few seconds were; stretched or shortened by a little to get there. What is not there when it is its turn is
// concealed, until it comes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "media_tag.hpp"

namespace sfu::sim {

class AudioPlayoutModel {
 public:
  static constexpr Duration kPacket = std::chrono::milliseconds(20);
  static constexpr Duration kStart = std::chrono::milliseconds(60);

  void receive(Instant now, const MediaTag& tag);
  // Nothing is to be expected for now (muted).
  void interrupt();

  // Of 20 ms each.
  std::uint64_t expected() const;
  std::uint64_t concealed() const;

 private:
  static constexpr Duration kWindow = std::chrono::seconds(2);

  void observe(Instant now, Duration taken);
  Duration target() const;

  std::optional<std::uint32_t> base_;  // the first of this stretch
  std::vector<bool> seen_;
  std::uint64_t expected_before_ = 0;
  std::uint64_t played_ = 0;
  Duration waited_{};   // concealed before a late one was played
  Duration playout_{};  // from sending to playing
  Instant adapted_{};
  // The fastest packet of this window and of the one before.
  Duration fastest_ = Duration::max();
  Duration fastest_before_ = Duration::max();
  Instant window_start_{};
  std::array<double, 100> delays_{};  // behind the fastest, in buckets of 20 ms, old ones fading
};

}  // namespace sfu::sim

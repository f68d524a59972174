// SPDX-License-Identifier: Apache-2.0
// Which packet indexes were received (RFC 3711 3.3.2): the newest, and a bit for each of the kReplayWindow up to it.
#pragma once

#include <array>
#include <cstdint>

#include "srtp/srtp.hpp"

namespace sfu::srtp {

class ReplayWindow {
 public:
  bool empty() const { return !started_; }
  std::uint64_t newest() const { return newest_; }

  bool is_new(std::uint64_t index) const {
    if (!started_ || index > newest_) return true;
    return newest_ - index < kReplayWindow && !bit(index);
  }

  // Only for an authentic packet that is_new().
  void add(std::uint64_t index) {
    if (!started_ || index >= newest_ + kReplayWindow) {
      bits_.fill(0);
    } else {
      for (std::uint64_t skipped = newest_ + 1; skipped < index; ++skipped) set(skipped, false);
    }
    set(index, true);
    if (!started_ || index > newest_) newest_ = index;
    started_ = true;
  }

 private:
  bool bit(std::uint64_t index) const { return (bits_[index % kReplayWindow / 64] >> index % 64 & 1) != 0; }
  void set(std::uint64_t index, bool value) {
    std::uint64_t& word = bits_[index % kReplayWindow / 64];
    word = value ? word | std::uint64_t{1} << index % 64 : word & ~(std::uint64_t{1} << index % 64);
  }

  std::array<std::uint64_t, kReplayWindow / 64> bits_{};
  std::uint64_t newest_ = 0;
  bool started_ = false;
};

}  // namespace sfu::srtp

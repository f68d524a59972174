// SPDX-License-Identifier: Apache-2.0
// Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03) for publishers without transport-cc. There is no
// receive-side estimator: it allows half as much again as arrives, and never less than a floor, so that a sender can
// climb; loss reports hold it back.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace sfu::congestion {

class RembGenerator {
 public:
  struct Config {
    Duration first = std::chrono::milliseconds(200);
    Duration interval = std::chrono::seconds(1);
    Bitrate floor = Bitrate::kilobits(3000);
    Bitrate ceiling = Bitrate::kilobits(100'000);
  };
  static constexpr std::size_t kMaxSsrcs = 16;

  RembGenerator() : RembGenerator(Config{}) {}
  explicit RembGenerator(Config config) : config_(config) {}

  void on_packet(Instant now, std::uint32_t ssrc, std::size_t bytes);
  // Writes a REMB if one is due, and gives its size; 0 if not.
  std::size_t advance(Instant now, std::uint32_t sender_ssrc, ByteSpan buffer);
  Instant deadline() const { return deadline_; }

 private:
  Config config_;
  std::array<std::uint32_t, kMaxSsrcs> ssrcs_{};
  std::size_t ssrc_count_ = 0;
  std::uint64_t bytes_ = 0;
  Instant window_start_{};
  Instant deadline_ = kNever;
};

}  // namespace sfu::congestion

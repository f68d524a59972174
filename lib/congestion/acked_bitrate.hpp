// SPDX-License-Identifier: Apache-2.0
// What arrives at the receiver, in bits a second: windows of 150 ms (the first of 500 ms), weighed against what was
// known by how far off they are, as libwebrtc's estimator does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace sfu::congestion {

class AckedBitrate {
 public:
  // Arrival on the receiver's clock, ascending but for reordered packets.
  void on_packet(Instant sent, Instant arrival, std::size_t size);
  std::optional<Bitrate> value() const {
    return known_ ? std::optional(Bitrate{static_cast<std::int64_t>(estimate_)}) : std::nullopt;
  }
  // Of the last tenth of a second or so. While a queue stands, that is what the path carries, however little was sent
  // before.
  Bitrate latest() const { return latest_; }
  // The same packets were sent so much faster that something on the way held them back.
  bool held_back() const { return held_back_; }
  struct Newest {
    Bitrate rate;
    bool held_back = false;
  };
  // Of the last few packets, over a time that is long beside jitter; nullopt where so many come that they are not kept.
  std::optional<Newest> newest() const;

 private:
  struct Packet {
    Instant sent{};
    Instant arrival{};
    std::uint32_t size = 0;
  };
  static constexpr std::size_t kPackets = 32;

  bool known_ = false;
  bool started_ = false;
  Instant window_start_{};
  std::size_t window_bytes_ = 0;
  Instant latest_start_{};
  Instant latest_sent_{};  // the first of them
  bool held_back_ = false;
  std::size_t latest_bytes_ = 0;
  Bitrate latest_;
  std::array<Packet, kPackets> packets_{};  // the newest
  std::size_t count_ = 0;
  double estimate_ = 0;
  double variance_ = 50e6;  // (bit/s)^2
};

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
// Which sequence numbers to ask the sender for, and when (RFC 4585 6.2.1; media spec 2.2). Driven by time, not by
// arrivals, so that the lost tail of a burst is asked for too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/time.hpp"

namespace sfu::media {

class NackGenerator {
 public:
  static constexpr std::size_t kLimit = 100;  // missing numbers kept; the oldest gives way
  static constexpr int kTries = 5;            // of a server
  static constexpr int kClientTries = 10;     // of a receiver that shows what it gets, as libwebrtc's
  static constexpr Duration kFirstDelay = std::chrono::milliseconds(20);
  static constexpr Duration kEarlyDelay = std::chrono::milliseconds(5);  // where much is lost: twice may not be enough
  static constexpr Duration kMinRepeat = std::chrono::milliseconds(20);
  static constexpr Duration kMaxRepeat = std::chrono::milliseconds(400);
  static constexpr Duration kSenderPause = std::chrono::milliseconds(8);

  // `tries`: so often it asks for the same packet.
  explicit NackGenerator(int tries = kTries) : tries_(tries) {}

  // [first, last) did not come, as a packet after them tells.
  void missing(Instant now, std::int64_t first, std::int64_t last, Duration delay = kFirstDelay);
  // It came after all, by itself or by RTX (`repeated`).
  void arrived(Instant now, std::int64_t sequence, bool repeated);
  // What to ask for now, ascending; borrowed until the next call. It is asked for again after the round trip `rtt`, or
  // somewhat more than repeats take of late, if that is longer: a sender that is busy answers late, and each request
  // once, and libwebrtc repeats nothing again within its own round trip and 5 ms.
  std::span<const std::uint16_t> take(Instant now, Duration rtt);
  // The newest that has been asked for in vain, once; kNone: nothing since.
  static constexpr std::int64_t kNone = -1;
  std::int64_t take_given_up() { return std::exchange(given_up_, kNone); }
  Instant deadline() const { return deadline_; }
  void clear();
  std::size_t size() const { return size_; }

 private:
  static constexpr int kSmoothing = 4;

  struct Entry {
    std::int64_t sequence = 0;
    Instant next{};
    Instant asked{};  // at first
    int tries = 0;
    bool early = false;
  };
  void update_deadline();

  int tries_;
  std::array<Entry, kLimit> entries_;  // ascending
  std::size_t size_ = 0;
  std::array<std::uint16_t, kLimit> due_;
  Instant deadline_ = kNever;
  Duration repeat_time_{};  // smoothed: from the first request to the repeat
  std::int64_t given_up_ = kNone;
};

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
// How long one subscriber is told to hold video back (playout-delay; media spec 2.7): so long that its jitter, and what
// it asks for again, do not show. It is told in each packet until a receiver report says that one of them came.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/sequence.hpp"

namespace sfu::media {

class PlayoutDelayControl {
 public:
  static constexpr Duration kDefaultMax = std::chrono::seconds(10);
  static constexpr Duration kSlewPerSecond = std::chrono::milliseconds(80);  // faster would be seen

  // Begins with the least. A shared screen does not care for jitter.
  PlayoutDelayControl(rtp::PlayoutDelay limits, bool screenshare);

  // What is to be told, from `delay().min` on; no more once it is known.
  rtp::PlayoutDelay delay() const { return {current_, max_}; }
  bool telling() const { return state_ != State::kKnown; }
  // A packet that tells it went out.
  void sent(std::uint16_t sequence_number);
  // `packets` were sent and `nacked` asked for again, in all. Afterwards delay() and telling() may differ.
  void on_receiver_report(Instant now, Duration jitter, std::uint64_t packets, std::uint64_t nacked,
                          std::uint16_t highest_sequence);

 private:
  enum class State : std::uint8_t { kChanged, kTold, kKnown };

  Duration target(Duration jitter, std::uint64_t packets, std::uint64_t nacked);

  Duration min_;
  Duration max_;
  Duration current_;
  bool screenshare_;
  State state_ = State::kChanged;
  std::uint16_t first_told_ = 0;
  Instant updated_{};
  std::uint64_t packets_ = 0;
  std::uint64_t nacked_ = 0;
};

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
#include "media/playout_delay_control.hpp"

#include <algorithm>

namespace sfu::media {
namespace {

constexpr int kJitters = 10;
constexpr std::uint64_t kManyNacked = 60;  // per cent
constexpr Duration kPerNacked = std::chrono::milliseconds(2);

}  // namespace

PlayoutDelayControl::PlayoutDelayControl(rtp::PlayoutDelay limits, bool screenshare)
    : min_(limits.min),
      max_(limits.max > Duration::zero() ? std::max(limits.min, limits.max) : kDefaultMax),
      current_(min_),
      screenshare_(screenshare) {}

void PlayoutDelayControl::sent(std::uint16_t sequence_number) {
  if (state_ != State::kChanged) return;
  state_ = State::kTold;
  first_told_ = sequence_number;
}

void PlayoutDelayControl::on_receiver_report(Instant now, Duration jitter, std::uint64_t packets, std::uint64_t nacked,
                                             std::uint16_t highest_sequence) {
  if (state_ == State::kTold && rtp::distance(first_told_, highest_sequence) >= 0) state_ = State::kKnown;
  const Duration wanted = target(jitter, packets, nacked);
  const Duration elapsed = std::min<Duration>(now - updated_, std::chrono::seconds(1));
  const Duration slew = kSlewPerSecond * elapsed.count() / std::chrono::nanoseconds(std::chrono::seconds(1)).count();
  updated_ = now;
  const auto before = delay().bytes();
  current_ = std::clamp(std::clamp(wanted, current_ - slew, current_ + slew), min_, max_);
  if (delay().bytes() != before) state_ = State::kChanged;
}

Duration PlayoutDelayControl::target(Duration jitter, std::uint64_t packets, std::uint64_t nacked) {
  Duration wanted = screenshare_ ? Duration::zero() : jitter * kJitters;
  const std::uint64_t sent = packets - packets_;
  const std::uint64_t percent = sent == 0 ? 0 : std::min<std::uint64_t>((nacked - nacked_) * 100 / sent, 1000);
  packets_ = packets;
  nacked_ = nacked;
  if (percent > kManyNacked) wanted += kPerNacked * static_cast<std::int64_t>(percent - kManyNacked);
  return wanted;
}

}  // namespace sfu::media

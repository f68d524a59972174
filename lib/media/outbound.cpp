// SPDX-License-Identifier: Apache-2.0
#include "media/outbound.hpp"

#include <algorithm>

namespace sfu::media {
namespace {

// What is let go together: finer timers would only cost.
constexpr Duration kStep = std::chrono::milliseconds(2);
constexpr std::size_t kCompact = 256;
constexpr std::size_t kKept = 128;  // room that a line keeps for the next time

}  // namespace

Outbound::Held Outbound::Line::pop() {
  const Held next = waiting_[first_++];
  if (empty()) {
    clear();
  } else if (first_ >= kCompact && first_ * 2 >= waiting_.size()) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return next;
}

void Outbound::Line::clear() {
  waiting_.clear();
  if (waiting_.capacity() > kKept) waiting_ = std::vector<Held>();
  first_ = 0;
}

void Outbound::hold(Instant now, rtp::Ssrc ssrc, std::uint16_t sequence_number, Output& out) {
  add(held_, {ssrc, sequence_number, now}, out);
}

void Outbound::hold_repeat(Instant now, rtp::Ssrc ssrc, std::uint16_t sequence_number, Output& out) {
  add(repeats_, {ssrc, sequence_number, now, true}, out);
}

void Outbound::add(Line& line, const Held& held, Output& out) {
  const bool first = !is_waiting();
  line.push(held);
  if (first) wake(std::max(control_.next_send(held.since), held.since + kStep), out);
}

void Outbound::sent(Instant now, std::size_t size, Output& out) {
  control_.sent(now, size);
  wake(control_.deadline(), out);
}

void Outbound::set_wishes(Instant now, Bitrate everything, Bitrate next_step, bool starved, Output& out) {
  control_.set_wishes(now, everything, next_step, starved);
  wake(control_.deadline(), out);
}

std::optional<Outbound::Held> Outbound::take_due(Instant now) {
  if (!is_waiting() || !control_.may_send(now)) return std::nullopt;
  return repeats_.empty() ? held_.pop() : repeats_.pop();
}

void Outbound::settle(Instant now) {
  due_ = control_.deadline();
  if (is_waiting()) due_ = std::min(due_, std::max(control_.next_send(now), now + kStep));
  if (control_.probing()) due_ = std::min(due_, now + kStep);
}

void Outbound::wake(Instant at, Output& out) {
  if (at >= due_) return;
  due_ = at;
  if (out.woken != nullptr) out.woken->push_back(&sink_);
}

}  // namespace sfu::media

// SPDX-License-Identifier: Apache-2.0
#include "room/dynacast.hpp"

#include <algorithm>

namespace sfu::room {

namespace {

// OFF is the highest number and the least quality.
int quality_rank(livekit::VideoQuality quality) {
  return quality == livekit::OFF ? -1 : static_cast<int>(quality);
}

}  // namespace

bool Dynacast::raises() const {
  return reported_ && quality_rank(wanted_) > quality_rank(*reported_);
}

void Dynacast::set_wanted(Instant now, livekit::VideoQuality wanted, Duration pause_delay) {
  if (wanted == wanted_) return;
  wanted_ = wanted;
  if (!reported_) {
    if (wanted != livekit::OFF) due_ = now;
    return;
  }
  if (wanted == *reported_) {
    due_ = kNever;  // it went down and came back before anyone was told
  } else if (raises()) {
    due_ = now;
  } else {
    due_ = std::min(due_, now + pause_delay);
  }
}

void Dynacast::stop(Instant now) {
  wanted_ = livekit::OFF;
  due_ = now;
}

void Dynacast::repeat(Instant now) {
  if (reported_) due_ = now;
}

void Dynacast::set_muted(Instant now, bool muted) {
  if (muted_ && !muted) repeat(now);
  muted_ = muted;
}

std::optional<livekit::VideoQuality> Dynacast::take_report(Instant now) {
  if (muted_ || now < due_) return std::nullopt;
  due_ = kNever;
  reported_ = wanted_;
  return wanted_;
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// What one subscriber may have of the layers inside a stream, and what is chosen for a packet.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "media/media.hpp"

namespace sfu::media {

struct LayerLimits {
  std::uint8_t spatial = kNoLayer;  // kNoLayer: any
  std::uint8_t temporal = kMaxTemporalLayers - 1;
  bool deficient = false;  // for want of bandwidth: what is above must stop at once
};

struct LayerChoice {
  bool forward = true;
  bool marker = false;  // the last packet of its picture that goes out
  // The decode targets that the subscriber can decode are to be written into this packet's descriptor.
  bool tells_targets = false;
  std::uint8_t target_count = 0;
  std::uint32_t active_targets = 0;
};

// Whether a key frame is needed to get to the layers that may be had. Where a lower layer is being shown, a point to
// switch at may come by itself; and what was asked for in vain is left alone for a while.
class KeyframeNeed {
 public:
  enum class Need : std::uint8_t { kNone, kBetter, kUrgent };
  static constexpr Duration kPatience = std::chrono::milliseconds(500);
  static constexpr Duration kGiveUp = std::chrono::seconds(5);
  static constexpr Duration kLeaveAlone = std::chrono::seconds(10);

  void note(Instant now, Need need) {
    if (need == need_) return;
    need_ = need;
    since_ = now;
  }
  bool wanted(Instant now) const {
    if (need_ != Need::kBetter) return need_ == Need::kUrgent;
    const Duration waited = (now - since_) % (kGiveUp + kLeaveAlone);
    return waited >= kPatience && waited < kGiveUp;
  }

 private:
  Need need_ = Need::kNone;
  Instant since_{};
};

}  // namespace sfu::media

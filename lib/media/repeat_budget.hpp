// SPDX-License-Identifier: Apache-2.0
// How much of a stream may be sent again (media spec 3.4): a quarter of what is sent, saved for a second or two, so
// that losses that come together are repaired all the same.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace sfu::media {

class RepeatBudget {
 public:
  static constexpr std::int64_t kShare = 4;       // one byte for so many
  static constexpr std::int64_t kAdvance = 1200;  // bytes that may be owed: a packet
  static constexpr std::int64_t kMostOwed = 4 * kAdvance;
  static constexpr Duration kSpan = std::chrono::seconds(1);  // after it half of what was saved is forgotten

  // Hot path: `size` bytes went out for the first time.
  void sent(Instant now, std::size_t size) {
    const Duration since = now - begun_;
    if (since >= kSpan) {
      saved_ -= std::max<std::int64_t>(saved_, 0) / 2;
      begun_ = since < 2 * kSpan ? begun_ + kSpan : now;
    }
    saved_ += static_cast<std::int64_t>(size) / kShare;
  }
  // Of more than may be owed (a beginning that is sent again) the rest is let off.
  void repeated(std::size_t size) { saved_ = std::max(saved_ - static_cast<std::int64_t>(size), -kMostOwed); }

  // What is asked for may be repeated.
  bool has_any() const { return saved_ > -kAdvance; }
  // And so may what is not: enough is left for that.
  bool is_ample() const { return saved_ > 0; }

 private:
  std::int64_t saved_ = 0;  // bytes
  Instant begun_{};
};

}  // namespace sfu::media

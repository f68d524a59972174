// SPDX-License-Identifier: Apache-2.0
#include "congestion/loss_limit.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::congestion {
namespace {

constexpr Bitrate kNone{std::numeric_limits<std::int64_t>::max()};
constexpr std::int64_t kEnough = 20;                               // packets that a share is told from
constexpr Duration kWindow = std::chrono::milliseconds(500);       // and the time they are gathered in
constexpr Duration kLongWindow = std::chrono::milliseconds(2000);  // where few are sent
constexpr Duration kCutInterval = std::chrono::milliseconds(300);
constexpr Duration kCalm = std::chrono::seconds(3);
constexpr double kDeviations = 1.5;
constexpr double kLow = 0.02;
constexpr double kHigh = 0.10;
constexpr double kCutSeen = 0.87;  // of what was sent: an overload that lost a tenth of it is gone then
constexpr double kStays = 0.6;     // of the share that was lost before: it was not for an overload

}  // namespace

void LossLimit::on_packet(bool received, bool late) {
  if (late) {
    lost_ = std::max<std::int64_t>(0, lost_ - 1);
    return;
  }
  ++packets_;
  if (!received) ++lost_;
}

void LossLimit::update(Instant now, Bitrate target, Bitrate sent, Duration rtt, bool queued) {
  if (window_start_ == Instant{}) window_start_ = now;
  const Duration window = now - window_start_;
  if (window < kWindow || (packets_ < kEnough && window < kLongWindow)) return;
  const auto packets = static_cast<double>(packets_);
  loss_ = packets_ >= kEnough / 2 ? static_cast<double>(lost_) / packets : 0;
  // As much may be chance, of so few packets.
  const double chance = packets_ > 0 ? kDeviations * std::sqrt(loss_ * (1 - loss_) / packets) : 0;
  beyond_chance_ = std::max(0.0, loss_ - chance);
  packets_ = lost_ = 0;
  window_start_ = now;

  // It was seen to be less: so it is not the path's own.
  inherent_ = std::min(inherent_, loss_ + 0.02);
  const double excess = loss_ - inherent_;
  if (excess - chance > kHigh) {
    if (!queued && now - cut_at_ >= kCutInterval + rtt) cut(now, target, sent);
    calm_since_ = now;
  } else if (limit_ != kNone && excess >= kLow) {
    // The cut has stopped what it was for; what is still lost, nobody's rate will mend.
    if (!queued && now - calm_since_ >= kCalm) {
      inherent_ = loss_;
      limit_ = kNone;
    }
  } else if (limit_ != kNone) {
    cutting_ = false;
    const double elapsed = std::chrono::duration<double>(window).count();
    limit_.bps = static_cast<std::int64_t>(static_cast<double>(limit_.bps) * std::pow(1.08, elapsed)) + 1000;
    if (!queued && limit_.bps > target.bps * 2) limit_ = kNone;
  }
  if (cutting_ && !queued && static_cast<double>(sent.bps) < kCutSeen * static_cast<double>(sent_before_.bps)) {
    cutting_ = false;
    if (loss_ > loss_before_ * kStays) {
      inherent_ = loss_;
      limit_ = kNone;
    }
  }
}

void LossLimit::cut(Instant now, Bitrate target, Bitrate sent) {
  if (!cutting_) {
    cutting_ = true;
    loss_before_ = loss_;
    sent_before_ = sent;
  }
  cut_at_ = now;
  const double base = static_cast<double>(std::min(limit_, target).bps);
  limit_.bps = static_cast<std::int64_t>(base * (1 - 0.5 * (loss_ - inherent_)));
}

}  // namespace sfu::congestion

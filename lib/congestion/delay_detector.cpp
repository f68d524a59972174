// SPDX-License-Identifier: Apache-2.0
#include "congestion/delay_detector.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::congestion {
namespace {

constexpr Duration kBurst = std::chrono::milliseconds(5);
constexpr Duration kLongestBurst = std::chrono::milliseconds(100);
constexpr Duration kClockJump = std::chrono::seconds(3);
constexpr double kSmoothing = 0.9;
constexpr double kGain = 4.0;
constexpr int kMostDeltas = 60;  // that the trend is weighted with
constexpr double kOveruseMs = 10;
constexpr double kThresholdUp = 0.0087;
constexpr double kThresholdDown = 0.039;
constexpr double kSpikeMs = 15;  // beyond the threshold: too far to adapt to
constexpr double kMinThresholdMs = 6;
constexpr double kMaxThresholdMs = 600;

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

// Sent within 5 ms; or it caught up with the others in a queue.
bool DelayDetector::belongs_to_group(const PacketResult& packet) const {
  if (packet.sent - current_.first_sent <= kBurst) return true;
  const Duration sent = packet.sent - current_.last_sent;
  const Duration arrived = packet.arrival - current_.last_arrival;
  return arrived - sent < Duration{} && arrived <= kBurst && packet.arrival - current_.first_arrival < kLongestBurst;
}

void DelayDetector::on_packet(Instant now, const PacketResult& packet) {
  if (!current_.started) {
    current_ = {true, packet.sent, packet.sent, packet.arrival, packet.arrival};
    first_arrival_ = packet.arrival;
    return;
  }
  if (packet.sent < current_.first_sent) return;  // of a burst that was judged
  if (belongs_to_group(packet)) {
    current_.last_sent = std::max(current_.last_sent, packet.sent);
    current_.last_arrival = std::max(current_.last_arrival, packet.arrival);
    return;
  }
  if (previous_.started) {
    const Duration sent = current_.last_sent - previous_.last_sent;
    const Duration arrived = current_.last_arrival - previous_.last_arrival;
    if (arrived < -kClockJump || arrived - sent > kClockJump) {
      reset();
      current_ = {true, packet.sent, packet.sent, packet.arrival, packet.arrival};
      first_arrival_ = packet.arrival;
      return;
    }
    if (arrived >= Duration{}) on_group(now, milliseconds(sent), milliseconds(arrived), current_.last_arrival);
  }
  previous_ = current_;
  current_ = {true, packet.sent, packet.sent, packet.arrival, packet.arrival};
}

void DelayDetector::on_group(Instant now, double sent_ms, double arrival_ms, Instant arrival) {
  deltas_ = std::min(deltas_ + 1, 1000);
  accumulated_ms_ += arrival_ms - sent_ms;
  smoothed_ms_ = kSmoothing * smoothed_ms_ + (1 - kSmoothing) * accumulated_ms_;
  if (point_count_ == kWindow) {
    std::shift_left(points_.begin(), points_.end(), 1);
    --point_count_;
  }
  points_[point_count_++] = {milliseconds(arrival - first_arrival_), smoothed_ms_};
  const double trend = point_count_ == kWindow ? slope() : previous_trend_;
  detect(now, trend, sent_ms);
}

// Of the line through the points, by least squares.
double DelayDetector::slope() const {
  double mean_at = 0;
  double mean_delay = 0;
  for (const Point& point : points_) {
    mean_at += point.at_ms / kWindow;
    mean_delay += point.delay_ms / kWindow;
  }
  double product = 0;
  double square = 0;
  for (const Point& point : points_) {
    product += (point.at_ms - mean_at) * (point.delay_ms - mean_delay);
    square += (point.at_ms - mean_at) * (point.at_ms - mean_at);
  }
  return square > 0 ? product / square : previous_trend_;
}

void DelayDetector::detect(Instant now, double trend, double sent_ms) {
  if (deltas_ < 2) {
    usage_ = PathUsage::kNormal;
    return;
  }
  const double modified = std::min(deltas_, kMostDeltas) * trend * kGain;
  if (modified > threshold_ms_) {
    overused_for_ms_ = overused_for_ms_ < 0 ? sent_ms / 2 : overused_for_ms_ + sent_ms;
    ++overused_count_;
    if (overused_for_ms_ > kOveruseMs && overused_count_ > 1 && trend >= previous_trend_) {
      overused_for_ms_ = 0;
      overused_count_ = 0;
      usage_ = PathUsage::kOverused;
    }
  } else {
    overused_for_ms_ = -1;
    overused_count_ = 0;
    usage_ = modified < -threshold_ms_ ? PathUsage::kUnderused : PathUsage::kNormal;
  }
  previous_trend_ = trend;
  adapt_threshold(now, modified);
}

void DelayDetector::adapt_threshold(Instant now, double trend) {
  if (threshold_at_ == Instant{}) threshold_at_ = now;
  const double size = std::abs(trend);
  if (size <= threshold_ms_ + kSpikeMs) {
    const double rate = size < threshold_ms_ ? kThresholdDown : kThresholdUp;
    const double elapsed = std::min(milliseconds(now - threshold_at_), 100.0);
    threshold_ms_ =
        std::clamp(threshold_ms_ + rate * (size - threshold_ms_) * elapsed, kMinThresholdMs, kMaxThresholdMs);
  }
  threshold_at_ = now;
}

// The receiver's clock was set, or nothing was sent for long: what was known of the path is of no use.
void DelayDetector::reset() {
  *this = DelayDetector();
}

}  // namespace sfu::congestion

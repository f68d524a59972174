// SPDX-License-Identifier: Apache-2.0
#include "congestion/acked_bitrate.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::congestion {
namespace {

constexpr Duration kFirstWindow = std::chrono::milliseconds(500);
constexpr Duration kWindow = std::chrono::milliseconds(150);
constexpr Duration kLatest = std::chrono::milliseconds(100);
constexpr Duration kNewest = std::chrono::milliseconds(50);
constexpr std::size_t kFewest = 4;
constexpr double kHeldBack = 0.7;    // of the time in which they arrived, they were sent in
constexpr double kUncertainty = 10;  // of a sample, scaled by how far off it is

bool is_held_back(Duration sending, Duration arriving) {
  return static_cast<double>(sending.count()) < kHeldBack * static_cast<double>(arriving.count());
}

}  // namespace

void AckedBitrate::on_packet(Instant sent, Instant arrival, std::size_t size) {
  if (!started_ || arrival < window_start_ - kFirstWindow) {
    started_ = true;
    window_start_ = arrival;
    window_bytes_ = 0;
  }
  packets_[count_++ % kPackets] = {sent, arrival, static_cast<std::uint32_t>(size)};
  if (arrival - latest_start_ >= kLatest) {
    // The packet that ends a window is not of it: so many bytes came in the time up to it.
    latest_ = arrival - latest_start_ < kLatest * 3
                  ? Bitrate::of(static_cast<std::int64_t>(latest_bytes_), arrival - latest_start_)
                  : Bitrate{};
    held_back_ = is_held_back(sent - latest_sent_, arrival - latest_start_);
    latest_start_ = arrival;
    latest_sent_ = sent;
    latest_bytes_ = 0;
  }
  latest_bytes_ += size;
  const Duration window = known_ ? kWindow : kFirstWindow;
  const Duration since = arrival - window_start_;
  if (since < window) {
    window_bytes_ += size;
    return;
  }
  const double sample = static_cast<double>(window_bytes_) * 8e9 / static_cast<double>(window.count());
  // Windows without any packet say that nothing was sent, which the next sample shows soon enough.
  window_start_ += window * (since / window);
  window_bytes_ = size;
  if (!known_) {
    known_ = true;
    estimate_ = sample;
    return;
  }
  const double off = kUncertainty * std::abs(estimate_ - sample) / (estimate_ + std::min(sample, 25e3));
  const double sample_variance = off * off * 1e6;
  const double predicted = variance_ + 5e6;
  estimate_ = (sample_variance * estimate_ + predicted * sample) / (sample_variance + predicted);
  estimate_ = std::max(estimate_, 0.0);
  variance_ = sample_variance * predicted / (sample_variance + predicted);
}

std::optional<AckedBitrate::Newest> AckedBitrate::newest() const {
  std::int64_t bytes = 0;
  for (std::size_t back = 0; back < std::min(count_, kPackets); ++back) {
    const Packet& last = packets_[(count_ - 1) % kPackets];
    const Packet& packet = packets_[(count_ - 1 - back) % kPackets];
    const Duration arriving = last.arrival - packet.arrival;
    // What came when the time began is not of it.
    if (back >= kFewest && arriving >= kNewest) {
      return Newest{Bitrate::of(bytes, arriving), is_held_back(last.sent - packet.sent, arriving)};
    }
    bytes += packet.size;
  }
  return std::nullopt;
}

}  // namespace sfu::congestion

// SPDX-License-Identifier: Apache-2.0
#include "traffic_record.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::sim {

void DelayHistogram::add(Duration value) {
  const auto index = static_cast<std::size_t>(std::max(value, Duration{}) / kStep);
  if (index >= counts_.size()) counts_.resize(index + 1);
  ++counts_[index];
  ++count_;
  max_ = std::max(max_, value);
}

void DelayHistogram::add(const DelayHistogram& other) {
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

Duration DelayHistogram::percentile(double share) const {
  if (count_ == 0) return {};
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(max_, kStep * static_cast<Duration::rep>(i));
  }
  return max_;
}

TrafficRecord::Bin& TrafficRecord::bin(Instant at) {
  if (begin_ == kNever) begin_ = Instant(at.time_since_epoch() / kBin * kBin);
  const auto index = static_cast<std::size_t>(std::max(at - begin_, Duration{}) / kBin);
  if (index >= bins_.size()) bins_.resize(index + 1);
  return bins_[index];
}

void TrafficRecord::add(Instant at, std::size_t bytes, Duration wait) {
  Bin& now = bin(at);
  now.bytes += static_cast<std::uint32_t>(bytes);
  ++now.datagrams;
  now.longest_wait = std::max(now.longest_wait, wait);
  now.total_wait += wait;
  queueing_.add(wait);
  bytes_ += bytes;
}

void TrafficRecord::add_dropped(Instant at) {
  ++bin(at).dropped;
  ++dropped_;
}

void TrafficRecord::add_lost(Instant at) {
  ++bin(at).lost;
  ++lost_;
}

Bitrate TrafficRecord::rate(Instant from, Instant until) const {
  if (begin_ == kNever || until <= from) return {};
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    const Instant at = begin_ + kBin * static_cast<Duration::rep>(i);
    if (at >= from && at < until) bytes += bins_[i].bytes;
  }
  return Bitrate::of(bytes, until - from);
}

}  // namespace sfu::sim

// SPDX-License-Identifier: Apache-2.0
#include "latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sfu::load {

// Values below 2^(kBits + 1) have a bucket each.
std::size_t LatencyHistogram::bucket_of(std::uint64_t nanoseconds) {
  const unsigned width = static_cast<unsigned>(std::bit_width(nanoseconds));
  if (width <= kBits + 1) return nanoseconds;
  const unsigned shift = width - kBits - 1;
  return (std::size_t{shift} << kBits) + (nanoseconds >> shift);
}

std::uint64_t LatencyHistogram::last_of(std::size_t bucket) {
  if (bucket < std::size_t{2} << kBits) return bucket;
  const std::size_t shift = (bucket >> kBits) - 1;
  const std::uint64_t first = (std::uint64_t{1} << kBits) + (bucket & ((1U << kBits) - 1));
  return ((first + 1) << shift) - 1;
}

void LatencyHistogram::add(Duration value) {
  const Duration counted = std::max(value, Duration::zero());
  ++counts_[bucket_of(static_cast<std::uint64_t>(counted.count()))];
  ++count_;
  max_ = std::max(max_, counted);
}

LatencyHistogram& LatencyHistogram::operator+=(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  return *this;
}

Duration LatencyHistogram::percentile(double share) const {
  if (count_ == 0) return {};
  const double wanted = std::ceil(share * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(wanted, 1.0)), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return std::min(Duration(static_cast<Duration::rep>(last_of(bucket))), max_);
  }
  return max_;
}

}  // namespace sfu::load

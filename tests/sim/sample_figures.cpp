// SPDX-License-Identifier: Apache-2.0
#include "sample_figures.hpp"

#include <algorithm>

namespace sfu::sim {
namespace {

constexpr Duration kShortWait = std::chrono::milliseconds(100);
constexpr std::size_t kCalm = std::chrono::seconds(1) / kSampleInterval;

// From sample `fallen` on.
Duration recovery(std::span<const Sample> samples, std::size_t fallen) {
  std::size_t calm = 0;
  std::size_t i = fallen;
  for (; i < samples.size() && calm < kCalm; ++i) calm = samples[i].longest_wait <= kShortWait ? calm + 1 : 0;
  const std::size_t recovered = i - calm;
  return recovered > fallen ? samples[recovered - 1].at - samples[fallen].at + kSampleInterval : Duration{};
}

}  // namespace

std::vector<bool> steady_samples(std::span<const Sample> samples, Duration from, Duration until, Duration settle) {
  std::vector<bool> steady(samples.size());
  Duration changed = -settle;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i > 0 && samples[i].capacity != samples[i - 1].capacity) changed = samples[i].at;
    steady[i] = samples[i].at > from && samples[i].at <= until && samples[i].at - changed >= settle;
  }
  return steady;
}

std::optional<Duration> longest_recovery(std::span<const Sample> samples) {
  std::optional<Duration> longest;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].capacity >= samples[i - 1].capacity) continue;
    longest = std::max(longest.value_or(Duration{}), recovery(samples, i));
  }
  return longest;
}

}  // namespace sfu::sim

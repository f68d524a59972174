// SPDX-License-Identifier: Apache-2.0
#include "sample_figures.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

// Twenty seconds at 2 Mbit/s that become 1 Mbit/s after ten; `wait` of what passes in the queue at each time.
template <typename Wait>
std::vector<Sample> samples(Wait wait) {
  std::vector<Sample> all;
  for (Duration at = kSampleInterval; at <= 20s; at += kSampleInterval) {
    all.push_back({.at = at, .capacity = Bitrate::kilobits(at <= 10s ? 2000 : 1000), .longest_wait = wait(at)});
  }
  return all;
}

}  // namespace

TEST_CASE("a steady state leaves out what follows a change of the capacity") {
  const auto all = samples([](Duration) { return 0ms; });
  const auto steady = steady_samples(all, 2s, 18s, 5s);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Duration at = all[i].at;
    CAPTURE(at.count());
    CHECK(steady[i] == ((at > 2s && at <= 10s) || (at >= 15200ms && at <= 18s)));
  }
}

TEST_CASE("after a fall of the capacity the queue has recovered when it has been short for a second") {
  CHECK(longest_recovery(samples([](Duration) { return 0ms; })) == Duration{});
  const auto wait = [](Duration at) { return at > 10s && (at <= 11s || (at > 11600ms && at <= 12s)) ? 300ms : 50ms; };
  CHECK(longest_recovery(samples(wait)) == 2s);
  const auto all = samples(wait);
  CHECK_FALSE(longest_recovery(std::span(all).first(50)));
}

// SPDX-License-Identifier: Apache-2.0
#include "latency_histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "base/random.hpp"

using namespace sfu;
using namespace sfu::load;
using namespace std::chrono_literals;

TEST_CASE("a histogram of nothing has no percentiles") {
  const LatencyHistogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.percentile(0.5) == 0ns);
  CHECK(histogram.max() == 0ns);
}

TEST_CASE("small values are exact; what is below zero counts as zero") {
  LatencyHistogram histogram;
  for (int i = 1; i <= 10; ++i) histogram.add(Duration(i));
  CHECK(histogram.percentile(0.5) == 5ns);
  CHECK(histogram.percentile(0.91) == 10ns);
  CHECK(histogram.percentile(0) == 1ns);
  histogram.add(-5ns);
  CHECK(histogram.count() == 11);
  CHECK(histogram.percentile(0) == 0ns);
}

TEST_CASE(
    "percentiles of any size are those of the sorted values, or up to a thirty-second above, and never above the "
    "largest") {
  SeededRandom random(11);
  for (const Duration::rep largest :
       {Duration::rep{1000}, Duration::rep{50'000'000}, Duration::rep{7'000'000'000'000}}) {
    CAPTURE(largest);
    LatencyHistogram histogram;
    std::vector<Duration> values;
    for (int i = 0; i < 5000; ++i) {
      const Duration value(static_cast<Duration::rep>(random.unit() * random.unit() * static_cast<double>(largest)));
      values.push_back(value);
      histogram.add(value);
    }
    std::ranges::sort(values);
    CHECK(histogram.max() == values.back());
    for (const double share : {0.01, 0.5, 0.95, 0.99, 1.0}) {
      CAPTURE(share);
      const Duration exact = values[static_cast<std::size_t>(share * 5000) - 1];
      CHECK(histogram.percentile(share) >= exact);
      CHECK(histogram.percentile(share) <= exact + exact / 32 + 1ns);
    }
    CHECK(histogram.percentile(1) == values.back());
  }
}

TEST_CASE("the largest duration has a bucket, too") {
  LatencyHistogram histogram;
  histogram.add(Duration::max());
  CHECK(histogram.percentile(0.5) == Duration::max());
}

TEST_CASE("two histograms add up") {
  LatencyHistogram one;
  LatencyHistogram other;
  one.add(1ms);
  other.add(3ms);
  other.add(4ms);
  one += other;
  CHECK(one.count() == 3);
  CHECK(one.max() == 4ms);
  CHECK(one.percentile(0.3) < 2ms);
  CHECK(one.percentile(0.6) >= 3ms);
}

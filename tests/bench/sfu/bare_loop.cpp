// SPDX-License-Identifier: Apache-2.0
#include "bare_loop.hpp"

#include <algorithm>

#include "baseline.hpp"

namespace sfu::load {
namespace {

constexpr std::size_t kPackets = 300'000;  // in all, a second or less
constexpr std::chrono::seconds kPaced{2};
constexpr std::size_t kMostSegments = 40;  // of a message: what fits into 64 KiB

bench::Baseline::Figures run(const bench::BaselineShape& shape) {
  bench::Baseline loop(shape);
  const std::size_t each =
      shape.interval.count() > 0
          ? shape.burst * static_cast<std::size_t>(std::max<std::int64_t>(kPaced / shape.interval, 1))
          : std::max<std::size_t>(kPackets / shape.destinations, shape.burst);
  (void)loop.run(each / 10);
  return loop.run(each);
}

BareLoop::Costs costs(bench::BaselineShape shape, std::chrono::nanoseconds interval) {
  const auto plain = run(shape);
  shape.segmentation = true;
  const auto segmented = run(shape);
  shape.interval = interval;
  const auto paced_segmented = run(shape);
  shape.segmentation = false;
  const auto paced = run(shape);
  return {.protect_ns = (plain.protect_ns + segmented.protect_ns) / 2,
          .plain_ns = plain.total_ns(),
          .segmented_ns = segmented.total_ns(),
          .paced_ns = paced.total_ns(),
          .paced_segmented_ns = paced_segmented.total_ns()};
}

}  // namespace

BareLoop measure_bare_loop(std::size_t destinations, std::size_t burst, std::size_t packet_size,
                           std::chrono::nanoseconds interval) {
  bench::BaselineShape shape{.protection = bench::Protection::kOpenssl,
                             .destinations = std::max<std::size_t>(destinations, 1),
                             .burst = std::clamp<std::size_t>(burst, 1, kMostSegments),
                             .packet_size = std::clamp<std::size_t>(packet_size, 20, 1400)};
  BareLoop loop;
  loop.destinations = shape.destinations;
  loop.burst = shape.burst;
  loop.packet_size = shape.packet_size;
  loop.openssl = costs(shape, interval);
  shape.protection = bench::Protection::kLibsrtp;
  loop.libsrtp = costs(shape, interval);
  return loop;
}

}  // namespace sfu::load

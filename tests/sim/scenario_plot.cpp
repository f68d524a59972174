// SPDX-License-Identifier: Apache-2.0
// Plots as SVG, small enough to look at many: at most kPoints to a line.
#include <algorithm>

#include "scenario_report.hpp"
#include "svg_plot.hpp"

namespace sfu::sim {
namespace {

constexpr std::size_t kPoints = 500;

// A few samples as one.
struct Point {
  double t = 0;
  double capacity = 0;
  double estimate = -1;  // below zero: not told
  double received = 0;
  double wait = 0;
  double tracks[4] = {};
};

std::vector<Point> reduce(const std::vector<Sample>& samples) {
  const std::size_t each = std::max<std::size_t>(1, (samples.size() + kPoints - 1) / kPoints);
  std::vector<Point> points;
  for (std::size_t i = 0; i < samples.size(); i += each) {
    const std::size_t end = std::min(samples.size(), i + each);
    const double count = static_cast<double>(end - i);
    Point& point = points.emplace_back();
    for (std::size_t j = i; j < end; ++j) {
      const Sample& sample = samples[j];
      point.t += static_cast<double>(sample.at.count()) / 1e9 / count;
      point.capacity += static_cast<double>(sample.capacity.bps) / 1e3 / count;
      point.received += static_cast<double>(sample.received.bps) / 1e3 / count;
      point.wait = std::max(point.wait, static_cast<double>(sample.longest_wait.count()) / 1e6);
      if (sample.estimate) point.estimate = static_cast<double>(sample.estimate->bps) / 1e3;
      for (std::size_t k = 0; k < 4; ++k) point.tracks[k] += sample.tracks[k] / count;
    }
  }
  return points;
}

constexpr const char* kCapacity = "#888888";
constexpr const char* kEstimate = "#d95f02";
constexpr const char* kReceived = "#1f78b4";
constexpr const char* kWait = "#7570b3";
constexpr const char* kLayers[] = {"#eeeeee", "#fdcc8a", "#74c476", "#238b45"};

}  // namespace

std::string to_svg(const ScenarioResult& result, const SubscriberFigures& subscriber) {
  const std::vector<Point> points = reduce(subscriber.samples);
  double rate = 0;
  double wait = 0;
  double tracks = 0;
  for (const Point& point : points) {
    rate = std::max({rate, point.received, point.estimate});
    wait = std::max(wait, point.wait);
    tracks = std::max(tracks, point.tracks[0] + point.tracks[1] + point.tracks[2] + point.tracks[3]);
  }
  // A link that is far wider than what is sent would press all else to the ground.
  double capacity = 0;
  for (const Point& point : points) capacity = std::max(capacity, point.capacity);
  if (capacity <= rate * 4) rate = std::max(rate, capacity);

  testing::SvgPlot plot(result.name + ", seed " + std::to_string(result.seed) + ": " + subscriber.identity, 3,
                        static_cast<double>(result.duration.count()) / 1e9, "seconds");
  const auto at = [](const Point& point) { return point.t; };
  plot.begin_panel(rate * 1.05, "kbit/s");
  if (capacity > 0) {
    plot.legend("capacity", kCapacity);
    plot.curve(points, kCapacity, 2, true, at, [](const Point& point) { return point.capacity; });
  }
  if (std::ranges::any_of(points, [](const Point& point) { return point.estimate >= 0; })) {
    plot.legend("estimate", kEstimate);
    plot.curve(points, kEstimate, 1.5, false, at, [](const Point& point) { return point.estimate; });
  }
  plot.legend("received", kReceived);
  plot.curve(points, kReceived, 1.5, false, at, [](const Point& point) { return point.received; });

  plot.begin_panel(std::max(wait * 1.05, 10.0), "ms");
  plot.legend("longest wait in the queue", kWait);
  plot.curve(points, kWait, 1.5, false, at, [](const Point& point) { return point.wait; });

  plot.begin_panel(tracks, "video tracks");
  constexpr const char* kNames[] = {"nothing", "lowest layer", "middle", "highest"};
  for (std::size_t layer = 4; layer-- > 0;) {
    plot.legend(kNames[layer], kLayers[layer]);
    // The highest at the bottom.
    const auto above = [layer](const Point& point) {
      double sum = 0;
      for (std::size_t i = layer; i < 4; ++i) sum += point.tracks[i];
      return sum;
    };
    plot.band(
        points, kLayers[layer], at, [&](const Point& point) { return above(point) - point.tracks[layer]; }, above);
  }
  return plot.finish();
}

}  // namespace sfu::sim

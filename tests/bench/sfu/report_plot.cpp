// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "report.hpp"
#include "svg_plot.hpp"

namespace sfu::load {
namespace {

struct Point {
  double streams = 0;
  double server_cpu = 0;  // per cent of one
  double generator_cpu = 0;
  double microseconds = 0;  // of the server, a packet
  double bare = -1;
  double bare_segmented = -1;
  double latency = 0;  // milliseconds, p99
};

Point point_of(const RunResult& result) {
  const Derived derived = derive(result);
  const Traffic& down = result.scenario.data ? result.figures.data_down : result.figures.down;
  // Of data there are no streams: who gets them are counted.
  const auto subscribers = static_cast<double>(result.participants);
  Point point{.streams = result.scenario.data ? subscribers : static_cast<double>(result.figures.streams),
              .server_cpu = derived.server_cpu_share * 100,
              .generator_cpu = derived.generator_cpu_share * 100,
              .microseconds = derived.server_ns_per_packet / 1e3,
              .latency = std::chrono::duration<double, std::milli>(down.latency.percentile(0.99)).count()};
  if (result.bare_loop) {
    point.bare = result.bare_loop->openssl.plain_ns / 1e3;
    point.bare_segmented = result.bare_loop->openssl.segmented_ns / 1e3;
  }
  return point;
}

constexpr const char* kServer = "#1f78b4";
constexpr const char* kGenerator = "#bbbbbb";
constexpr const char* kBare = "#d95f02";
constexpr const char* kSegmented = "#fdae61";
constexpr const char* kLatency = "#7570b3";

}  // namespace

std::string to_svg(std::span<const RunResult> results) {
  std::vector<Point> points;
  for (const RunResult& result : results) points.push_back(point_of(result));
  std::ranges::sort(points, {}, &Point::streams);
  const auto highest = [&](auto... of) {
    double value = 0;
    for (const Point& point : points) value = std::max({value, point.*of...});
    return value * 1.05;
  };
  const auto along = [](const Point& point) { return point.streams; };
  const bool data = !results.empty() && results.front().scenario.data;
  testing::SvgPlot plot(results.empty() ? "" : results.front().scenario.name, 3, highest(&Point::streams),
                        data ? "participants" : "forwarded streams");
  const auto draw = [&](const char* name, const char* color, double Point::* value) {
    const auto y = [value](const Point& point) { return point.*value; };
    if (std::ranges::any_of(points, [&](const Point& point) { return y(point) < 0; })) return;
    plot.legend(name, color);
    plot.curve(points, color, 1.5, false, along, y);
    plot.dots(points, color, along, y);
  };
  plot.begin_panel(highest(&Point::server_cpu, &Point::generator_cpu), "% of one CPU");
  draw("generator", kGenerator, &Point::generator_cpu);
  draw("server", kServer, &Point::server_cpu);
  plot.begin_panel(highest(&Point::microseconds, &Point::bare), "us of CPU a packet");
  draw("bare loop", kBare, &Point::bare);
  draw("with UDP_SEGMENT", kSegmented, &Point::bare_segmented);
  draw("server", kServer, &Point::microseconds);
  plot.begin_panel(highest(&Point::latency), "ms");
  draw("one-way latency, p99", kLatency, &Point::latency);
  return plot.finish();
}

}  // namespace sfu::load

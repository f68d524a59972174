// SPDX-License-Identifier: Apache-2.0
// Plots as SVG: panels one below the other over one horizontal axis, with curves and bands in them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace sfu::testing {

class SvgPlot {
 public:
  // The axis goes from 0 to `end`, in `unit`.
  SvgPlot(const std::string& title, std::size_t panels, double end, std::string unit);

  // Its axis goes from 0 to `highest`. What follows is drawn there.
  void begin_panel(double highest, const std::string& unit);
  void legend(const std::string& name, const char* color);

  // Points are anything; `x` and `y` tell where they are. Where `y` gives less than zero, the line has a gap.
  template <typename Points, typename X, typename Y>
  void curve(const Points& points, const char* color, double width, bool steps, X x, Y y) {
    std::string path;
    double previous = -1;
    for (const auto& point : points) {
      const double now = y(point);
      if (now >= 0) {
        if (previous < 0) {
          path += "M" + at(x(point), now);
        } else {
          if (steps && now != previous) path += "L" + at(x(point), previous);
          path += "L" + at(x(point), now);
        }
      }
      previous = now;
    }
    add_line(path, color, width);
  }
  template <typename Points, typename X, typename Y>
  void dots(const Points& points, const char* color, X x, Y y) {
    for (const auto& point : points) add_dot(x(point), y(point), color);
  }
  // From `low` up to `high`.
  template <typename Points, typename X, typename Low, typename High>
  void band(const Points& points, const char* color, X x, Low low, High high) {
    std::string path;
    for (const auto& point : points) path += (path.empty() ? "M" : "L") + at(x(point), high(point));
    for (auto point = points.rbegin(); point != points.rend(); ++point) path += "L" + at(x(*point), low(*point));
    add_area(path, color);
  }

  std::string finish();

 private:
  double x_of(double value) const;
  double y_of(double value) const;
  std::string at(double x, double y) const;
  void add_line(const std::string& path, const char* color, double width);
  void add_dot(double x, double y, const char* color);
  void add_area(const std::string& path, const char* color);
  void straight(double x1, double y1, double x2, double y2, const char* color);
  void text(double x, double y, const std::string& what, const char* anchor, const char* color, int size = 12);

  double end_;
  std::string unit_;
  std::string out_;
  double top_ = 0;
  double highest_ = 1;
  double legend_ = 0;
  int panel_ = 0;
};

}  // namespace sfu::testing

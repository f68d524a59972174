// SPDX-License-Identifier: Apache-2.0
#include "svg_plot.hpp"

#include <cmath>
#include <cstdio>
#include <utility>

namespace sfu::testing {
namespace {

constexpr double kWidth = 900;
constexpr double kLeft = 70;
constexpr double kRight = 20;
constexpr double kTop = 46;
constexpr double kPanel = 150;
constexpr double kGap = 46;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  std::string out = text;
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out;
}

// 1, 2 or 5 times a power of ten, so that about `count` of them are in `range`.
double tick_step(double range, int count) {
  const double rough = range / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power >= rough) return step * power;
  }
  return 10 * power;
}

}  // namespace

SvgPlot::SvgPlot(const std::string& title, std::size_t panels, double end, std::string unit)
    : end_(end > 0 ? end : 1), unit_(std::move(unit)) {
  const auto count = static_cast<double>(panels);
  const double height = kTop + count * kPanel + (count - 1) * kGap + 34;
  out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) + " " + number(height) +
         "\" width=\"" + number(kWidth) + "\" height=\"" + number(height) +
         "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  text(kLeft, 18, title, "start", "#222", 14);
}

void SvgPlot::begin_panel(double highest, const std::string& unit) {
  top_ = kTop + panel_ * (kPanel + kGap);
  ++panel_;
  highest_ = highest > 0 ? highest : 1;
  legend_ = kLeft;
  text(kWidth - kRight, top_ - 8, unit, "end", "#666");
  const double step = tick_step(highest_, 5);
  for (double value = 0; value <= highest_ * 1.0001; value += step) {
    straight(kLeft, y_of(value), kWidth - kRight, y_of(value), "#ddd");
    text(kLeft - 6, y_of(value) + 4, number(value), "end", "#666");
  }
  const double along = tick_step(end_, 10);
  for (double value = 0; value <= end_ * 1.0001; value += along) {
    straight(x_of(value), top_ + kPanel, x_of(value), top_ + kPanel + 4, "#666");
    text(x_of(value), top_ + kPanel + 17, number(value), "middle", "#666");
  }
  straight(kLeft, top_ + kPanel, kWidth - kRight, top_ + kPanel, "#666");
}

void SvgPlot::legend(const std::string& name, const char* color) {
  out_ += "<rect x=\"" + number(legend_) + "\" y=\"" + number(top_ - 17) + "\" width=\"10\" height=\"10\" fill=\"" +
          color + "\"/>\n";
  text(legend_ + 15, top_ - 8, name, "start", "#222");
  legend_ += 34 + 7 * static_cast<double>(name.size());
}

std::string SvgPlot::finish() {
  text((kLeft + kWidth) / 2, top_ + kPanel + 31, unit_, "middle", "#666");
  return out_ + "</svg>\n";
}

double SvgPlot::x_of(double value) const {
  return kLeft + value / end_ * (kWidth - kLeft - kRight);
}
double SvgPlot::y_of(double value) const {
  return top_ + kPanel * (1 - std::min(value / highest_, 1.0));
}
std::string SvgPlot::at(double x, double y) const {
  return number(x_of(x)) + " " + number(y_of(y));
}

void SvgPlot::add_line(const std::string& path, const char* color, double width) {
  out_ += "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + color + "\" stroke-width=\"" + number(width) +
          "\" stroke-linejoin=\"round\"/>\n";
}

void SvgPlot::add_dot(double x, double y, const char* color) {
  out_ += "<circle cx=\"" + number(x_of(x)) + "\" cy=\"" + number(y_of(y)) + "\" r=\"3\" fill=\"" + color + "\"/>\n";
}

void SvgPlot::add_area(const std::string& path, const char* color) {
  out_ += "<path d=\"" + path + "Z\" fill=\"" + color + "\"/>\n";
}

void SvgPlot::straight(double x1, double y1, double x2, double y2, const char* color) {
  out_ += "<path d=\"M" + number(x1) + " " + number(y1) + "L" + number(x2) + " " + number(y2) + "\" stroke=\"" + color +
          "\"/>\n";
}

void SvgPlot::text(double x, double y, const std::string& what, const char* anchor, const char* color, int size) {
  std::string escaped;
  for (const char c : what) escaped += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  out_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\" fill=\"" + color +
          "\" font-size=\"" + std::to_string(size) + "\">" + escaped + "</text>\n";
}

}  // namespace sfu::testing

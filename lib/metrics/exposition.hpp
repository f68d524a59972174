// SPDX-License-Identifier: Apache-2.0
// The text format of Prometheus (exposition formats, version 0.0.4): families of series, each with its type and what it
// means, written one after the other.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sfu/statistics.hpp"

namespace sfu::metrics {

inline constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::vector<Label>;

class Exposition {
 public:
  // `constant`: what every series is labelled with.
  explicit Exposition(const Labels& constant = {});

  // Each begins a family; what follows until the next one belongs to it.
  void counter(std::string_view name, std::string_view help) { begin(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { begin(name, "gauge", help); }
  void histogram(std::string_view name, std::string_view help) { begin(name, "histogram", help); }

  template <std::integral Number>
  void sample(const Labels& labels, Number value) {
    line({}, labels, {}, std::to_string(value));
  }
  void sample(const Labels& labels, double value) { line({}, labels, {}, to_text(value)); }
  template <const auto& kBounds>
  void sample(const Labels& labels, const Histogram<kBounds>& histogram) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < Histogram<kBounds>::bounds().size(); ++i) {
      below += histogram.counts[i];
      line("_bucket", labels, to_text(kBounds[i]), std::to_string(below));
    }
    below += histogram.counts.back();
    line("_bucket", labels, "+Inf", std::to_string(below));
    line("_sum", labels, {}, to_text(histogram.sum));
    line("_count", labels, {}, std::to_string(below));
  }

  std::string take() { return std::move(text_); }

 private:
  void begin(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view suffix, const Labels& labels, std::string_view bound, std::string_view value);
  static std::string to_text(double value);

  std::string constant_;
  std::string name_;
  std::string text_;
};

}  // namespace sfu::metrics

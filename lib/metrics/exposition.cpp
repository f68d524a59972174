// SPDX-License-Identifier: Apache-2.0
#include "metrics/exposition.hpp"

#include <charconv>

namespace sfu::metrics {
namespace {

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty() && out.back() != '{') out += ',';
  out += name;
  out += "=\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

Exposition::Exposition(const Labels& constant) {
  for (const auto& [name, value] : constant) append_label(constant_, name, value);
}

void Exposition::begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Exposition::line(std::string_view suffix, const Labels& labels, std::string_view bound, std::string_view value) {
  text_.append(name_).append(suffix);
  if (!constant_.empty() || !labels.empty() || !bound.empty()) {
    text_ += '{';
    text_ += constant_;
    for (const auto& [label, text] : labels) append_label(text_, label, text);
    if (!bound.empty()) append_label(text_, "le", bound);
    text_ += '}';
  }
  text_.append(" ").append(value).append("\n");
}

std::string Exposition::to_text(double value) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, end};
}

}  // namespace sfu::metrics

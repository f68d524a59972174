// SPDX-License-Identifier: Apache-2.0
#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace sfu::config {
namespace {

// YAML's way to group digits.
std::string without_underscores(std::string text) {
  std::erase(text, '_');
  return text;
}

template <typename Number>
bool read_whole(std::string_view text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return !text.empty() && error == std::errc() && stop == end;
}

constexpr std::array<std::pair<std::string_view, double>, 8> kUnits = {
    {{"ns", 1}, {"us", 1e3}, {"\u00b5s", 1e3}, {"\u03bcs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr double kLongest = 9e18;  // what nanoseconds can count

// Numbers, each with its unit; or one without, of nanoseconds.
std::optional<Duration> read_time(std::string_view text) {
  if (std::int64_t count = 0; read_whole(text, count))
    return count >= 0 ? std::optional(Duration(count)) : std::nullopt;
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    double value = 0;
    if (!read_whole(text.substr(0, digits), value)) return std::nullopt;
    text.remove_prefix(digits);
    const std::string_view unit = text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
    const auto* const known = std::ranges::find(kUnits, unit, &std::pair<std::string_view, double>::first);
    if (known == kUnits.end()) return std::nullopt;
    total += value * known->second;
    text.remove_prefix(unit.size());
  }
  if (total > kLongest) return std::nullopt;
  return Duration(static_cast<std::int64_t>(std::llround(total)));
}

}  // namespace

std::string Value::message(std::string_view what) const {
  return at_line(file_name_, line_) + (name_.empty() ? "the configuration" : name_) + " " + std::string(what);
}

Failure Value::failure(std::string_view what) const {
  return fail(Errc::kInvalidArgument, message(what));
}

Failure Value::unknown_key(std::string_view similar) const {
  std::string message = at_line(file_name_, line_) + "unknown key " + name_;
  if (!similar.empty()) message += "; did you mean " + std::string(similar) + "?";
  return fail(Errc::kInvalidArgument, std::move(message));
}

// The words of YAML 1.1, which Go's parser takes too where a truth value is wanted.
Result<bool> Value::boolean() const {
  constexpr std::array<std::string_view, 4> kTrue = {"true", "yes", "on", "y"};
  constexpr std::array<std::string_view, 4> kFalse = {"false", "no", "off", "n"};
  if (node_->kind == YamlNode::Kind::kScalar && !node_->is_quoted) {
    std::string word = node_->scalar;
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (std::find(kTrue.begin(), kTrue.end(), word) != kTrue.end()) return true;
    if (std::find(kFalse.begin(), kFalse.end(), word) != kFalse.end()) return false;
  }
  return failure("must be true or false");
}

Result<std::int64_t> Value::number(std::int64_t min, std::int64_t max) const {
  const std::string wanted = "must be a number from " + std::to_string(min) + " to " + std::to_string(max);
  if (node_->kind != YamlNode::Kind::kScalar || node_->is_quoted) return failure(wanted);
  std::int64_t value = 0;
  if (!read_whole(without_underscores(node_->scalar), value) || value < min || value > max) {
    return failure(wanted + ", not " + node_->scalar);
  }
  return value;
}

Result<double> Value::real(double min, double max) const {
  constexpr double kMost = 1e15;  // what is beyond is no limit that anybody needs to be told
  std::string wanted = "must be a number";
  if (min >= -kMost && max <= kMost) {
    wanted += " from " + std::to_string(static_cast<std::int64_t>(min)) + " to " +
              std::to_string(static_cast<std::int64_t>(max));
  }
  if (node_->kind != YamlNode::Kind::kScalar || node_->is_quoted) return failure(wanted);
  double value = 0;
  // So that what is no number at all ("nan") is refused too.
  const bool within = read_whole(without_underscores(node_->scalar), value) && value >= min && value <= max;
  if (!within) return failure(wanted + ", not " + node_->scalar);
  return value;
}

Result<Duration> Value::time() const {
  if (node_->kind != YamlNode::Kind::kScalar) return failure("must be a time such as 500ms or 1m30s");
  const auto read = read_time(node_->scalar);
  if (!read) return failure("must be a time such as 500ms or 1m30s, not " + node_->scalar);
  return *read;
}

Result<std::string> Value::text() const {
  if (node_->kind != YamlNode::Kind::kScalar) return failure("must be text");
  return node_->scalar;
}

Result<std::vector<std::string>> Value::texts() const {
  SFU_TRY(const auto items, list());
  std::vector<std::string> all;
  for (const Value& item : items) {
    SFU_TRY(auto written, item.text());
    all.push_back(std::move(written));
  }
  return all;
}

Result<IpAddress> Value::ip_address() const {
  SFU_TRY(const auto written, text());
  auto address = IpAddress::parse(written);
  if (!address) return failure("must be an IP address, not " + written);
  return address;
}

Result<std::vector<Value>> Value::list() const {
  if (node_->kind != YamlNode::Kind::kList && !is_null()) return failure("must be a list");
  std::vector<Value> items;
  items.reserve(node_->children.size());
  for (const YamlNode& item : node_->children) {
    items.emplace_back(item, name_ + "[" + std::to_string(items.size()) + "]", item.line, file_name_);
  }
  return items;
}

Result<std::vector<Value>> Value::map() const {
  if (node_->kind != YamlNode::Kind::kMap && !is_null()) return failure("must be a map of keys and values");
  std::vector<Value> entries;
  const std::string prefix = name_.empty() ? "" : name_ + ".";
  for (std::size_t i = 0; i < node_->keys.size(); ++i) {
    const YamlNode& key = node_->keys[i];
    Value entry(node_->children[i], prefix + key.scalar, key.line, file_name_);
    entry.key_begin_ = prefix.size();
    for (const Value& other : entries) {
      if (other.name_ == entry.name_) return entry.failure("is there twice");
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace sfu::config

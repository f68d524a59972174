// SPDX-License-Identifier: Apache-2.0
#include "scenario_reader.hpp"

#include <cstdlib>

namespace sfu::sim {
namespace {

// A number, and what follows it.
std::pair<double, std::string> split(const YAML::Node& node, const std::string& key) {
  if (!node.IsScalar()) throw ScenarioError(node, key + ": a value is wanted");
  const std::string& text = node.Scalar();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !(value >= 0) || value > 1e15) {
    throw ScenarioError(node, key + ": '" + text + "' is no number of zero or more");
  }
  return {value, end};
}

}  // namespace

Duration read_duration(const YAML::Node& node, const std::string& key) {
  const auto [value, unit] = split(node, key);
  double nanoseconds = 0;
  if (unit == "ms") {
    nanoseconds = 1e6;
  } else if (unit == "s") {
    nanoseconds = 1e9;
  } else if (unit == "m") {
    nanoseconds = 60e9;
  } else if (value != 0 || !unit.empty()) {
    throw ScenarioError(node, key + ": '" + node.Scalar() + "' needs a unit: ms, s or m");
  }
  if (value * nanoseconds > 86'400e9) throw ScenarioError(node, key + ": longer than a day");
  return Duration(static_cast<Duration::rep>(value * nanoseconds));
}

double read_number(const YAML::Node& node, const std::string& key) {
  const auto [value, unit] = split(node, key);
  if (unit.empty()) return value;
  if (unit == "k") return value * 1e3;
  if (unit == "M") return value * 1e6;
  if (unit == "G") return value * 1e9;
  throw ScenarioError(node, key + ": '" + unit + "' is none of k, M and G");
}

ScenarioReader::ScenarioReader(const YAML::Node& node, std::string what) : node_(node), what_(std::move(what)) {
  if (!node_.IsMap()) throw ScenarioError(node_, what_ + ": a map is wanted");
}

YAML::Node ScenarioReader::find(const std::string& key) {
  known_.insert(key);
  return static_cast<const YAML::Node&>(node_)[key];
}

YAML::Node ScenarioReader::need(const std::string& key) {
  const YAML::Node found = find(key);
  if (!found) throw ScenarioError(node_, what_ + ": " + key + " is missing");
  return found;
}

std::string ScenarioReader::text(const std::string& key, const std::string& otherwise) {
  const YAML::Node found = find(key);
  if (!found) return otherwise;
  if (!found.IsScalar()) throw ScenarioError(found, key + ": a text is wanted");
  return found.Scalar();
}

Duration ScenarioReader::duration(const std::string& key, Duration otherwise) {
  const YAML::Node found = find(key);
  return found ? read_duration(found, key) : otherwise;
}

Bitrate ScenarioReader::bitrate(const std::string& key, Bitrate otherwise) {
  const YAML::Node found = find(key);
  return found ? Bitrate{static_cast<std::int64_t>(read_number(found, key))} : otherwise;
}

double ScenarioReader::number(const std::string& key, double otherwise) {
  const YAML::Node found = find(key);
  return found ? read_number(found, key) : otherwise;
}

double ScenarioReader::probability(const std::string& key, double otherwise) {
  const YAML::Node found = find(key);
  if (!found) return otherwise;
  const double value = read_number(found, key);
  if (value > 1) throw ScenarioError(found, key + ": a probability is at most 1");
  return value;
}

bool ScenarioReader::flag(const std::string& key, bool otherwise) {
  return choice(key, {"false", "true"}, otherwise ? 1 : 0) == 1;
}

std::size_t ScenarioReader::choice(const std::string& key, std::initializer_list<const char*> choices,
                                   std::size_t otherwise) {
  const YAML::Node found = find(key);
  if (!found) return otherwise;
  std::string all;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const char* name = choices.begin()[i];
    if (found.IsScalar() && found.Scalar() == name) return i;
    all += (i == 0 ? "" : ", ") + std::string(name);
  }
  throw ScenarioError(found, key + ": one of these is wanted: " + all);
}

YAML::Node ScenarioReader::list(const std::string& key) {
  const YAML::Node found = find(key);
  if (!found) return YAML::Node(YAML::NodeType::Sequence);
  if (!found.IsSequence()) throw ScenarioError(found, key + ": a list is wanted");
  return found;
}

void ScenarioReader::finish() const {
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar() || !known_.contains(entry.first.Scalar())) {
      throw ScenarioError(entry.first, what_ + ": unknown key '" + entry.first.as<std::string>("") + "'");
    }
  }
}

}  // namespace sfu::sim

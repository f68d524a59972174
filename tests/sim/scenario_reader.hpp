// SPDX-License-Identifier: Apache-2.0
// Reads a map of YAML key by key, and knows which of its keys nobody asked for. What is wrong is thrown as a
// ScenarioError, which parse_scenario() turns into a Result.
#pragma once

#include <yaml-cpp/yaml.h>

#include <set>
#include <stdexcept>
#include <string>

#include "base/time.hpp"

namespace sfu::sim {

struct ScenarioError : std::runtime_error {
  ScenarioError(const YAML::Node& node, const std::string& what)
      : std::runtime_error(std::to_string(node.Mark().line + 1) + ": " + what) {}
};

// "1.5s", "300ms", "2m"; "1.7M", "300k", "64000"; "1M" bytes.
Duration read_duration(const YAML::Node& node, const std::string& key);
double read_number(const YAML::Node& node, const std::string& key);  // with k, M or G

class ScenarioReader {
 public:
  // `what` names the map in messages.
  ScenarioReader(const YAML::Node& node, std::string what);

  bool has(const std::string& key) { return static_cast<bool>(find(key)); }
  // An undefined node if it is not there.
  YAML::Node find(const std::string& key);
  YAML::Node need(const std::string& key);

  std::string text(const std::string& key, const std::string& otherwise);
  Duration duration(const std::string& key, Duration otherwise);
  Bitrate bitrate(const std::string& key, Bitrate otherwise);
  double number(const std::string& key, double otherwise);
  double probability(const std::string& key, double otherwise);
  bool flag(const std::string& key, bool otherwise);
  // One of `choices`, by its place there.
  std::size_t choice(const std::string& key, std::initializer_list<const char*> choices, std::size_t otherwise);
  // Each element of a list; none if the key is not there.
  YAML::Node list(const std::string& key);
  // Throws if there are keys that were not asked for.
  void finish() const;

 private:
  YAML::Node node_;
  std::string what_;
  std::set<std::string> known_;
};

}  // namespace sfu::sim

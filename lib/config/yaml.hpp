// SPDX-License-Identifier: Apache-2.0
// A YAML document as a plain tree that knows its lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sfu::config {

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 0;  // from 1
  std::string scalar;
  bool is_quoted = false;          // so never a number or a truth value
  std::vector<YamlNode> children;  // of a list, or the values of a map
  std::vector<YamlNode> keys;      // of a map, scalars all, in the order of children
};

// The first document; an empty one is kNull. Errors: kInvalidArgument, "<file>:<line>: <what>".
Result<YamlNode> read_yaml(std::string_view yaml, std::string_view file_name);

// A line of a file, as messages begin; 0 for what has no lines.
std::string at_line(std::string_view file_name, int line);

}  // namespace sfu::config

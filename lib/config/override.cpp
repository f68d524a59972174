// SPDX-License-Identifier: Apache-2.0
// Keys from command lines and environment variables.
#include <string>

#include "config/schema.hpp"

namespace sfu::config {
namespace {

// A scalar as these have it: a time is a whole number of nanoseconds, and 1 and 0 are truth values too.
Result<YamlNode> scalar_node(const Override& given, const Type& type) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.scalar = given.value;
  if (type.kind == Type::Kind::kTime && given.value.find_first_not_of("0123456789") != std::string::npos) {
    return fail(Errc::kInvalidArgument, at_line(given.source, 0) + given.key +
                                            " must be a whole number of nanoseconds here, not " + given.value);
  }
  if (type.kind == Type::Kind::kFlag && (given.value == "1" || given.value == "0")) {
    node.scalar = given.value == "1" ? "true" : "false";
  }
  return node;
}

}  // namespace

Result<void> apply_override(const Override& given, Draft& draft) {
  const KnownKey* known = find_key(given.key);
  if (known == nullptr) {
    return fail(Errc::kInvalidArgument, at_line(given.source, 0) + "unknown key " + given.key);
  }
  auto node = known->type.is_scalar() ? scalar_node(given, known->type) : read_yaml(given.value, given.source);
  if (!node) return Failure{std::move(node).error()};
  return apply_key(*known, Value(*node, given.key, 0, given.source), draft);
}

}  // namespace sfu::config

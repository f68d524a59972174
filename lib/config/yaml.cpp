// SPDX-License-Identifier: Apache-2.0
#include "config/yaml.hpp"

#include <yaml-cpp/yaml.h>

namespace sfu::config {
namespace {

// Far more than any configuration; ends an anchor that contains itself.
constexpr unsigned kMaxDepth = 32;

Failure yaml_failure(std::string_view file_name, const YAML::Mark& mark, std::string_view what) {
  return fail(Errc::kInvalidArgument, at_line(file_name, mark.is_null() ? 1 : mark.line + 1) + std::string(what));
}

Result<YamlNode> convert(const YAML::Node& node, std::string_view file_name, unsigned depth) {
  if (depth > kMaxDepth) return yaml_failure(file_name, node.Mark(), "nested too deep");
  YamlNode out;
  out.line = node.Mark().is_null() ? 1 : node.Mark().line + 1;
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null: break;
    case YAML::NodeType::Scalar:
      out.kind = YamlNode::Kind::kScalar;
      out.scalar = node.Scalar();
      out.is_quoted = node.Tag() == "!";
      break;
    case YAML::NodeType::Sequence:
      out.kind = YamlNode::Kind::kList;
      for (const YAML::Node& item : node) {
        SFU_TRY(auto child, convert(item, file_name, depth + 1));
        out.children.push_back(std::move(child));
      }
      break;
    case YAML::NodeType::Map:
      out.kind = YamlNode::Kind::kMap;
      for (const auto& entry : node) {
        SFU_TRY(auto key, convert(entry.first, file_name, depth + 1));
        if (key.kind != YamlNode::Kind::kScalar)
          return yaml_failure(file_name, entry.first.Mark(), "a key must be text");
        SFU_TRY(auto child, convert(entry.second, file_name, depth + 1));
        out.keys.push_back(std::move(key));
        out.children.push_back(std::move(child));
      }
      break;
  }
  return out;
}

}  // namespace

Result<YamlNode> read_yaml(std::string_view yaml, std::string_view file_name) {
  try {
    return convert(YAML::Load(std::string(yaml)), file_name, 0);
  } catch (const YAML::Exception& exception) {
    return yaml_failure(file_name, exception.mark, exception.msg);
  }
}

std::string at_line(std::string_view file_name, int line) {
  return std::string(file_name) + (line == 0 ? "" : ":" + std::to_string(line)) + ": ";
}

}  // namespace sfu::config

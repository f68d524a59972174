// SPDX-License-Identifier: Apache-2.0
// One value of the configuration with its full name, read as the type that its key wants.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/yaml.hpp"
#include "sfu/address.hpp"
#include "sfu/time.hpp"

namespace sfu::config {

class Value {
 public:
  // Borrows the node and the file name.
  Value(const YamlNode& node, std::string name, int line, std::string_view file_name)
      : node_(&node), name_(std::move(name)), line_(line), file_name_(file_name) {}

  const YamlNode& node() const { return *node_; }
  const std::string& name() const { return name_; }
  bool is_null() const { return node_->kind == YamlNode::Kind::kNull; }

  Result<bool> boolean() const;
  Result<std::int64_t> number(std::int64_t min, std::int64_t max) const;
  Result<double> real(double min, double max) const;
  Result<Duration> time() const;     // "1m30s", as Go writes durations; a bare number counts nanoseconds
  Result<std::string> text() const;  // any scalar
  Result<std::vector<std::string>> texts() const;
  Result<IpAddress> ip_address() const;
  Result<std::vector<Value>> list() const;  // none if null
  Result<std::vector<Value>> map() const;   // none if null; each named "<name>.<key>"; a key twice is refused
  // The part of the name after the last map.
  std::string_view key() const { return std::string_view(name_).substr(key_begin_); }

  // "<file>:<line>: <name> <what>"; line 0 is of what has no lines, as a command line.
  Failure failure(std::string_view what) const;
  std::string message(std::string_view what) const;
  // "<file>:<line>: unknown key <name>; did you mean <similar>?"
  Failure unknown_key(std::string_view similar) const;

 private:
  const YamlNode* node_;
  std::string name_;
  int line_;
  std::string_view file_name_;
  std::size_t key_begin_ = 0;
};

}  // namespace sfu::config

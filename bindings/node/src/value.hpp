// SPDX-License-Identifier: Apache-2.0
// What the library gave, copied: it waits between the library's threads and JavaScript's.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sfu_node {

struct Value;
struct Handle {
  std::uint64_t number;
};
using Bytes = std::vector<std::uint8_t>;
using List = std::vector<Value>;
using Object = std::vector<std::pair<std::string, Value>>;

struct Value : std::variant<std::monostate, bool, double, std::string, Bytes, Handle, List, Object> {
  using variant::variant;
};

// Handles become BigInts, bytes Buffers.
napi_value to_js(napi_env env, const Value& value);
napi_value to_js(napi_env env, const std::string& text);

}  // namespace sfu_node

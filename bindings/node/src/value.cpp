// SPDX-License-Identifier: Apache-2.0
#include "value.hpp"

namespace sfu_node {

namespace {

struct ToJs {
  napi_env env;

  napi_value operator()(std::monostate) const {
    napi_value made = nullptr;
    napi_get_null(env, &made);
    return made;
  }
  napi_value operator()(bool value) const {
    napi_value made = nullptr;
    napi_get_boolean(env, value, &made);
    return made;
  }
  napi_value operator()(double value) const {
    napi_value made = nullptr;
    napi_create_double(env, value, &made);
    return made;
  }
  napi_value operator()(const std::string& value) const { return to_js(env, value); }
  napi_value operator()(const Bytes& value) const {
    napi_value made = nullptr;
    napi_create_buffer_copy(env, value.size(), value.data(), nullptr, &made);
    return made;
  }
  napi_value operator()(const Handle& value) const {
    napi_value made = nullptr;
    napi_create_bigint_uint64(env, value.number, &made);
    return made;
  }
  napi_value operator()(const List& value) const {
    napi_value made = nullptr;
    napi_create_array_with_length(env, value.size(), &made);
    for (std::size_t i = 0; i < value.size(); ++i) {
      napi_set_element(env, made, static_cast<std::uint32_t>(i), to_js(env, value[i]));
    }
    return made;
  }
  napi_value operator()(const Object& value) const {
    napi_value made = nullptr;
    napi_create_object(env, &made);
    for (const auto& [name, field] : value) napi_set_property(env, made, to_js(env, name), to_js(env, field));
    return made;
  }
};

}  // namespace

napi_value to_js(napi_env env, const std::string& text) {
  napi_value made = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &made);
  return made;
}

napi_value to_js(napi_env env, const Value& value) {
  using Variant = std::variant<std::monostate, bool, double, std::string, Bytes, Handle, List, Object>;
  return std::visit(ToJs{env}, static_cast<const Variant&>(value));
}

}  // namespace sfu_node

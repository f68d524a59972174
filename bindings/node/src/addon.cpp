// SPDX-License-Identifier: Apache-2.0
// What lib/ calls: native.call(), native.wait(), and how long things are kept.
#include <node_api.h>

#include <array>
#include <string>

#include "call.hpp"
#include "environment.hpp"
#include "write.hpp"

namespace sfu_node {

namespace {

// keep(handle, name of the function that releases it, whether the program goes on until then)
napi_value keep(napi_env env, napi_callback_info info) {
  std::size_t count = 3;
  std::array<napi_value, 3> given{};
  bool busy = false;
  std::uint64_t handle = 0;
  bool lossless = false;
  std::array<char, 64> name{};
  napi_get_cb_info(env, info, &count, given.data(), nullptr, nullptr);
  napi_get_value_bigint_uint64(env, given[0], &handle, &lossless);
  napi_get_value_string_utf8(env, given[1], name.data(), name.size(), nullptr);
  napi_get_value_bool(env, given[2], &busy);
  if (const Function* release = find_function(name.data())) Environment::of(env).keep(handle, release, busy);
  return nullptr;
}

// forget(handle)
napi_value forget(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value given = nullptr;
  std::uint64_t handle = 0;
  bool lossless = false;
  napi_get_cb_info(env, info, &count, &given, nullptr, nullptr);
  napi_get_value_bigint_uint64(env, given, &handle, &lossless);
  Environment::of(env).forget(handle);
  return nullptr;
}

// flush(function): called after all that the library has called back until now.
napi_value flush(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value given = nullptr;
  napi_get_cb_info(env, info, &count, &given, nullptr, nullptr);
  Environment& environment = Environment::of(env);
  environment.post(environment.add(given), Environment::kFlushed, nullptr);
  return nullptr;
}

napi_value dropped_media(napi_env env, napi_callback_info) {
  return to_js(env, Value(static_cast<double>(Environment::of(env).dropped_media())));
}

// Names of all functions that call() knows.
napi_value functions(napi_env env, napi_callback_info) {
  List names;
  for (std::size_t i = 0; i < kFunctionCount; ++i) names.emplace_back(std::string(kFunctionTable[i].name));
  return to_js(env, Value(std::move(names)));
}

napi_value init(napi_env env, napi_value exports) {
  if (Environment::create(env) != napi_ok) {
    napi_throw_error(env, nullptr, "libsfu could not be set up");
    return nullptr;
  }
  const std::array<napi_property_descriptor, 7> properties = {{
      {"call", nullptr, call, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"wait", nullptr, wait, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"keep", nullptr, keep, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"forget", nullptr, forget, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"flush", nullptr, flush, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"droppedMedia", nullptr, dropped_media, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"functions", nullptr, functions, nullptr, nullptr, nullptr, napi_default, nullptr},
  }};
  napi_define_properties(env, exports, properties.size(), properties.data());
  return exports;
}

}  // namespace
}  // namespace sfu_node

NAPI_MODULE_INIT() {
  return sfu_node::init(env, exports);
}

// SPDX-License-Identifier: Apache-2.0
// One call of the C interface: call(name, ...parameters) at once, wait(name, ...parameters) on a thread of the pool.
#pragma once

#include <node_api.h>

namespace sfu_node {

// Returns what comes out, or throws.
napi_value call(napi_env env, napi_callback_info info);
// Returns a promise of it.
napi_value wait(napi_env env, napi_callback_info info);

}  // namespace sfu_node

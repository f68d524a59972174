// SPDX-License-Identifier: Apache-2.0
// Out of C: what is borrowed, copied. Any thread.
#pragma once

#include "shape.hpp"
#include "value.hpp"

namespace sfu_node {

// By name; of callbacks.
Value read_parameters(const Callback& callback, const std::uint64_t* slots);
// A struct of the library's. Lists ("items") are arrays.
Value read_struct(const Struct& type, const void* object);

}  // namespace sfu_node

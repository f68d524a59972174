// SPDX-License-Identifier: Apache-2.0
#include "shape.hpp"

namespace sfu_node {

#include "tables.inc"

const Function* find_function(std::string_view name) {
  for (std::size_t i = 0; i < kFunctionCount; ++i) {
    if (kFunctionTable[i].name == name) return &kFunctionTable[i];
  }
  return nullptr;
}

const Struct* find_struct(std::string_view name) {
  for (std::size_t i = 0; i < kStructCount; ++i) {
    if (kStructTable[i].name == name) return &kStructTable[i];
  }
  return nullptr;
}

const Enumeration& statuses() {
  return kEnumerationTable[0];
}

}  // namespace sfu_node

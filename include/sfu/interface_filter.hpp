// SPDX-License-Identifier: Apache-2.0
// Which of the machine's own addresses take media.
#pragma once

#include <string>
#include <vector>

#include "sfu/address.hpp"

namespace sfu {

// Where something is included, nothing else is, and what is excluded does not matter.
struct InterfaceFilter {
  std::vector<std::string> included_interfaces{};  // by name, such as "eth0"
  std::vector<std::string> excluded_interfaces{};
  std::vector<IpNetwork> included_addresses{};
  std::vector<IpNetwork> excluded_addresses{};
  // Loopback addresses beside the others. Without others they are taken in any case.
  bool loopback = false;
};

}  // namespace sfu

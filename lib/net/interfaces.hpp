// SPDX-License-Identifier: Apache-2.0
// The addresses of this machine: what a wildcard stands for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sfu/interface_filter.hpp"

namespace sfu::net {

struct InterfaceAddress {
  std::string interface;
  IpAddress address;
};

// Of the interfaces that are up. IPv6 link-local ones are left out: a candidate without its zone is of no use.
std::vector<InterfaceAddress> interface_addresses();

// Of those the one from which the system reaches the internet; else the first. Nothing is sent. All are of one family.
std::optional<IpAddress> preferred(std::span<const IpAddress> addresses);

std::vector<IpAddress> filtered(std::span<const InterfaceAddress> all, const InterfaceFilter& filter);

}  // namespace sfu::net

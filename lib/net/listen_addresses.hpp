// SPDX-License-Identifier: Apache-2.0
// Where a transport listens: an address for each socket, and never a wildcard, since only so does an answer leave from
// where the question came to, and only so is there an address to offer.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "sfu/interface_filter.hpp"

namespace sfu::net {

struct ListenOptions {
  std::vector<IpAddress> bind_addresses;  // empty: every address of the machine that `interfaces` lets through
  InterfaceFilter interfaces;
  std::uint16_t port = 0;             // 0: any, one for all
  std::vector<IpAddress> advertised;  // offered to clients in place of the bound addresses
};

// Errors: kUnavailable (there is none).
Result<std::vector<IpAddress>> listen_addresses(const ListenOptions& options);

}  // namespace sfu::net

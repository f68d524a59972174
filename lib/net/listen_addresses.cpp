// SPDX-License-Identifier: Apache-2.0
#include "net/listen_addresses.hpp"

#include <algorithm>
#include <iterator>

#include "net/interfaces.hpp"

namespace sfu::net {

Result<std::vector<IpAddress>> listen_addresses(const ListenOptions& options) {
  const std::vector<IpAddress> own = filtered(interface_addresses(), options.interfaces);
  std::vector<IpAddress> addresses;
  for (const IpAddress& ip : options.bind_addresses) {
    if (!ip.is_unspecified()) {
      addresses.push_back(ip);
      continue;
    }
    for (const IpAddress& one : own) {
      if (one.is_v4() || !ip.is_v4()) addresses.push_back(one);
    }
  }
  if (options.bind_addresses.empty()) addresses = own;
  // A node IP is mostly an address outside, in front of a NAT. 127.0.0.1, for a server tried out at home, is one of
  // ours that a wildcard does not stand for.
  std::ranges::copy_if(options.advertised, std::back_inserter(addresses), &IpAddress::is_loopback);
  std::ranges::sort(addresses);
  addresses.erase(std::ranges::unique(addresses).begin(), addresses.end());
  if (addresses.empty()) return fail(Errc::kUnavailable, "no network address to listen on");
  return addresses;
}

}  // namespace sfu::net

// SPDX-License-Identifier: Apache-2.0
#include "net/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <cstring>

#include "net/sockaddr.hpp"

namespace sfu::net {
namespace {

bool is_link_local(const IpAddress& ip) {
  return !ip.is_v4() && ip.bytes()[0] == 0xfe && (ip.bytes()[1] & 0xc0) == 0x80;
}

bool passes(const InterfaceAddress& one, const InterfaceFilter& filter) {
  const auto holds = [&](const IpNetwork& network) { return network.contains(one.address); };
  const auto is_named = [&](const std::string& name) { return name == one.interface; };
  const bool interface = filter.included_interfaces.empty() ? std::ranges::none_of(filter.excluded_interfaces, is_named)
                                                            : std::ranges::any_of(filter.included_interfaces, is_named);
  const bool address = filter.included_addresses.empty() ? std::ranges::none_of(filter.excluded_addresses, holds)
                                                         : std::ranges::any_of(filter.included_addresses, holds);
  return interface && address;
}

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
  std::vector<InterfaceAddress> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const int family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    sockaddr_storage storage{};
    std::memcpy(&storage, entry->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    const IpAddress ip = from_sockaddr(storage).ip;
    if (!is_link_local(ip)) found.push_back({entry->ifa_name, ip});
  }
  freeifaddrs(list);
  return found;
}

std::vector<IpAddress> filtered(std::span<const InterfaceAddress> all, const InterfaceFilter& filter) {
  std::vector<IpAddress> outside;
  std::vector<IpAddress> loopback;
  for (const InterfaceAddress& one : all) {
    if (passes(one, filter)) (one.address.is_loopback() ? loopback : outside).push_back(one.address);
  }
  if (filter.loopback || outside.empty()) outside.insert(outside.end(), loopback.begin(), loopback.end());
  return outside;
}

}  // namespace sfu::net

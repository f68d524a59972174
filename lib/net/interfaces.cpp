// SPDX-License-Identifier: Apache-2.0
#include "net/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "net/sockaddr.hpp"
#include "net/tcp_connection.hpp"

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

std::optional<IpAddress> preferred(std::span<const IpAddress> addresses) {
  if (addresses.empty()) return std::nullopt;
  const bool v4 = addresses.front().is_v4();
  const Descriptor descriptor(socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // An address of the root servers, any one out there would do: connecting only chooses a route.
  const auto outside = IpAddress::parse(v4 ? "198.41.0.4" : "2001:503:ba3e::2:30");
  sockaddr_storage storage{};
  socklen_t length = to_sockaddr({*outside, 53}, storage);
  auto* system = reinterpret_cast<sockaddr*>(&storage);
  if (connect(descriptor.number(), system, length) != 0) return addresses.front();
  length = sizeof storage;
  if (getsockname(descriptor.number(), system, &length) != 0) return addresses.front();
  const IpAddress own = from_sockaddr(storage).ip;
  return std::ranges::find(addresses, own) != addresses.end() ? own : addresses.front();
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

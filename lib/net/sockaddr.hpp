// SPDX-License-Identifier: Apache-2.0
// Our addresses as the system's.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "sfu/address.hpp"

namespace sfu::net {

inline socklen_t to_sockaddr(const SocketAddress& address, sockaddr_storage& storage) {
  if (address.ip.is_v4()) {
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    four = {};
    four.sin_family = AF_INET;
    four.sin_port = htons(address.port);
    std::memcpy(&four.sin_addr, address.ip.bytes().data() + 12, 4);
    return sizeof four;
  }
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  six = {};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(address.port);
  std::memcpy(&six.sin6_addr, address.ip.bytes().data(), 16);
  return sizeof six;
}

inline SocketAddress from_sockaddr(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(storage);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &four.sin_addr, 4);
    return {IpAddress::v4(bytes), ntohs(four.sin_port)};
  }
  const auto& six = reinterpret_cast<const sockaddr_in6&>(storage);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &six.sin6_addr, 16);
  return {IpAddress::v6(bytes), ntohs(six.sin6_port)};
}

}  // namespace sfu::net

// SPDX-License-Identifier: Apache-2.0
// An IP address and port. IPv4 is kept in its IPv6-mapped form, so that one address has one spelling.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sfu/result.hpp"

namespace sfu {

class IpAddress {
 public:
  IpAddress() = default;  // the IPv6 unspecified address ::
  static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  static IpAddress v6(std::array<std::uint8_t, 16> bytes);  // a v4-mapped one becomes the IPv4 address it maps
  // "192.0.2.1" or "2001:db8::1". Errors: kInvalidArgument.
  static Result<IpAddress> parse(std::string_view text);

  bool is_v4() const;
  bool is_loopback() const;
  bool is_unspecified() const;  // 0.0.0.0 or ::
  // 16 bytes, network order; an IPv4 address is in the last four.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  std::string to_string() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

// A range of addresses in CIDR notation (RFC 4632): those whose first bits are these.
class IpNetwork {
 public:
  // "10.0.0.0/8" or "fd00::/8"; bits beyond the prefix are ignored. Errors: kInvalidArgument.
  static Result<IpNetwork> parse(std::string_view text);

  bool contains(const IpAddress& address) const;  // none of the other family, not even ::/0

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;

 private:
  IpAddress first_;
  unsigned bits_ = 0;  // of the 128 of an IpAddress
};

struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  // "192.0.2.1:7882" or "[2001:db8::1]:7882"
  std::string to_string() const;
  friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
};

}  // namespace sfu

template <>
struct std::hash<sfu::SocketAddress> {
  std::size_t operator()(const sfu::SocketAddress& address) const noexcept;
};

// SPDX-License-Identifier: Apache-2.0
// Whom clients may reach through the relay. A relay stands inside the operator's network, so addresses that mean
// something only there are refused (RFC 8656 21.2.2 and 21.1.3): loopback, private, shared, link-local, multicast and
// unspecified ones, unless the operator allows them. What he denies is denied whatever else is said. This server's own
// media is always reached, on its sockets and on no other port of their addresses.
#pragma once

#include <utility>
#include <vector>

#include "sfu/address.hpp"

namespace sfu::turn {

class PeerPolicy {
 public:
  PeerPolicy() = default;
  PeerPolicy(std::vector<IpNetwork> allowed, std::vector<IpNetwork> denied)
      : allowed_(std::move(allowed)), denied_(std::move(denied)) {}

  void set_own_media(std::vector<SocketAddress> sockets) { own_media_ = std::move(sockets); }

  // Whether some socket at this address may be reached: what a permission asks.
  bool permits(const IpAddress& ip) const;
  bool permits(const SocketAddress& peer) const;

 private:
  std::vector<IpNetwork> allowed_;
  std::vector<IpNetwork> denied_;
  std::vector<SocketAddress> own_media_;
};

}  // namespace sfu::turn

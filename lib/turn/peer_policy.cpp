// SPDX-License-Identifier: Apache-2.0
#include "turn/peer_policy.hpp"

#include <algorithm>

namespace sfu::turn {
namespace {

bool is_restricted(const IpAddress& ip) {
  static const std::vector<IpNetwork> networks = [] {
    std::vector<IpNetwork> parsed;
    for (const char* text :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
          "192.168.0.0/16", "224.0.0.0/4", "255.255.255.255/32", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"}) {
      parsed.push_back(*IpNetwork::parse(text));
    }
    return parsed;
  }();
  return std::ranges::any_of(networks, [&](const IpNetwork& network) { return network.contains(ip); });
}

bool holds(const std::vector<IpNetwork>& networks, const IpAddress& ip) {
  return std::ranges::any_of(networks, [&](const IpNetwork& network) { return network.contains(ip); });
}

}  // namespace

bool PeerPolicy::permits(const IpAddress& ip) const {
  if (holds(denied_, ip)) return false;
  return !is_restricted(ip) || holds(allowed_, ip) ||
         std::ranges::find(own_media_, ip, &SocketAddress::ip) != own_media_.end();
}

bool PeerPolicy::permits(const SocketAddress& peer) const {
  if (peer.port == 0 || holds(denied_, peer.ip)) return false;
  return !is_restricted(peer.ip) || holds(allowed_, peer.ip) || std::ranges::find(own_media_, peer) != own_media_.end();
}

}  // namespace sfu::turn

// SPDX-License-Identifier: Apache-2.0
// One allocation (RFC 8656 3): a client's 5-tuple, the relayed address that stands for it, whom it may reach from there
// (permissions, 9) and by which short numbers (channels, 12). The Server owns it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ice/stun.hpp"
#include "sfu/address.hpp"
#include "sfu/packet_transport.hpp"
#include "sfu/time.hpp"

namespace sfu::turn {

// What requests are signed with: MD5 of user name, realm and password (RFC 8489 9.2.2).
using LongTermKey = std::array<std::uint8_t, 16>;

class Allocation {
 public:
  static constexpr Duration kPermission = std::chrono::minutes(5);
  static constexpr Duration kChannel = std::chrono::minutes(10);
  // ICE asks for one of each for every candidate of the other side.
  static constexpr std::size_t kMaxPermissions = 64;
  static constexpr std::size_t kMaxChannels = 64;

  struct Owner {
    std::string username;
    std::string participant;
    LongTermKey key{};
  };

  Allocation(const Path& client, Owner owner, const SocketAddress& relay, const SocketAddress& relayed)
      : client_(client), owner_(std::move(owner)), relay_(relay), relayed_(relayed) {}

  const Path& client() const { return client_; }
  const Owner& owner() const { return owner_; }
  const SocketAddress& relay() const { return relay_; }      // where its socket is bound
  const SocketAddress& relayed() const { return relayed_; }  // what the client is told

  Instant expires_at = kNever;
  ice::stun::TransactionId transaction{};  // that made it: the same again is a retransmission

  // False when there are too many.
  bool permit(Instant now, const IpAddress& peer);
  bool permits(Instant now, const IpAddress& peer) const;

  enum class Bound : std::uint8_t { kYes, kConflict, kFull };
  // Begins, or goes on with, a channel. kConflict: the number is another peer's, or the peer has another number.
  Bound bind(Instant now, std::uint16_t number, const SocketAddress& peer);
  std::optional<SocketAddress> peer_of(Instant now, std::uint16_t channel) const;
  std::optional<std::uint16_t> channel_of(Instant now, const SocketAddress& peer) const;

 private:
  struct Permission {
    IpAddress peer;
    Instant until;
  };
  struct Channel {
    std::uint16_t number;
    SocketAddress peer;
    Instant until;
  };

  Path client_;
  Owner owner_;
  SocketAddress relay_;
  SocketAddress relayed_;
  std::vector<Permission> permissions_;
  std::vector<Channel> channels_;
};

}  // namespace sfu::turn

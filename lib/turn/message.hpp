// SPDX-License-Identifier: Apache-2.0
// What TURN adds to a STUN message (RFC 8656 18), read from one that ice::stun has checked. Plain values: they borrow
// the datagram.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "ice/stun.hpp"
#include "sfu/address.hpp"

namespace sfu::turn {

namespace method {
inline constexpr std::uint16_t kAllocate = 0x003;
inline constexpr std::uint16_t kRefresh = 0x004;
inline constexpr std::uint16_t kSend = 0x006;
inline constexpr std::uint16_t kData = 0x007;
inline constexpr std::uint16_t kCreatePermission = 0x008;
inline constexpr std::uint16_t kChannelBind = 0x009;
}  // namespace method

namespace attribute {
inline constexpr std::uint16_t kChannelNumber = 0x000C;
inline constexpr std::uint16_t kLifetime = 0x000D;
inline constexpr std::uint16_t kXorPeerAddress = 0x0012;
inline constexpr std::uint16_t kData = 0x0013;
inline constexpr std::uint16_t kRealm = 0x0014;
inline constexpr std::uint16_t kNonce = 0x0015;
inline constexpr std::uint16_t kXorRelayedAddress = 0x0016;
inline constexpr std::uint16_t kRequestedAddressFamily = 0x0017;
inline constexpr std::uint16_t kEvenPort = 0x0018;
inline constexpr std::uint16_t kRequestedTransport = 0x0019;
inline constexpr std::uint16_t kReservationToken = 0x0022;
}  // namespace attribute

inline constexpr std::uint8_t kFamilyV4 = 1;  // RFC 8656 18.8
inline constexpr std::uint8_t kFamilyV6 = 2;
inline constexpr std::uint8_t kTransportUdp = 17;  // 18.7

// ChannelData (12.4): a channel's number, the length, the data.
inline constexpr std::size_t kChannelHeader = 4;
inline constexpr std::uint16_t kFirstChannel = 0x4000;
inline constexpr std::uint16_t kLastChannel = 0x4FFF;
inline bool is_channel(std::uint16_t number) {
  return number >= kFirstChannel && number <= kLastChannel;
}

// Of TURN and of the long-term credential (RFC 8489 9.2). Nothing: absent.
struct Attributes {
  static constexpr std::size_t kMaxPeers = 16;  // of one CreatePermission

  std::optional<std::string_view> realm;
  std::optional<std::string_view> nonce;
  std::optional<std::uint16_t> channel;
  std::optional<std::uint32_t> lifetime;
  std::optional<std::uint8_t> transport;
  std::optional<std::uint8_t> family;
  std::optional<ByteView> data;
  bool even_port = false;        // EVEN-PORT
  bool reserves = false;         // the next port too
  bool has_reservation = false;  // RESERVATION-TOKEN
  // Comprehension-required ones that this server does not know, DONT-FRAGMENT among them.
  ice::stun::UnknownAttributes unknown;
  bool malformed = false;  // one has a form that it cannot have, or there are too many peers

  std::span<const SocketAddress> peers() const { return std::span(peers_).first(peer_count_); }

  static Attributes read(const ice::stun::Message& message);

 private:
  void take(std::uint16_t type, ByteView value, const ice::stun::TransactionId& transaction);

  std::array<SocketAddress, kMaxPeers> peers_;
  std::size_t peer_count_ = 0;
};

}  // namespace sfu::turn

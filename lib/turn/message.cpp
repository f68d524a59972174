// SPDX-License-Identifier: Apache-2.0
#include "turn/message.hpp"

#include <algorithm>

namespace sfu::turn {
namespace {

constexpr std::size_t kStunHeader = 20;
constexpr std::size_t kAttributeHeader = 4;
constexpr std::uint16_t kMagicCookieHigh = 0x2112;
constexpr std::array<std::uint8_t, 4> kMagicCookie = {0x21, 0x12, 0xA4, 0x42};
constexpr std::uint16_t kMessageIntegrity = 0x0008;
// Of STUN and ICE, which ice::stun reads, or which may be there and mean nothing here (MESSAGE-INTEGRITY-SHA256).
constexpr std::uint16_t kKnown[] = {0x0001, 0x0006, 0x0009, 0x000A, 0x001C, 0x0020, 0x0024, 0x0025};

// RFC 8489 14.2: the port and the address are written XORed with the magic cookie and the transaction.
std::optional<SocketAddress> read_xor_address(ByteView value, const ice::stun::TransactionId& transaction) {
  if (value.size() < 4) return std::nullopt;
  const std::uint8_t family = value[1];
  const auto port = static_cast<std::uint16_t>(load_be16(value.data() + 2) ^ kMagicCookieHigh);
  std::array<std::uint8_t, 16> mask{};
  std::ranges::copy(kMagicCookie, mask.begin());
  std::ranges::copy(transaction, mask.begin() + kMagicCookie.size());
  const auto unmask = [&](auto& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = value[4 + i] ^ mask[i];
  };
  if (family == kFamilyV4 && value.size() == 8) {
    std::array<std::uint8_t, 4> bytes;
    unmask(bytes);
    return SocketAddress{IpAddress::v4(bytes), port};
  }
  if (family == kFamilyV6 && value.size() == 20) {
    std::array<std::uint8_t, 16> bytes;
    unmask(bytes);
    return SocketAddress{IpAddress::v6(bytes), port};
  }
  return std::nullopt;
}

}  // namespace

// The structure is valid; what follows MESSAGE-INTEGRITY is to be ignored (RFC 8489 14.5).
Attributes Attributes::read(const ice::stun::Message& message) {
  Attributes attributes;
  ByteReader reader(message.bytes);
  reader.skip(kStunHeader);
  while (reader.remaining() >= kAttributeHeader) {
    const std::uint16_t type = reader.u16();
    const std::uint16_t size = reader.u16();
    if (type == kMessageIntegrity) break;
    const ByteView value = reader.bytes(size);
    reader.skip((4u - size % 4u) % 4u);
    if (!reader.ok()) {
      attributes.malformed = true;
      break;
    }
    attributes.take(type, value, message.transaction);
  }
  return attributes;
}

void Attributes::take(std::uint16_t type, ByteView value, const ice::stun::TransactionId& transaction) {
  const auto expect = [&](std::size_t size) {
    malformed |= value.size() != size;
    return value.size() == size;
  };
  switch (type) {
    case attribute::kRealm: realm = as_text(value); break;
    case attribute::kNonce: nonce = as_text(value); break;
    case attribute::kData: data = value; break;
    case attribute::kChannelNumber:
      if (expect(4)) channel = load_be16(value.data());
      break;
    case attribute::kLifetime:
      if (expect(4)) lifetime = load_be32(value.data());
      break;
    case attribute::kRequestedTransport:
      if (expect(4)) transport = value[0];
      break;
    case attribute::kRequestedAddressFamily:
      if (expect(4)) family = value[0];
      break;
    case attribute::kEvenPort:
      even_port = expect(1);
      reserves = even_port && (value[0] & 0x80) != 0;
      break;
    case attribute::kReservationToken: has_reservation = expect(8); break;
    case attribute::kXorPeerAddress: {
      const auto peer = read_xor_address(value, transaction);
      malformed |= !peer || peer_count_ == kMaxPeers;
      if (!malformed) peers_[peer_count_++] = *peer;
      break;
    }
    default: {
      const bool required = type < 0x8000;
      if (required && std::ranges::find(kKnown, type) == std::end(kKnown) && unknown.count < unknown.types.size()) {
        unknown.types[unknown.count++] = type;
      }
    }
  }
}

}  // namespace sfu::turn

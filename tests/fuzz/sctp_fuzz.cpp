// SPDX-License-Identifier: Apache-2.0
// layers: sctp
// Chunks from a peer that has completed the handshake, and has opened a channel: each input is cut into packets by
// 16-bit lengths, and each packet gets a common header that the association takes (RFC 9260 3.1). A length of zero
// lets time pass instead.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "sctp/sctp.hpp"

namespace {

using namespace sfu;
using namespace sfu::sctp;

std::uint32_t crc32c(ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82F63B78 : 0);
  }
  return ~crc;
}

struct Side {
  Association association{Association::Config{}};
  PacketList packets;
  std::vector<Event> events;
  Output out{packets, events};
};

constexpr std::size_t kHeader = 12;

// Hands over what `from` has sent; returns the common header of the last packet.
void carry(Instant now, Side& from, Side& to, std::array<std::uint8_t, kHeader>& header) {
  for (std::size_t i = 0; i < from.packets.size(); ++i) {
    const ByteView packet = from.packets[i];
    std::copy_n(packet.begin(), kHeader, header.begin());
    to.association.receive(now, packet, to.out);
  }
  from.packets.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Instant now{std::chrono::seconds(1)};
  Side target;
  Side peer;
  std::array<std::uint8_t, kHeader> header{};
  std::array<std::uint8_t, kHeader> unused{};
  if (!target.association.start(now, Role::kServer, target.out).has_value()) std::abort();
  if (!peer.association.start(now, Role::kClient, peer.out).has_value()) std::abort();
  for (int i = 0; i < 4; ++i) {
    carry(now, target, peer, unused);
    carry(now, peer, target, header);
  }
  ChannelOptions options;
  options.label = "fuzz";
  (void)peer.association.open_channel(now, options, peer.out);
  carry(now, peer, target, header);
  if (!target.association.connected() || target.events.empty()) std::abort();

  ByteReader reader({data, size});
  std::vector<std::uint8_t> packet;
  while (reader.remaining() > 2) {
    const std::size_t length = std::min<std::size_t>(reader.u16() & 0x7FFU, reader.remaining());
    if (length == 0) {
      now += std::chrono::milliseconds(250);
      target.association.advance(now, target.out);
    }
    const ByteView chunks = reader.bytes(length);
    packet.assign(header.begin(), header.end());
    std::fill_n(packet.begin() + 8, 4, std::uint8_t{0});
    packet.insert(packet.end(), chunks.begin(), chunks.end());
    const std::uint32_t crc = crc32c(packet);
    for (int i = 0; i < 4; ++i) packet[8 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(crc >> (8 * i));
    target.association.receive(now, packet, target.out);
    for (const Event& event : target.events) {
      if (event.bytes.size() > kMaxMessageSize) std::abort();
    }
    target.packets.clear();
    target.events.clear();
  }
  (void)target.association.send(now, 0, as_bytes("still here"), true, target.out);
  return 0;
}

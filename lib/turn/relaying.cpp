// SPDX-License-Identifier: Apache-2.0
// The way of data, both ways: Send and Data indications (RFC 8656 11), ChannelData (12).
#include <algorithm>

#include "turn/turn.hpp"

namespace sfu::turn {

void Server::receive_indication(Instant now, const Path& client, const ice::stun::Message& message, Output& out) {
  const Allocation* allocation = find(client);
  if (message.method == ice::stun::kBinding) return;  // keeps a NAT open, and asks for nothing
  const Attributes attributes = Attributes::read(message);
  if (allocation == nullptr || message.method != method::kSend || attributes.malformed ||
      attributes.unknown.count != 0 || attributes.peers().size() != 1 || !attributes.data) {
    ++stats_.dropped;
    return;
  }
  relay(now, *allocation, attributes.peers()[0], *attributes.data, out);
}

// Over UDP a message may be padded, or not (RFC 8656 12.5).
void Server::receive_channel_data(Instant now, const Path& client, ByteView bytes, Output& out) {
  const Allocation* allocation = find(client);
  const auto peer = allocation != nullptr ? allocation->peer_of(now, load_be16(bytes.data())) : std::nullopt;
  const std::size_t size = load_be16(bytes.data() + 2);
  if (!peer || size > bytes.size() - kChannelHeader) {
    ++stats_.dropped;
    return;
  }
  relay(now, *allocation, *peer, bytes.subspan(kChannelHeader, size), out);
}

void Server::relay(Instant now, const Allocation& allocation, const SocketAddress& peer, ByteView data, Output& out) {
  if (!allocation.permits(now, peer.ip) || !config_.peers.permits(peer) ||
      !out.to_peers.add(data, {allocation.relay(), peer, TransportProtocol::kUdp})) {
    ++stats_.dropped;
    return;
  }
  ++stats_.to_peers.packets;
  stats_.to_peers.bytes += data.size();
}

void Server::receive_from_peer(Instant now, const SocketAddress& relay, const SocketAddress& peer, ByteView bytes,
                               Output& out) {
  const auto at = by_relay_.find(relay);
  const Allocation* allocation = at == by_relay_.end() ? nullptr : allocations_.find(at->second);
  if (allocation == nullptr || !allocation->permits(now, peer.ip) || !config_.peers.permits(peer)) {
    ++stats_.dropped;
    return;
  }
  const ByteSpan slot = out.to_clients.open();
  std::size_t size = 0;
  if (const auto channel = allocation->channel_of(now, peer)) {
    ByteWriter writer(slot);
    writer.u16(*channel);
    writer.u16(static_cast<std::uint16_t>(bytes.size()));
    writer.bytes(bytes);
    const bool stream = allocation->client().protocol == TransportProtocol::kTcp;
    if (stream) writer.fill((4 - bytes.size() % 4) % 4, 0);
    if (writer.ok()) size = writer.size();
  } else {
    ice::stun::TransactionId transaction{};  // an indication is not answered
    store_be64(transaction.data(), stats_.to_clients.packets);
    ice::stun::Writer writer(slot, ice::stun::Class::kIndication, method::kData, transaction);
    writer.xor_address(attribute::kXorPeerAddress, peer);
    writer.attribute(attribute::kData, bytes);
    size = writer.finish({});
  }
  if (size == 0) {  // larger than anything that this server sends
    ++stats_.dropped;
    return;
  }
  out.to_clients.commit(size, allocation->client());
  ++stats_.to_clients.packets;
  stats_.to_clients.bytes += bytes.size();
}

}  // namespace sfu::turn

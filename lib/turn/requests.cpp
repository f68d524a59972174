// SPDX-License-Identifier: Apache-2.0
// The requests of those who have proven who they are: RFC 8656 7 to 12.
#include <algorithm>

#include "turn/request.hpp"
#include "turn/turn.hpp"

namespace sfu::turn {
namespace {

using ice::stun::Class;
namespace code {
constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kAllocationMismatch = 437;
constexpr int kFamilyNotSupported = 440;
constexpr int kWrongCredentials = 441;
constexpr int kUnsupportedTransport = 442;
constexpr int kPeerFamilyMismatch = 443;
constexpr int kAllocationQuotaReached = 486;
constexpr int kInsufficientCapacity = 508;
}  // namespace code

std::uint8_t family_of(const IpAddress& ip) {
  return ip.is_v4() ? kFamilyV4 : kFamilyV6;
}

Duration lifetime_of(const Attributes& attributes) {
  const Duration asked = std::chrono::seconds(attributes.lifetime.value_or(0));
  return std::clamp<Duration>(asked, Server::kDefaultLifetime, Server::kMaxLifetime);
}

void write_lifetime(ice::stun::Writer& writer, Duration lifetime) {
  std::uint8_t value[4];
  store_be32(value, static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(lifetime).count()));
  writer.attribute(attribute::kLifetime, value);
}

}  // namespace

const RelayAddress* Server::relay_for(std::uint8_t family) const {
  const auto found = std::ranges::find_if(
      config_.relays, [&](const RelayAddress& relay) { return family_of(relay.advertised) == family; });
  return found == config_.relays.end() ? nullptr : &*found;
}

// RFC 8656 7.2.
void Server::allocate(Request& request) {
  if (const Allocation* existing = find(request.client)) {
    if (existing->transaction == request.message.transaction) return tell_allocated(request, *existing);
    return refuse(request, code::kAllocationMismatch);
  }
  const Attributes& attributes = request.attributes;
  if (request.now.wall_time(request.now.at) >= request.credential_expires_at || !attributes.transport) {
    return refuse(request, code::kBadRequest);
  }
  if (*attributes.transport != kTransportUdp) return refuse(request, code::kUnsupportedTransport);
  const RelayAddress* from = relay_for(attributes.family.value_or(kFamilyV4));
  if (from == nullptr) return refuse(request, code::kFamilyNotSupported);
  const auto others = of_participant_.find(request.owner->participant);
  const std::uint32_t count = others == of_participant_.end() ? 0 : others->second;
  if (config_.allocations_per_user != 0 && count >= config_.allocations_per_user) {
    return refuse(request, code::kAllocationQuotaReached);
  }
  // No port is kept for a second allocation: that is for RTP that has RTCP beside it, as WebRTC's has not.
  if (attributes.even_port && attributes.has_reservation) return refuse(request, code::kBadRequest);
  if (attributes.reserves || attributes.has_reservation) return refuse(request, code::kInsufficientCapacity);
  const auto relay = ports_.open(from->bind, attributes.even_port);
  if (!relay) return refuse(request, code::kInsufficientCapacity);

  const SocketAddress relayed{from->advertised, relay->port};
  const Key key = allocations_.emplace(request.client, *request.owner, *relay, relayed);
  Allocation& allocation = *allocations_.find(key);
  allocation.transaction = request.message.transaction;
  allocation.expires_at = request.now.at + lifetime_of(attributes);
  timers_.schedule(key.index, allocation.expires_at);
  by_client_[request.client] = key;
  by_relay_[*relay] = key;
  ++of_participant_[request.owner->participant];
  ++stats_.allocated;
  stats_.allocations = allocations_.size();
  request.out.events.push_back({Event::Kind::kBegan, request.client});
  tell_allocated(request, allocation);
}

void Server::tell_allocated(Request& request, const Allocation& allocation) {
  auto writer = request.answer(Class::kSuccess);
  writer.xor_address(attribute::kXorRelayedAddress, allocation.relayed());
  write_lifetime(writer, allocation.expires_at - request.now.at);
  writer.xor_mapped_address(request.client.remote);
  request.finish(writer);
}

// RFC 8656 8.2. A credential that has expired meanwhile does not end what was granted with it.
void Server::refresh(Request& request) {
  Allocation* allocation = find(request.client);
  if (allocation == nullptr) return refuse(request, code::kAllocationMismatch);
  if (allocation->owner().username != request.owner->username) return refuse(request, code::kWrongCredentials);
  const auto family = request.attributes.family;
  if (family && *family != family_of(allocation->relayed().ip)) return refuse(request, code::kPeerFamilyMismatch);
  const bool ends = request.attributes.lifetime == 0U;
  const Duration lifetime = ends ? Duration::zero() : lifetime_of(request.attributes);
  auto writer = request.answer(Class::kSuccess);
  write_lifetime(writer, lifetime);
  request.finish(writer);
  const Key key = by_client_.at(request.client);
  if (ends) return end(key, request.out);
  allocation->expires_at = request.now.at + lifetime;
  timers_.schedule(key.index, allocation->expires_at);
}

int Server::forbids(const Allocation& allocation, const SocketAddress& peer) const {
  return family_of(peer.ip) != family_of(allocation.relayed().ip) ? code::kPeerFamilyMismatch : 0;
}

// RFC 8656 10.2: all of the peers, or none.
void Server::create_permission(Request& request) {
  Allocation* allocation = find(request.client);
  if (allocation == nullptr) return refuse(request, code::kAllocationMismatch);
  if (allocation->owner().username != request.owner->username) return refuse(request, code::kWrongCredentials);
  const auto peers = request.attributes.peers();
  if (peers.empty()) return refuse(request, code::kBadRequest);
  for (const SocketAddress& peer : peers) {
    if (const int error = forbids(*allocation, peer)) return refuse(request, error);
    if (!config_.peers.permits(peer.ip)) return refuse(request, code::kForbidden);
  }
  for (const SocketAddress& peer : peers) {
    if (!allocation->permit(request.now.at, peer.ip)) return refuse(request, code::kInsufficientCapacity);
  }
  auto writer = request.answer(Class::kSuccess);
  request.finish(writer);
}

// RFC 8656 12.2.
void Server::bind_channel(Request& request) {
  Allocation* allocation = find(request.client);
  if (allocation == nullptr) return refuse(request, code::kAllocationMismatch);
  if (allocation->owner().username != request.owner->username) return refuse(request, code::kWrongCredentials);
  const auto peers = request.attributes.peers();
  const auto channel = request.attributes.channel;
  if (peers.size() != 1 || !channel || !is_channel(*channel)) return refuse(request, code::kBadRequest);
  if (const int error = forbids(*allocation, peers[0])) return refuse(request, error);
  if (!config_.peers.permits(peers[0])) return refuse(request, code::kForbidden);
  if (!allocation->permit(request.now.at, peers[0].ip)) return refuse(request, code::kInsufficientCapacity);
  switch (allocation->bind(request.now.at, *channel, peers[0])) {
    case Allocation::Bound::kConflict: return refuse(request, code::kBadRequest);
    case Allocation::Bound::kFull: return refuse(request, code::kInsufficientCapacity);
    case Allocation::Bound::kYes: break;
  }
  auto writer = request.answer(Class::kSuccess);
  request.finish(writer);
}

}  // namespace sfu::turn

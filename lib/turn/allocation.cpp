// SPDX-License-Identifier: Apache-2.0
#include "turn/allocation.hpp"

#include <algorithm>

namespace sfu::turn {

bool Allocation::permit(Instant now, const IpAddress& peer) {
  std::erase_if(permissions_, [&](const Permission& one) { return now >= one.until; });
  const auto known = std::ranges::find(permissions_, peer, &Permission::peer);
  if (known != permissions_.end()) {
    known->until = now + kPermission;
    return true;
  }
  if (permissions_.size() == kMaxPermissions) return false;
  permissions_.push_back({peer, now + kPermission});
  return true;
}

bool Allocation::permits(Instant now, const IpAddress& peer) const {
  return std::ranges::any_of(permissions_, [&](const Permission& one) { return one.peer == peer && now < one.until; });
}

Allocation::Bound Allocation::bind(Instant now, std::uint16_t number, const SocketAddress& peer) {
  std::erase_if(channels_, [&](const Channel& one) { return now >= one.until; });
  for (Channel& one : channels_) {
    if (one.number != number && one.peer != peer) continue;
    if (one.number != number || one.peer != peer) return Bound::kConflict;
    one.until = now + kChannel;
    return Bound::kYes;
  }
  if (channels_.size() == kMaxChannels) return Bound::kFull;
  channels_.push_back({number, peer, now + kChannel});
  return Bound::kYes;
}

std::optional<SocketAddress> Allocation::peer_of(Instant now, std::uint16_t channel) const {
  const auto found = std::ranges::find(channels_, channel, &Channel::number);
  return found != channels_.end() && now < found->until ? std::optional(found->peer) : std::nullopt;
}

std::optional<std::uint16_t> Allocation::channel_of(Instant now, const SocketAddress& peer) const {
  const auto found = std::ranges::find(channels_, peer, &Channel::peer);
  return found != channels_.end() && now < found->until ? std::optional(found->number) : std::nullopt;
}

}  // namespace sfu::turn

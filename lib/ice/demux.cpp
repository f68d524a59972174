// SPDX-License-Identifier: Apache-2.0
#include "ice/demux.hpp"

#include <utility>

#include "ice/stun.hpp"

namespace sfu::ice {

PacketKind classify(ByteView datagram) {
  if (datagram.size() < 2) return PacketKind::kUnknown;
  const std::uint8_t first = datagram[0];
  if (first <= 3) return PacketKind::kStun;
  if (first < 16) return PacketKind::kUnknown;
  if (first <= 19) return PacketKind::kZrtp;
  if (first <= 63) return PacketKind::kDtls;
  if (first <= 79) return PacketKind::kTurnChannel;
  if (first < 128 || first > 191) return PacketKind::kUnknown;
  return datagram[1] >= 192 && datagram[1] <= 223 ? PacketKind::kRtcp : PacketKind::kRtp;
}

void Demux::add_ufrag(std::string_view ufrag, PeerKey peer) {
  remove_ufrag(ufrag);
  ufrags_.emplace(ufrag, peer);
  owned_[peer].ufrags.emplace_back(ufrag);
}

void Demux::remove_ufrag(std::string_view ufrag) {
  const auto found = ufrags_.find(ufrag);
  if (found == ufrags_.end()) return;
  std::erase(owned_[found->second].ufrags, ufrag);
  ufrags_.erase(found);
}

void Demux::add_path(const Path& path, PeerKey peer) {
  const auto [entry, added] = paths_.emplace(path, peer);
  if (!added && entry->second == peer) return;
  if (!added) std::erase(owned_[std::exchange(entry->second, peer)].paths, path);
  owned_[peer].paths.push_back(path);
}

void Demux::remove_path(const Path& path, PeerKey peer) {
  const auto found = paths_.find(path);
  if (found == paths_.end() || found->second != peer) return;
  std::erase(owned_[peer].paths, path);
  paths_.erase(found);
}

void Demux::remove_peer(PeerKey peer) {
  const auto owned = owned_.find(peer);
  if (owned == owned_.end()) return;
  for (const Path& path : owned->second.paths) paths_.erase(path);
  for (const std::string& ufrag : owned->second.ufrags) ufrags_.erase(ufrag);
  owned_.erase(owned);
}

std::span<const Path> Demux::paths_of(PeerKey peer) const {
  const auto owned = owned_.find(peer);
  return owned == owned_.end() ? std::span<const Path>() : owned->second.paths;
}

std::optional<PeerKey> Demux::find_path(const Path& path) const {
  const auto found = paths_.find(path);
  return found == paths_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<PeerKey> Demux::find_ufrag(std::string_view ufrag) const {
  const auto found = ufrags_.find(ufrag);
  return found == ufrags_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<PeerKey> Demux::route(const Path& path, ByteView datagram) {
  const PacketKind kind = classify(datagram);
  if (kind != PacketKind::kStun && kind != PacketKind::kUnknown) {
    const auto owner = find_path(path);
    if (!owner) ++counters_.unknown_path;
    return owner;
  }
  const auto message = kind == PacketKind::kStun ? stun::Message::parse(datagram) : fail(Errc::kMalformed);
  if (!message) {
    ++counters_.malformed;
    return std::nullopt;
  }
  if (message->message_class == stun::Class::kRequest && !message->username.empty()) {
    const auto owner = find_ufrag(message->local_ufrag());
    if (!owner) ++counters_.unknown_ufrag;
    return owner;
  }
  const auto owner = find_path(path);
  if (!owner) ++counters_.unknown_path;
  return owner;
}

}  // namespace sfu::ice

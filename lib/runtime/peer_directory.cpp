// SPDX-License-Identifier: Apache-2.0
#include "runtime/peer_directory.hpp"

#include <charconv>
#include <cstdio>

namespace sfu::runtime {

unsigned worker_of_ufrag(std::string_view ufrag) {
  unsigned worker = kMaxWorkers;
  if (ufrag.size() < kWorkerDigits) return kMaxWorkers;
  const char* end = ufrag.data() + kWorkerDigits;
  const auto result = std::from_chars(ufrag.data(), end, worker, 16);
  return result.ec == std::errc() && result.ptr == end ? worker : kMaxWorkers;
}

room::PeerRegistry::Ticket PeerDirectory::add_peer(room::Room& room) {
  room::PeerKey key = 0;
  if (free_.empty()) {
    key = static_cast<room::PeerKey>(rooms_.size());
    rooms_.push_back(nullptr);
  } else {
    key = free_.back();
    free_.pop_back();
  }
  rooms_[key] = &room;
  // The running number keeps ufrags of one run apart, the random part those of two.
  char number[16];
  std::snprintf(number, sizeof number, "%02x%06x", worker_ & 0xff, ++issued_ & 0xffffff);
  std::string ufrag = number + random_.text(8, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
  demux_.add_ufrag(ufrag, key);
  return {key, std::move(ufrag), lending_.add(key)};
}

void PeerDirectory::add_path(room::PeerKey key, const Path& path) {
  demux_.add_path(path, key);
  if (path.protocol == TransportProtocol::kTcp) tcp_news_.push_back({path, true});
}

void PeerDirectory::remove_path(room::PeerKey key, const Path& path) {
  if (path.protocol == TransportProtocol::kTcp && demux_.find_path(path) == key) tcp_news_.push_back({path, false});
  demux_.remove_path(path, key);
}

void PeerDirectory::remove_peer(room::PeerKey key) {
  for (const Path& path : demux_.paths_of(key)) {
    if (path.protocol == TransportProtocol::kTcp) tcp_news_.push_back({path, false});
  }
  demux_.remove_peer(key);
  lending_.remove(key);
  rooms_[key] = nullptr;
  free_.push_back(key);
}

PeerDirectory::Owner PeerDirectory::route(const Path& path, ByteView datagram) {
  const auto key = demux_.route(path, datagram);
  if (!key) return {};
  return {rooms_[*key], *key};
}

PeerDirectory::Owner PeerDirectory::owner_of(const Path& path) const {
  const auto key = demux_.find_path(path);
  if (!key) return {};
  return {rooms_[*key], *key};
}

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/steering.hpp"

#include <utility>

#include "ice/demux.hpp"
#include "ice/stun.hpp"
#include "runtime/peer_directory.hpp"

namespace sfu::runtime {

bool Steering::take(const Path& path, ByteView datagram, unsigned workers) {
  unsigned owner = kMaxWorkers;
  const ice::PacketKind kind = ice::classify(datagram);
  if (kind == ice::PacketKind::kUnknown) return false;
  if (kind == ice::PacketKind::kStun) {
    const auto message = ice::stun::Message::parse(datagram);
    if (!message) return false;
    owner = worker_of_ufrag(message->local_ufrag());
    if (owner < workers && owner != self_) remember(path, owner);
  } else {
    owner = owner_of(path);
  }
  if (owner >= workers || owner == self_) return false;
  ++taken_;
  bundles_[owner].add(path, datagram);
  return true;
}

void Steering::remember(const Path& path, unsigned owner) {
  if (recent_.size() >= kGeneration && !recent_.contains(path)) {
    std::swap(recent_, older_);
    recent_.clear();
  }
  recent_[path] = owner;
}

unsigned Steering::owner_of(const Path& path) {
  if (const auto known = recent_.find(path); known != recent_.end()) return known->second;
  const auto known = older_.find(path);
  if (known == older_.end()) return kMaxWorkers;
  const unsigned owner = known->second;
  remember(path, owner);
  return owner;
}

}  // namespace sfu::runtime

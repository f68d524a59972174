// SPDX-License-Identifier: Apache-2.0
#include "runtime/steering.hpp"

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
    if (owner < workers && owner != self_) {
      if (paths_.size() >= kMaxPaths) paths_.clear();  // they are learned again from the next checks
      paths_[path] = owner;
    }
  } else if (const auto known = paths_.find(path); known != paths_.end()) {
    owner = known->second;
  }
  if (owner >= workers || owner == self_) return false;
  ++taken_;
  bundles_[owner].add(path, datagram);
  return true;
}

}  // namespace sfu::runtime

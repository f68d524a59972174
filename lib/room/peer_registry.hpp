// SPDX-License-Identifier: Apache-2.0
// What a room needs of the worker that it is homed on, to have peers of its own: names that are unique there, and a
// place in the demultiplexer.
#pragma once

#include <string>

#include "room/ids.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::room {

class Room;

// The worker's shard implements this; it outlives its rooms. It must not call back into the room.
class PeerRegistry {
 public:
  struct Ticket {
    PeerKey key = 0;
    std::string ufrag_prefix;  // at the front of every ufrag of this peer; lets any socket steer a stray packet
  };

  virtual ~PeerRegistry() = default;
  // A name for a peer that `room` is about to create.
  virtual Ticket add_peer(Room& room) = 0;
  // STUN for this ufrag is for this peer, until the peer is removed. After an ICE restart it has two.
  virtual void add_ufrag(PeerKey key, const std::string& ufrag) = 0;
  // What comes on this path is for this peer: ICE has authenticated it.
  virtual void add_path(PeerKey key, const Path& path) = 0;
  virtual void remove_path(PeerKey key, const Path& path) = 0;
  // Forgets the peer with all its paths and ufrags.
  virtual void remove_peer(PeerKey key) = 0;
};

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// What a room needs of the worker that it is homed on, to have peers of its own: names that are unique there, and a
// place in the demultiplexer.
#pragma once

#include <string>

#include "base/outlet.hpp"
#include "room/ids.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::room {

class Room;

// The worker's shard implements this; it outlives its rooms. It must not call back into the room.
class PeerRegistry {
 public:
  struct Ticket {
    PeerKey key = 0;
    std::string ufrag;         // of its first ICE generation, unique on the worker; already known to the demultiplexer
    Outlet* outlet = nullptr;  // until remove_peer(); null: its packets go with all others
  };

  virtual ~PeerRegistry() = default;
  // A name for a peer that `room` is about to create.
  virtual Ticket add_peer(Room& room) = 0;
  // The peer is `room`'s from now on: its participant moved.
  virtual void move_peer(PeerKey key, Room& room) = 0;
  // An ICE restart gives the peer another ufrag; the old one ends a while later.
  virtual void add_ufrag(PeerKey key, const std::string& ufrag) = 0;
  virtual void remove_ufrag(PeerKey key, const std::string& ufrag) = 0;
  // What comes on this path is for this peer: ICE has authenticated it.
  virtual void add_path(PeerKey key, const Path& path) = 0;
  virtual void remove_path(PeerKey key, const Path& path) = 0;
  // Forgets the peer with all its paths and ufrags.
  virtual void remove_peer(PeerKey key) = 0;
};

}  // namespace sfu::room

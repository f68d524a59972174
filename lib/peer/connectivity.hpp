// SPDX-License-Identifier: Apache-2.0
// The ICE side of a Peer in either role: one agent, its credentials by generation, and its events in the Peer's terms.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "ice/controlling_agent.hpp"
#include "ice/ice.hpp"
#include "peer/event.hpp"
#include "peer/peer.hpp"

namespace sfu::peer {

class Connectivity {
 public:
  explicit Connectivity(const PeerConfig& config);

  // New credentials of ours; the old ones are good until the remote end uses the new.
  void restart(Output& out);
  // Of the remote end's description. A lite agent needs no candidates.
  void set_remote(Instant now, const RemoteTransport& remote);
  void add_remote_candidate(Instant now, const SocketAddress& address);

  void receive(Instant now, ByteView datagram, const Path& path, Output& out);
  void note_authenticated_packet(const Path& path, Output& out);
  void path_lost(const Path& path, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;

  ice::State state() const;
  bool connected() const { return state() == ice::State::kConnected || state() == ice::State::kCompleted; }
  // Null while nothing may be sent.
  const Path* selected() const;
  // What selected() and its result touch.
  void add_to(Footprint& footprint) const;
  bool is_proven(const Path& path) const;
  const ice::Credentials& local() const;
  // Forgets the paths, each with PathLost.
  void drop_paths(Output& out);

 private:
  void translate(Output& out);

  std::variant<ice::LiteAgent, ice::ControllingAgent> agent_;
  std::string ufrag_;  // of the first generation
  Random* random_;
  unsigned generation_ = 0;
  std::vector<ice::Event> events_;
  std::vector<Path> paths_;
};

}  // namespace sfu::peer

// SPDX-License-Identifier: Apache-2.0
// The ice_servers of JoinResponse and ReconnectResponse (signalling 3.6), and which way of connecting each participant
// was last found to need (2.5, 2.16).
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "livekit_rtc.pb.h"
#include "sfu/ice_servers.hpp"
#include "sfu/time.hpp"

namespace sfu::signal {

using IceServerList = google::protobuf::RepeatedPtrField<livekit::ICEServer>;

// True if a client that gets through by TLS alone has a server to go through.
bool has_tls_relay(const IceServers& servers);

// Of the configured servers, TURN first: all, or, for a client that is to use TLS, what it can reach by TLS.
// LiveKit names public STUN servers of others when nothing is configured; here nothing is said then, and nothing is
// needed: our end of a connection waits on known addresses, and learns the client's from the packets that come.
IceServerList ice_servers(const IceServers& servers, std::string_view participant_sid, WallTime now, bool tls_only);

// Which candidate protocol a participant asked for or was found to need, for as long as it may come back. One a worker.
class IcePreferences {
 public:
  static constexpr Duration kKeep = std::chrono::minutes(5);
  static constexpr std::size_t kMax = 10'000;

  void set(Instant now, std::string_view room, std::string_view identity, livekit::CandidateProtocol protocol);
  // UDP if nothing else is known.
  livekit::CandidateProtocol find(Instant now, std::string_view room, std::string_view identity) const;

 private:
  struct Entry {
    Instant at;
    std::string room;
    std::string identity;
    livekit::CandidateProtocol protocol;
  };
  std::deque<Entry> entries_;  // oldest first
};

}  // namespace sfu::signal

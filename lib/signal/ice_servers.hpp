// SPDX-License-Identifier: Apache-2.0
// The ice_servers of JoinResponse and ReconnectResponse (signalling 3.6).
#pragma once

#include <string_view>

#include "livekit_rtc.pb.h"
#include "sfu/ice_servers.hpp"
#include "sfu/time.hpp"
#include "signal/embedded_turn.hpp"

namespace sfu::signal {

using IceServerList = google::protobuf::RepeatedPtrField<livekit::ICEServer>;

// True if a client that gets through by TLS alone has a server to go through.
bool has_tls_relay(const IceServers& servers, const EmbeddedTurn& own);

// Who is told, and when.
struct IceClient {
  std::string_view api_key;  // of its token
  std::string_view participant_sid;
  WallTime now{};
  bool tls_only = false;  // it is to use TLS: only what can be reached so
};

// The engine's own TURN server first, then the configured ones, then STUN servers (control-plane spec 7.2).
// LiveKit names public STUN servers of others when nothing is configured; here nothing is said then, and nothing is
// needed: our end of a connection waits on known addresses, and learns the client's from the packets that come.
IceServerList ice_servers(const IceServers& servers, const EmbeddedTurn& own, const IceClient& client);

}  // namespace sfu::signal

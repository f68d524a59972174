// SPDX-License-Identifier: Apache-2.0
// The parts of JoinResponse and ReconnectResponse that come from the server and the client, not from the room
// (signalling 2.3). Plain functions.
#pragma once

#include "livekit_rtc.pb.h"
#include "signal/connect.hpp"

namespace sfu::signal {

// `relay`: the client is to connect through a TURN server alone.
livekit::JoinResponse join_greeting(const ServerIdentity& server, const livekit::ClientInfo& client, bool relay);
livekit::ReconnectResponse reconnect_greeting(const ServerIdentity& server, const livekit::ClientInfo& client,
                                              bool relay);

}  // namespace sfu::signal

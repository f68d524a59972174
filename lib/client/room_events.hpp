// SPDX-License-Identifier: Apache-2.0
// What a Room tells, in order, and what it asks of its driver.
#pragma once

#include <vector>

#include "client/events.hpp"
#include "client/recovery.hpp"
#include "client/signal_link.hpp"
#include "participant/events.hpp"
#include "participant/messaging.hpp"
#include "participant/roster.hpp"

namespace sfu::client {

using participant::Disconnected;
using participant::Joined;
using participant::Messaging;
using participant::Moved;
using participant::ParticipantLeft;
using participant::Ready;
using participant::Reconnecting;
using participant::RoomEvent;
using participant::Roster;
using participant::RosterEvent;
using participant::RpcCompleted;
using participant::RpcInvoked;
using participant::ServerMessage;
using participant::TextReceived;
using participant::TrackGone;
using participant::UserData;

// The caller's sink, reused from call to call.
struct RoomOutput {
  SendBatch& datagrams;
  SignalActions& signal;
  std::vector<RoomEvent>& events;
};

}  // namespace sfu::client

// SPDX-License-Identifier: Apache-2.0
// What a Room tells, in order, and what it asks of its driver.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "client/events.hpp"
#include "client/recovery.hpp"
#include "client/roster.hpp"
#include "client/rpc.hpp"
#include "client/signal_link.hpp"
#include "client/streams.hpp"

namespace sfu::client {

// The server has let this client in. Before any participant is told of.
struct Joined {
  livekit::JoinResponse join;
};
// Media and data may flow, first or again. `rejoined`: with a new session.
struct Ready {
  bool rejoined = false;
};
struct Reconnecting {
  Way way = Way::kResume;
};
// For good: nothing comes after it.
struct Disconnected {
  livekit::DisconnectReason reason = livekit::UNKNOWN_REASON;
  Error error;  // what could not be done, where that was the reason
};
// Another room, without leaving.
struct Moved {
  livekit::RoomMovedResponse room;
};
struct UserData {
  std::string sender;  // identity; empty: the server
  std::string topic;
  std::vector<std::uint8_t> payload;
  bool reliable = true;
};
// Other messages of the server, as they came.
struct ServerMessage {
  livekit::SignalResponse message;
};
// A whole text stream; its parts are told too.
struct TextReceived {
  StreamInfo info;
  std::string text;
};

using RoomEvent = std::variant<Joined, Ready, Reconnecting, Disconnected, Moved, RosterEvent, PublishReady,
                               PublishFailed, SubscriptionStarted, SubscriptionEnded, FrameReceived, KeyframeRequested,
                               UserData, StreamEvent, TextReceived, RpcInvoked, RpcCompleted, ServerMessage>;

// The caller's sink, reused from call to call.
struct RoomOutput {
  SendBatch& datagrams;
  SignalActions& signal;
  std::vector<RoomEvent>& events;
};

}  // namespace sfu::client

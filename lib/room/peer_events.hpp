// SPDX-License-Identifier: Apache-2.0
// News of the peers, handed to the part of the room that it concerns.
#pragma once

#include "room/data_forwarding.hpp"
#include "room/data_track_forwarding.hpp"
#include "room/lifecycle.hpp"
#include "room/room_state.hpp"

namespace sfu::room {

class PeerEvents {
 public:
  PeerEvents(RoomState& state, Lifecycle& lifecycle, DataForwarding& data, DataTrackForwarding& data_tracks)
      : state_(state), lifecycle_(lifecycle), data_(data), data_tracks_(data_tracks) {}

  // Handles all that is queued, and what that brings about.
  void handle(Instant now, Output& out);

 private:
  void handle_one(Instant now, PeerKey key, const peer::Event& event, Output& out);
  void close_replaced(Instant now, PeerTransport& transport, const peer::ChannelOpened& opened, Output& out);
  void message(Instant now, Participant& sender, PeerTransport& transport, const peer::MessageReceived& message,
               Output& out);
  void state_changed(Instant now, Participant& participant, Transport& transport, peer::State state, Output& out);

  RoomState& state_;
  Lifecycle& lifecycle_;
  DataForwarding& data_;
  DataTrackForwarding& data_tracks_;
};

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// A client may announce a track and then not manage to send it. Where the operator wants it so
// (rtc.reconnect_on_publication_error), its client has to start afresh when nothing has come for 30 s in which its
// connection stood and the track was not muted (signalling 2.7.8).
#pragma once

#include "room/lifecycle.hpp"
#include "room/room_state.hpp"

namespace sfu::room {

class PublishWatchdog {
 public:
  static constexpr Duration kPatience = std::chrono::seconds(30);

  PublishWatchdog(RoomState& state, Lifecycle& lifecycle) : state_(state), lifecycle_(lifecycle) {}

  void advance(Instant now, Output& out);
  Instant deadline() const { return deadline_; }

 private:
  bool is_overdue(Instant now, const Participant& publisher, Publication& publication);

  RoomState& state_;
  Lifecycle& lifecycle_;
  Instant deadline_ = kNever;
};

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// What happens in the rooms, told to the host. The events and their names are those of LiveKit's webhooks.
#pragma once

#include <string>

#include "sfu/info.hpp"

namespace sfu {

enum class EventKind {
  kRoomStarted,
  kRoomFinished,
  kParticipantJoined,  // connected: state kActive
  kParticipantLeft,
  kParticipantConnectionAborted,  // left without ever becoming active
  kTrackPublished,
  kTrackUnpublished,
};

// The webhook's name of an event, e.g. "participant_joined". Static storage.
const char* to_string(EventKind kind) noexcept;

struct Event {
  EventKind kind;
  RoomInfo room;
  ParticipantInfo participant;  // empty for events of the room
  TrackInfo track;              // empty but for events of a track
  WallTime at{};
};

// Implemented by the host. Called on the worker thread of the event's room, in the order in which things happened
// there; must not block. May call anything of the API that is marked "any thread".
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace sfu

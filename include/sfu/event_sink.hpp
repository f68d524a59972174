// SPDX-License-Identifier: Apache-2.0
// What happens in the rooms, told to the host. The events and their names are those of LiveKit's webhooks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sfu/info.hpp"

namespace sfu {

namespace room {
struct Event;
}

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

// Each kParticipantJoined is followed by exactly one kParticipantLeft with the same participant's sid, and each
// kRoomStarted by one kRoomFinished with the same room's sid, which is the last event of the room; also when the engine
// is stopped.
struct Event {
  using Details = room::Event;

  EventKind kind;
  std::string id;              // "EV_...", as in webhooks
  std::uint64_t sequence = 0;  // within the room's sid: 1, 2, 3, ... without a gap
  RoomInfo room;
  ParticipantInfo participant;  // empty for events of the room
  TrackInfo track;              // empty but for events of a track
  WallTime at{};
  std::shared_ptr<const Details> details;  // the library's own: what its webhooks are made of
};

// Implemented by the host. Called on the worker thread of the event's room, in the order in which things happened
// there; must not block. May call anything of the API that is marked "any thread".
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace sfu

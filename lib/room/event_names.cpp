// SPDX-License-Identifier: Apache-2.0
#include "sfu/event_sink.hpp"

namespace sfu {

const char* to_string(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::kRoomStarted: return "room_started";
    case EventKind::kRoomFinished: return "room_finished";
    case EventKind::kParticipantJoined: return "participant_joined";
    case EventKind::kParticipantLeft: return "participant_left";
    case EventKind::kParticipantConnectionAborted: return "participant_connection_aborted";
    case EventKind::kTrackPublished: return "track_published";
    case EventKind::kTrackUnpublished: return "track_unpublished";
  }
  return "";
}

}  // namespace sfu

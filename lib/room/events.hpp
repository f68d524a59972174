// SPDX-License-Identifier: Apache-2.0
// News for the host, with copies of the infos as they are now.
#pragma once

#include "room/figures.hpp"
#include "room/room_state.hpp"

namespace sfu::room {

inline Event& raise_event(RoomState& state, Event::Type type, Output& out) {
  auto& event = out.events.emplace_back();
  event.type = type;
  event.room = state.info;
  return event;
}

inline Event& raise_participant_event(RoomState& state, Event::Type type, Participant& participant, Output& out) {
  auto& event = raise_event(state, type, out);
  event.id = participant.id;
  event.connection = participant.connection;
  event.participant = participant.info();
  return event;
}

inline Event& raise_track_event(RoomState& state, Event::Type type, Participant& participant,
                                const Publication& publication, Output& out) {
  auto& event = raise_participant_event(state, type, participant, out);
  event.track = publication.info;
  event.publisher_sid = participant.profile.sid();
  count_track_event(state.statistics(), type, publication.info);
  return event;
}

}  // namespace sfu::room

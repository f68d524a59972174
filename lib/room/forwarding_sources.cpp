// SPDX-License-Identifier: Apache-2.0
// The source's side of ForwardedParticipants.
#include <algorithm>
#include <utility>

#include "room/forwarded_participants.hpp"
#include "room/neighbours.hpp"
#include "room/room.hpp"

namespace sfu::room {

Result<void> ForwardedParticipants::forward(Instant now, Participant& source, Room& to, Output& out) {
  if (to.find(source.profile.identity())) {
    return fail(Errc::kAlreadyExists, source.profile.identity() + " is in that room already");
  }
  const auto& copy = to.forwarded().show(now, state_.options.name, source, out);
  source.copies.push_back({{to.name(), copy.profile.sid()}, source.profile.read().version()});
  return {};
}

void ForwardedParticipants::advance(Instant now, Output& out) {
  if (state_.environment.neighbours == nullptr) return;
  state_.roster.for_each([&](Participant& participant) {
    if (participant.is_copy()) {
      tell_watched(now, participant);
    } else if (!participant.copies.empty()) {
      reflect(now, participant, out);
    }
  });
}

void ForwardedParticipants::reflect(Instant now, Participant& source, Output& out) {
  const auto version = source.profile.read().version();
  for (Copy& copy : source.copies) {
    if (std::exchange(copy.told_version, version) == version) continue;
    auto* room = state_.environment.neighbours->find_room(copy.where.room);
    if (room == nullptr) continue;
    room->forwarded().update(now, copy.where.participant_sid, source, out);
    state_.environment.neighbours->touched(*room);
  }
}

Participant* ForwardedParticipants::find_source(const Participant& copy) {
  return state_.roster.find_sid(copy.source->participant_sid);
}

void ForwardedParticipants::copy_ended(const Participant& copy) {
  auto* source = find_source(copy);
  if (source == nullptr) return;
  std::erase_if(source->copies, [&](const Copy& other) { return other.where.participant_sid == copy.profile.sid(); });
}

void ForwardedParticipants::copy_watched(Instant now, const Participant& copy, const Publication& publication) {
  auto* source = find_source(copy);
  if (source == nullptr) return;
  for (Copy& other : source->copies) {
    if (other.where.participant_sid == copy.profile.sid()) {
      other.watched[publication.sid()] = publication.dynacast.wanted();
    }
  }
  if (auto* original = source->find_publication(publication.sid())) subscribing_.update_dynacast(now, *original);
}

void end_copies(Instant now, RoomState& state, Participant& source, livekit::DisconnectReason reason, Output& out) {
  for (const Copy& copy : std::exchange(source.copies, {})) {
    auto* room = state.environment.neighbours->find_room(copy.where.room);
    if (room == nullptr) continue;
    room->forwarded().end(now, copy.where.participant_sid, reason, out);
    state.environment.neighbours->touched(*room);
  }
}

void end_copies_of_track(Instant now, RoomState& state, const Participant& source, const std::string& track_sid,
                         Output& out) {
  for (const Copy& copy : source.copies) {
    auto* room = state.environment.neighbours->find_room(copy.where.room);
    if (room == nullptr) continue;
    room->forwarded().end_track(now, copy.where.participant_sid, track_sid, out);
    state.environment.neighbours->touched(*room);
  }
}

void tell_source(RoomState& state, const Participant& ended_copy) {
  auto* room = state.environment.neighbours->find_room(ended_copy.source->room);
  if (room != nullptr) room->forwarded().copy_ended(ended_copy);
}

livekit::VideoQuality watched_elsewhere(const Participant& source, const std::string& track_sid) {
  auto highest = livekit::OFF;
  for (const Copy& copy : source.copies) {
    const auto found = copy.watched.find(track_sid);
    if (found == copy.watched.end() || found->second == livekit::OFF) continue;
    if (highest == livekit::OFF || found->second > highest) highest = found->second;
  }
  return highest;
}

}  // namespace sfu::room

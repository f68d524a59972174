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

void ForwardedParticipants::copy_ended(Instant now, const Participant& copy) {
  auto* source = find_source(copy);
  if (source == nullptr) return;
  std::erase_if(source->copies, [&](const Copy& other) { return other.where.participant_sid == copy.profile.sid(); });
  for (auto& publication : source->publications) subscribing_.update_dynacast(now, *publication);
}

void ForwardedParticipants::copy_watched(Instant now, const Participant& copy, const Publication& publication) {
  auto* source = find_source(copy);
  if (source == nullptr) return;
  for (Copy& other : source->copies) {
    if (other.where.participant_sid == copy.profile.sid()) {
      other.watched[publication.sid()] = publication.told_watched;
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

void end_copies_of_codec(Instant now, RoomState& state, const Participant& source, const PublishedCodec& codec,
                         Output& out) {
  for (const Copy& copy : source.copies) {
    auto* room = state.environment.neighbours->find_room(copy.where.room);
    if (room == nullptr) continue;
    room->forwarded().end_codec(now, copy.where.participant_sid, codec, out);
    state.environment.neighbours->touched(*room);
  }
}

void tell_source(Instant now, RoomState& state, const Participant& ended_copy) {
  auto* room = state.environment.neighbours->find_room(ended_copy.source->room);
  if (room == nullptr) return;
  room->forwarded().copy_ended(now, ended_copy);
  state.environment.neighbours->touched(*room);
}

livekit::VideoQuality watched_elsewhere(const Participant& source, const PublishedCodec& codec) {
  auto highest = livekit::OFF;
  for (const Copy& copy : source.copies) {
    const auto found = copy.watched.find(codec.publication->sid());
    if (found == copy.watched.end()) continue;
    const auto watched = found->second[codec.index];
    if (watched != livekit::OFF && (highest == livekit::OFF || watched > highest)) highest = watched;
  }
  return highest;
}

}  // namespace sfu::room

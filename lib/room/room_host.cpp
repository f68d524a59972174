// SPDX-License-Identifier: Apache-2.0
// What the host's API asks of participants. It is no sign of life of their clients.
#include "room/attributes.hpp"
#include "room/room.hpp"
#include "room/room_parts.hpp"

namespace sfu::room {

namespace {

Failure no_participant() {
  return fail(Errc::kNotFound, "no such participant");
}

}  // namespace

Result<void> Room::set_permission(Instant now, ParticipantId id, const livekit::ParticipantPermission& permission,
                                  Output& out) {
  auto* participant = parts_->state.roster.find(id);
  if (participant == nullptr) return no_participant();
  parts_->administration.set_permission(now, *participant, permission, out);
  parts_->settle(now, out);
  return {};
}

Result<void> Room::update_participant(Instant now, ParticipantId id, const livekit::UpdateParticipantMetadata& update,
                                      Output& out) {
  auto* participant = parts_->state.roster.find(id);
  if (participant == nullptr) return no_participant();
  auto updated = apply_metadata(now, parts_->state, parts_->updates, *participant, update, out);
  parts_->settle(now, out);
  return updated;
}

Result<livekit::TrackInfo> Room::mute_published_track(Instant now, ParticipantId id, const std::string& track_sid,
                                                      bool muted, Output& out) {
  auto* participant = parts_->state.roster.find(id);
  if (participant == nullptr) return no_participant();
  auto track = parts_->administration.mute_track(now, *participant, track_sid, muted, out);
  parts_->settle(now, out);
  return track;
}

Result<void> Room::update_subscriptions(Instant now, ParticipantId id, const livekit::UpdateSubscription& update,
                                        Output& out) {
  auto* participant = parts_->state.roster.find(id);
  if (participant == nullptr) return no_participant();
  parts_->subscribing.update(now, *participant, update);
  parts_->settle(now, out);
  return {};
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/administration.hpp"

#include <algorithm>

#include "room/events.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr int kTrackUnpublishedProtocol = 7;

void send_mute(Output& out, const Participant& to, const std::string& sid, bool muted) {
  livekit::SignalResponse response;
  response.mutable_mute()->set_sid(sid);
  response.mutable_mute()->set_muted(muted);
  send(out, to, std::move(response));
}

void tell_unpublished(Output& out, const Participant& to, const std::string& sid) {
  if (to.profile.protocol() < kTrackUnpublishedProtocol) {
    send_mute(out, to, sid, true);
    return;
  }
  livekit::SignalResponse response;
  response.mutable_track_unpublished()->set_track_sid(sid);
  send(out, to, std::move(response));
}

}  // namespace

void Administration::set_permission(Instant now, Participant& participant,
                                    const livekit::ParticipantPermission& permission, Output& out) {
  const bool counted = participant.counts();
  if (!participant.profile.set_permission(permission)) return;
  if (participant.counts() != counted) lifecycle_.counts_otherwise(now, participant);
  remove_disallowed(now, participant, out);
  state_.ask_reconcile(participant);
  state_.counts_changed = true;  // who records or assists counts otherwise
  updates_.changed(participant, Updates::Cause::kProfile);
  updates_.flush(now, out);
  renew_token(out, participant);
  raise_participant_event(state_, Event::Type::kParticipantUpdated, participant, out);
}

void Administration::remove_disallowed(Instant now, Participant& publisher, Output& out) {
  const auto& profile = publisher.profile;
  std::erase_if(publisher.queued_tracks,
                [&](const QueuedTrack& track) { return !profile.can_publish_source(track.request.source()); });
  std::vector<std::string> removed;
  for (const auto& publication : publisher.publications) {
    if (!profile.can_publish_source(publication->info.source())) removed.push_back(publication->sid());
  }
  for (const auto& sid : removed) {
    tell_unpublished(out, publisher, sid);
    publishing_.unpublish(now, publisher, *publisher.find_publication(sid), out);
  }
}

Result<livekit::TrackInfo> Administration::mute_track(Instant now, Participant& publisher, const std::string& sid,
                                                      bool muted, Output& out) {
  if (!muted && !state_.options.remote_unmute) return fail(Errc::kFailedPrecondition, "remote unmute not enabled");
  auto* publication = publisher.find_publication(sid);
  if (publication == nullptr) return fail(Errc::kNotFound, "no such track");
  send_mute(out, publisher, sid, muted);
  publishing_.set_muted(now, publisher, *publication, muted, out);
  return publication->info;
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// The copy's side, and what keeps it like its source.
#include "room/forwarded_participants.hpp"

#include <algorithm>

#include "room/events.hpp"
#include "room/neighbours.hpp"
#include "room/room.hpp"

namespace sfu::room {

namespace {

// Who the copy is; all that changes is copied by update().
JoinParams copy_params(const livekit::ParticipantInfo& source) {
  JoinParams params;
  params.identity = source.identity();
  params.name = source.name();
  params.metadata = source.metadata();
  params.attributes = {source.attributes().begin(), source.attributes().end()};
  params.kind = source.kind();
  for (const int detail : source.kind_details()) {
    params.kind_details.push_back(static_cast<livekit::ParticipantInfo::KindDetail>(detail));
  }
  params.kind_details.push_back(livekit::ParticipantInfo::FORWARDED);
  params.permission = source.permission();
  params.client_protocol = source.client_protocol();
  return params;
}

bool same_codecs(const Publication& a, const Publication& b) {
  return std::ranges::equal(a.codecs, b.codecs, {}, &peer::PayloadCodec::payload_type,
                            &peer::PayloadCodec::payload_type);
}

}  // namespace

Participant& ForwardedParticipants::show(Instant now, const std::string& room, Participant& source, Output& out) {
  const auto& info = source.profile.read();
  auto made = std::make_unique<Participant>(
      Profile(copy_params(info), make_sid(state_.random(), "PA_"), state_.wall_time(now)));
  made->auto_subscribe = false;
  made->source = Elsewhere{room, info.sid()};
  made->profile.advance_state(livekit::ParticipantInfo::ACTIVE);
  auto& copy = state_.roster.add(std::move(made));
  updates_.changed(copy, Updates::Cause::kState);
  raise_participant_event(state_, Event::Type::kParticipantJoined, copy, out);
  update(now, copy, source, out);
  return copy;
}

void ForwardedParticipants::update(Instant now, const std::string& sid, Participant& source, Output& out) {
  if (auto* copy = state_.roster.find_sid(sid)) update(now, *copy, source, out);
}

void ForwardedParticipants::update(Instant now, Participant& copy, Participant& source, Output& out) {
  if (copy.profile.mirror(source.profile.read())) updates_.changed(copy, Updates::Cause::kProfile);
  copy.subscription_permissions = source.subscription_permissions;
  state_.roster.for_each([&](Participant& participant) { state_.ask_reconcile(participant); });
  for (const auto& publication : source.publications) {
    if (publication->live()) update_track(now, copy, *publication, out);
  }
}

void ForwardedParticipants::update_track(Instant now, Participant& copy, const Publication& original, Output& out) {
  if (auto* track = copy.find_publication(original.sid())) {
    const bool muted = original.info.muted();
    if (track->info.muted() != muted) track->dynacast.set_muted(now, muted);
    track->info = original.info;
    updates_.changed(copy, Updates::Cause::kTrackDetail);
    if (same_codecs(*track, original)) return;
    track->codecs = original.codecs;
    subscribing_.codec_changed(now, *track, out);
    return;
  }
  auto& track = *copy.publications.emplace_back(std::make_unique<Publication>());
  track.info = original.info;
  track.publisher = copy.id;
  track.mid = original.mid;
  track.media = original.media;
  track.section = original.section;
  track.codecs = original.codecs;
  state_.roster.add_track(track.sid(), copy.id);
  const bool first = !copy.profile.is_publisher();
  copy.profile.set_publisher(true);
  state_.counts_changed |= first;
  updates_.changed(copy, first ? Updates::Cause::kBecamePublisher : Updates::Cause::kTracks);
  raise_track_event(state_, Event::Type::kTrackPublished, copy, track, out);
  subscribing_.track_live(now, copy, track);
}

void ForwardedParticipants::end_track(Instant now, const std::string& sid, const std::string& track_sid, Output& out) {
  auto* copy = state_.roster.find_sid(sid);
  auto* track = copy != nullptr ? copy->find_publication(track_sid) : nullptr;
  if (track != nullptr) publishing_.unpublish(now, *copy, *track, out);
}

void ForwardedParticipants::end(Instant now, const std::string& sid, livekit::DisconnectReason reason, Output& out) {
  if (auto* copy = state_.roster.find_sid(sid)) {
    lifecycle_.close(now, *copy, reason, livekit::LeaveRequest::DISCONNECT, out);
  }
}

void ForwardedParticipants::tell_watched(Instant now, Participant& copy) {
  for (auto& track : copy.publications) {
    const auto watched = track->dynacast.wanted();
    if (!track->is_video() || track->told_watched == watched) continue;
    track->told_watched = watched;
    auto* room = state_.environment.neighbours->find_room(copy.source->room);
    if (room == nullptr) continue;
    room->forwarded().copy_watched(now, copy, *track);
    state_.environment.neighbours->touched(*room);
  }
}

}  // namespace sfu::room

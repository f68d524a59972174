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

bool same_offer(const PublishedCodec& a, const PublishedCodec& b) {
  return std::ranges::equal(a.offered, b.offered, {}, &peer::PayloadCodec::payload_type,
                            &peer::PayloadCodec::payload_type);
}

void take_over(PublishedCodec& codec, const PublishedCodec& original) {
  codec.mid = original.mid;
  codec.media = original.media;
  codec.section = original.section;
  codec.offered = original.offered;
  codec.makes_red = original.makes_red;
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
    if (!publication->live()) continue;
    if (auto* track = copy.find_publication(publication->sid())) {
      update_track(now, copy, *track, *publication, out);
    } else {
      add_track(now, copy, *publication, out);
    }
  }
}

void ForwardedParticipants::add_track(Instant now, Participant& copy, const Publication& original, Output& out) {
  auto& track = *copy.publications.emplace_back(std::make_unique<Publication>());
  track.info = original.info;
  track.publisher = copy.id;
  track.preferred = original.preferred;
  for (const auto& source : original.codecs) {
    auto& codec = *track.codecs.emplace_back(std::make_unique<PublishedCodec>());
    codec.publication = &track;
    codec.index = source->index;
    take_over(codec, *source);
  }
  state_.roster.add_track(track.sid(), copy.id);
  const bool first = !copy.profile.is_publisher();
  copy.profile.set_publisher(true);
  state_.counts_changed |= first;
  updates_.changed(copy, first ? Updates::Cause::kBecamePublisher : Updates::Cause::kTracks);
  raise_track_event(state_, Event::Type::kTrackPublished, copy, track, out);
  subscribing_.track_live(now, copy, track);
}

void ForwardedParticipants::update_track(Instant now, Participant& copy, Publication& track,
                                         const Publication& original, Output& out) {
  const bool muted = original.info.muted();
  const bool mute_changes = track.info.muted() != muted;
  track.info = original.info;
  track.unmuted_at = original.unmuted_at;
  updates_.changed(copy, Updates::Cause::kTrackDetail);
  bool codecs_changed = std::exchange(track.preferred, original.preferred) != original.preferred;
  bool offer_changed = false;
  for (const auto& codec : track.codecs) {
    if (mute_changes) codec->dynacast.set_muted(now, muted);
    const auto& source = *original.codecs[codec->index];
    if (!source.live() || (codec->live() && same_offer(*codec, source))) continue;
    (codec->live() ? offer_changed : codecs_changed) = true;
    take_over(*codec, source);
  }
  if (codecs_changed) subscribing_.codecs_changed(now, track, out);
  if (offer_changed) subscribing_.offer_changed(now, track, out);
}

void ForwardedParticipants::end_track(Instant now, const std::string& sid, const std::string& track_sid, Output& out) {
  auto* copy = state_.roster.find_sid(sid);
  auto* track = copy != nullptr ? copy->find_publication(track_sid) : nullptr;
  if (track != nullptr) publishing_.unpublish(now, *copy, *track, out);
}

void ForwardedParticipants::end_codec(Instant now, const std::string& sid, const PublishedCodec& original,
                                      Output& out) {
  auto* copy = state_.roster.find_sid(sid);
  auto* track = copy != nullptr ? copy->find_publication(original.publication->sid()) : nullptr;
  if (track == nullptr) return;
  auto& codec = *track->codecs[original.index];
  track->info = original.publication->info;
  track->preferred = original.publication->preferred;
  if (!codec.live()) return;
  subscribing_.codec_ends(now, codec, out);
  codec.media.reset();
  codec.mid.clear();
}

void ForwardedParticipants::end(Instant now, const std::string& sid, livekit::DisconnectReason reason, Output& out) {
  if (auto* copy = state_.roster.find_sid(sid)) {
    lifecycle_.close(now, *copy, reason, livekit::LeaveRequest::DISCONNECT, out);
  }
}

void ForwardedParticipants::tell_watched(Instant now, Participant& copy) {
  for (auto& track : copy.publications) {
    WatchedQualities watched;
    for (const auto& codec : track->codecs) watched.push_back(codec->dynacast.wanted());
    if (track->told_watched == watched) continue;
    track->told_watched = std::move(watched);
    auto* room = state_.environment.neighbours->find_room(copy.source->room);
    if (room == nullptr) continue;
    room->forwarded().copy_watched(now, copy, *track);
    state_.environment.neighbours->touched(*room);
  }
}

}  // namespace sfu::room

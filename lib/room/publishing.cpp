// SPDX-License-Identifier: Apache-2.0
// What clients ask for. Sections and media: publishing_sections.cpp.
#include "room/publishing.hpp"

#include <algorithm>

#include "room/announcement.hpp"
#include "room/figures.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

void send_track_published(Output& out, const Participant& to, const std::string& cid, const livekit::TrackInfo& info) {
  livekit::SignalResponse response;
  response.mutable_track_published()->set_cid(cid);
  *response.mutable_track_published()->mutable_track() = info;
  send(out, to, std::move(response));
}

bool uses_cid(const Publication& publication, std::string_view cid) {
  return publication.cid == cid || has_cid(publication.info, cid);
}

// What is told of a track to everyone has a limit that no client comes near.
bool is_too_much(const livekit::AddTrackRequest& request) {
  const auto fits = [](const std::string& text) { return text.size() <= Publishing::kMaxText; };
  const auto few = [](int count) { return count <= Publishing::kMaxItems; };
  const auto modest = [&](const livekit::SimulcastCodec& codec) {
    return fits(codec.codec()) && fits(codec.cid()) && few(codec.layers_size());
  };
  return !fits(request.cid()) || !fits(request.name()) || !fits(request.stream()) || !few(request.layers_size()) ||
         !few(request.simulcast_codecs_size()) || !few(request.audio_features_size()) ||
         !few(request.packet_trailer_features_size()) || !std::ranges::all_of(request.simulcast_codecs(), modest);
}

std::string new_sid(Random& random, const livekit::AddTrackRequest& request) {
  return make_sid(random, track_sid_prefix(request.type(), request.source()));
}

}  // namespace

livekit::RequestResponse::Reason Publishing::refusal(Participant& publisher,
                                                     const livekit::AddTrackRequest& request) const {
  if (!publisher.profile.can_publish_source(request.source())) return livekit::RequestResponse::NOT_ALLOWED;
  if (request.type() != livekit::AUDIO && request.type() != livekit::VIDEO) {
    return livekit::RequestResponse::UNSUPPORTED_TYPE;
  }
  if (is_too_much(request)) return livekit::RequestResponse::LIMIT_EXCEEDED;
  if (!request.sid().empty()) {
    return publisher.find_publication(request.sid()) == nullptr ? livekit::RequestResponse::NOT_FOUND
                                                                : livekit::RequestResponse::OK;
  }
  const auto pending =
      std::ranges::count_if(publisher.publications, [](const auto& publication) { return !publication->live(); });
  if (static_cast<std::size_t>(pending) + state_.questions.tracks_of(publisher.id) >= kMaxPending)
    return livekit::RequestResponse::LIMIT_EXCEEDED;
  const bool in_use = std::ranges::any_of(
      publisher.publications, [&](const auto& publication) { return uses_cid(*publication, request.cid()); });
  if (!in_use) return livekit::RequestResponse::OK;
  const auto queued = std::ranges::count_if(
      publisher.queued_tracks, [&](const QueuedTrack& track) { return track.request.cid() == request.cid(); });
  const bool full =
      static_cast<std::size_t>(queued) >= kMaxQueuedPerCid || publisher.queued_tracks.size() >= kMaxPending;
  return full ? livekit::RequestResponse::LIMIT_EXCEEDED : livekit::RequestResponse::QUEUED;
}

void Publishing::add_track(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out) {
  const auto reason = refusal(publisher, request);
  const bool is_new =
      reason == livekit::RequestResponse::QUEUED || (reason == livekit::RequestResponse::OK && request.sid().empty());
  if (!is_new) return admit(now, publisher, request, reason, out);
  const auto verdict = state_.questions.may_publish(now, publisher, request);
  if (verdict) decided(now, publisher, request, *verdict, out);
}

void Publishing::decided(Instant now, Participant& publisher, const livekit::AddTrackRequest& request,
                         const Verdict& verdict, Output& out) {
  if (verdict.allowed) return admit(now, publisher, request, refusal(publisher, request), out);
  respond(out, publisher, livekit::RequestResponse::NOT_ALLOWED, verdict.reason,
          [&](livekit::RequestResponse& answer) { *answer.mutable_add_track() = request; });
}

void Publishing::admit(Instant now, Participant& publisher, const livekit::AddTrackRequest& request,
                       livekit::RequestResponse::Reason reason, Output& out) {
  if (reason == livekit::RequestResponse::QUEUED) {
    publisher.queued_tracks.push_back({request, sid_in_queue(publisher, request)});
  }
  if (reason != livekit::RequestResponse::OK) {
    respond(out, publisher, reason, {},
            [&](livekit::RequestResponse& answer) { *answer.mutable_add_track() = request; });
    return;
  }
  if (request.sid().empty()) {
    announce(now, publisher, request, new_sid(state_.random(), request), out);
  } else {
    add_backup(now, publisher, request, out);
  }
}

// A track that is announced again while it is pending, or waits, is the same one to its client (signalling 2.7.3).
std::string Publishing::sid_in_queue(const Participant& publisher, const livekit::AddTrackRequest& request) {
  for (const auto& track : publisher.queued_tracks) {
    if (track.request.cid() == request.cid()) return track.sid;
  }
  for (const auto& publication : publisher.publications) {
    if (!publication->live() && publication->cid == request.cid()) return publication->sid();
  }
  return new_sid(state_.random(), request);
}

void Publishing::announce(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, std::string sid,
                          Output& out) {
  auto publication = std::make_unique<Publication>();
  state_.roster.add_track(sid, publisher.id);
  publication->info = make_track_info(request, std::move(sid), publisher.publish_codecs);
  publication->cid = request.cid();
  publication->publisher = publisher.id;
  publication->announced_at = now;
  ++state_.statistics().publish[kind_index(publication->info)].attempts;
  for (int index = 0; index < publication->info.codecs_size(); ++index) {
    auto& codec = publication->codecs.emplace_back(std::make_unique<PublishedCodec>());
    codec->publication = publication.get();
    codec->index = static_cast<CodecIndex>(index);
  }
  send_track_published(out, publisher, request.cid(), publication->info);
  auto& primary = publication->primary();
  publisher.publications.push_back(std::move(publication));
  take_waiting_section(now, publisher, primary, out);
}

void Publishing::add_backup(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out) {
  auto& publication = *publisher.find_publication(request.sid());
  const auto index = announce_backup(publication.info, request);
  if (!index) {
    respond(out, publisher, livekit::RequestResponse::UNSUPPORTED_TYPE, "the track was announced without this codec",
            [&](livekit::RequestResponse& answer) { *answer.mutable_add_track() = request; });
    return;
  }
  send_track_published(out, publisher, request.cid(), publication.info);
  take_waiting_section(now, publisher, *publication.codecs[*index], out);
}

void Publishing::mute(Instant now, Participant& publisher, const livekit::MuteTrackRequest& request, Output& out) {
  auto* publication = publisher.find_publication(request.sid());
  if (publication == nullptr) {
    respond(out, publisher, livekit::RequestResponse::NOT_FOUND, {},
            [&](livekit::RequestResponse& answer) { *answer.mutable_mute() = request; });
    return;
  }
  set_muted(now, publisher, *publication, request.muted(), out);
}

void Publishing::set_muted(Instant now, Participant& publisher, Publication& publication, bool muted, Output& out) {
  if (publication.info.muted() == muted) return;
  publication.info.set_muted(muted);
  if (!muted) publication.unmuted_at = now;
  if (!publication.live()) return;
  auto media_out = state_.media_output(out);
  for (const auto& codec : publication.codecs) {
    if (codec->live()) codec->media->set_muted(now, muted, media_out);
    codec->dynacast.set_muted(now, muted);
  }
  state_.reschedule(publication);
  updates_.changed(publisher, Updates::Cause::kTrackDetail);
}

void Publishing::repeat_reports(Instant now, Participant& publisher) {
  for (const auto& publication : publisher.publications) {
    for (const auto& codec : publication->codecs) codec->dynacast.repeat(now);
  }
}

void Publishing::update_audio(Participant& publisher, const livekit::UpdateLocalAudioTrack& request, Output& out) {
  auto* publication = publisher.find_publication(request.track_sid());
  if (publication == nullptr) {
    respond(out, publisher, livekit::RequestResponse::NOT_FOUND, {},
            [&](livekit::RequestResponse& answer) { *answer.mutable_update_audio_track() = request; });
    return;
  }
  set_audio_features(publication->info, request.features());
  if (publication->live()) updates_.changed(publisher, Updates::Cause::kTrackDetail);
}

void Publishing::update_video(Participant& publisher, const livekit::UpdateLocalVideoTrack& request, Output& out) {
  auto* publication = publisher.find_publication(request.track_sid());
  if (publication == nullptr) {
    respond(out, publisher, livekit::RequestResponse::NOT_FOUND, {},
            [&](livekit::RequestResponse& answer) { *answer.mutable_update_video_track() = request; });
    return;
  }
  publication->info.set_width(request.width());
  publication->info.set_height(request.height());
  if (publication->live()) updates_.changed(publisher, Updates::Cause::kTrackDetail);
}

}  // namespace sfu::room

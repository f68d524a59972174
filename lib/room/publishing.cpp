// SPDX-License-Identifier: Apache-2.0
#include "room/publishing.hpp"

#include <algorithm>

#include "room/announcement.hpp"
#include "room/events.hpp"
#include "room/forwarded_participants.hpp"
#include "room/media_setup.hpp"
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

bool uses_kind(const Publication& publication, rtp::MediaKind kind) {
  return publication.is_video() == (kind == rtp::MediaKind::kVideo);
}

// Another codec of a published track (signalling 2.8): its entry learns the cid under which it will come.
bool add_backup_codec(livekit::TrackInfo& info, const livekit::AddTrackRequest& request) {
  for (const auto& wanted : request.simulcast_codecs()) {
    for (auto& codec : *info.mutable_codecs()) {
      if (rtp::codec_from_mime(codec.mime_type()) != rtp::codec_from_name(rtp::MediaKind::kVideo, wanted.codec())) {
        continue;
      }
      codec.set_cid(wanted.cid());
      *codec.mutable_layers() = wanted.layers();
      return true;
    }
  }
  return false;
}

}  // namespace

livekit::RequestResponse::Reason Publishing::refusal(Participant& publisher,
                                                     const livekit::AddTrackRequest& request) const {
  if (!publisher.profile.can_publish_source(request.source())) return livekit::RequestResponse::NOT_ALLOWED;
  if (request.type() != livekit::AUDIO && request.type() != livekit::VIDEO) {
    return livekit::RequestResponse::UNSUPPORTED_TYPE;
  }
  if (!request.sid().empty()) {
    return publisher.find_publication(request.sid()) == nullptr ? livekit::RequestResponse::NOT_FOUND
                                                                : livekit::RequestResponse::OK;
  }
  const auto pending =
      std::ranges::count_if(publisher.publications, [](const auto& publication) { return !publication->live(); });
  if (static_cast<std::size_t>(pending) >= kMaxPending) return livekit::RequestResponse::LIMIT_EXCEEDED;
  const bool in_use = std::ranges::any_of(
      publisher.publications, [&](const auto& publication) { return uses_cid(*publication, request.cid()); });
  if (!in_use) return livekit::RequestResponse::OK;
  const auto queued = std::ranges::count(publisher.queued_tracks, request.cid(), &livekit::AddTrackRequest::cid);
  const bool full =
      static_cast<std::size_t>(queued) >= kMaxQueuedPerCid || publisher.queued_tracks.size() >= kMaxPending;
  return full ? livekit::RequestResponse::LIMIT_EXCEEDED : livekit::RequestResponse::QUEUED;
}

void Publishing::add_track(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out) {
  const auto reason = refusal(publisher, request);
  if (reason == livekit::RequestResponse::QUEUED) publisher.queued_tracks.push_back(request);
  if (reason != livekit::RequestResponse::OK) {
    respond(out, publisher, reason, {},
            [&](livekit::RequestResponse& answer) { *answer.mutable_add_track() = request; });
    return;
  }
  if (request.sid().empty()) {
    announce(now, publisher, request, out);
    return;
  }
  auto& info = publisher.find_publication(request.sid())->info;
  if (add_backup_codec(info, request)) send_track_published(out, publisher, request.cid(), info);
}

void Publishing::announce(Instant now, Participant& publisher, const livekit::AddTrackRequest& request, Output& out) {
  auto publication = std::make_unique<Publication>();
  auto sid = make_sid(state_.random(), track_sid_prefix(request.type(), request.source()));
  state_.roster.add_track(sid, publisher.id);
  publication->info = make_track_info(request, std::move(sid), publisher.publish_codecs);
  publication->cid = request.cid();
  publication->publisher = publisher.id;
  send_track_published(out, publisher, request.cid(), publication->info);
  publisher.publications.push_back(std::move(publication));

  // The section may have been negotiated before: a client may offer first.
  auto& added = *publisher.publications.back();
  for (const auto& mid : publisher.publisher->sections().receive_mids()) {
    const auto* section = publisher.publisher->sections().receive_section(mid);
    if (section == nullptr || section->track_id != added.cid) continue;
    added.mid = mid;
    go_live(now, publisher, added, *section, out);
    return;
  }
}

void Publishing::mute(Instant now, Participant& publisher, const livekit::MuteTrackRequest& request, Output& out) {
  auto* publication = publisher.find_publication(request.sid());
  if (publication == nullptr) {
    respond(out, publisher, livekit::RequestResponse::NOT_FOUND, {},
            [&](livekit::RequestResponse& answer) { *answer.mutable_mute() = request; });
    return;
  }
  if (publication->info.muted() == request.muted()) return;
  publication->info.set_muted(request.muted());
  if (!publication->live()) return;
  auto media_out = state_.media_output(out);
  publication->media->set_muted(now, request.muted(), media_out);
  publication->dynacast.set_muted(now, request.muted());
  state_.reschedule(*publication);
  updates_.changed(publisher, Updates::Cause::kTrackDetail);
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

void Publishing::offer_applied(Instant now, Participant& publisher, const peer::OfferChanges& changes, Output& out) {
  const auto has_mid = [&](const std::string& mid) {
    return std::ranges::find_if(publisher.publications,
                                [&](const auto& publication) { return publication->mid == mid; });
  };
  // A section that starts with another msid ends the track that it had.
  for (const auto* mids : {&changes.stopped, &changes.started}) {
    for (const auto& mid : *mids) {
      const auto publication = has_mid(mid);
      if (publication != publisher.publications.end()) unpublish(now, publisher, **publication, out);
    }
  }
  // First those whose msid tells; a section without a match may then take what is left.
  std::vector<const peer::ReceiveSection*> unmatched;
  for (const auto& mid : changes.started) {
    const auto* section = publisher.publisher->sections().receive_section(mid);
    if (section == nullptr) continue;
    const auto match = std::ranges::find_if(publisher.publications, [&](const auto& publication) {
      return publication->mid.empty() && uses_kind(*publication, section->kind) &&
             uses_cid(*publication, section->track_id);
    });
    if (match != publisher.publications.end()) {
      (*match)->mid = section->mid;
    } else {
      unmatched.push_back(section);
    }
  }
  for (const auto* section : unmatched) claim(publisher, *section);
  set_options(publisher);
}

// Firefox changes the ids of tracks: the first one of the kind that waits is meant (signalling 2.7.5).
Publication* Publishing::claim(Participant& publisher, const peer::ReceiveSection& section) {
  for (auto& publication : publisher.publications) {
    if (!publication->mid.empty() || !uses_kind(*publication, section.kind)) continue;
    publication->mid = section.mid;
    publication->info.mutable_codecs(0)->set_sdp_cid(section.track_id);
    return publication.get();
  }
  return nullptr;
}

void Publishing::set_options(Participant& publisher) {
  auto& sections = publisher.publisher->sections();
  for (const auto& mid : sections.receive_mids()) {
    const auto* section = sections.receive_section(mid);
    if (section == nullptr) continue;
    const auto publication =
        std::ranges::find_if(publisher.publications, [&](const auto& candidate) { return candidate->mid == mid; });
    const auto* info = publication != publisher.publications.end() ? &(*publication)->info : nullptr;
    sections.set_receive_options(mid,
                                 receive_options(info, section->kind, publisher.profile, publisher.publish_codecs));
  }
}

void Publishing::answer_made(Instant now, Participant& publisher, Output& out) {
  publisher.publisher->configure_endpoint();
  for (auto& publication : publisher.publications) {
    if (publication->mid.empty()) continue;
    const auto* section = publisher.publisher->sections().receive_section(publication->mid);
    if (section != nullptr) go_live(now, publisher, *publication, *section, out);
  }
}

void Publishing::go_live(Instant now, Participant& publisher, Publication& publication,
                         const peer::ReceiveSection& section, Output& out) {
  if (!section.active || section.codecs.empty() || (publication.live() && publication.section == section)) return;
  auto& transport = *publisher.publisher;
  const auto config = published_track_config(section, publication.info, transport.rtcp_ssrc());
  publication.section = section;
  const auto primary = primary_codec(section, publication.info);
  publication.codecs = offered_codecs(section, primary);
  if (publication.live()) {
    publication.media->reconfigure(config);
    transport.endpoint().remove_track(*publication.media);
    route_section(transport.endpoint().router(), section, *publication.media);
    return;
  }

  publication.media = std::make_unique<media::PublishedTrack>(config, transport, state_.random());
  publication.timer = state_.timers.add(&publication);
  route_section(transport.endpoint().router(), section, *publication.media);
  transport.add_track(publication.media.get(), publication.timer);
  auto media_out = state_.media_output(out);
  publication.media->set_muted(now, publication.info.muted(), media_out);
  publication.dynacast.set_muted(now, publication.info.muted());
  if (publication.is_video()) publication.dynacast.start(now);

  auto& info = publication.info;
  info.set_mid(section.mid);
  info.set_mime_type(std::string(rtp::mime_type(primary)));
  info.mutable_codecs(0)->set_mime_type(info.mime_type());
  info.mutable_codecs(0)->set_mid(section.mid);
  info.mutable_version()->set_unix_micro(
      std::chrono::duration_cast<std::chrono::microseconds>(state_.wall_time(now).time_since_epoch()).count());

  const bool first = !publisher.profile.is_publisher();
  publisher.profile.set_publisher(true);
  state_.counts_changed |= first;
  updates_.changed(publisher, first ? Updates::Cause::kBecamePublisher : Updates::Cause::kTracks);
  raise_track_event(state_, Event::Type::kTrackPublished, publisher, publication, out);
  subscribing_.track_live(now, publisher, publication);
  state_.reschedule(publication);
}

void Publishing::media_changed(Instant now, Publication& publication, std::uint8_t changes, Output& out) {
  if ((changes & media::PublishedTrack::kStarted) == 0) return;
  // A client may start with another codec than it announced, out of those agreed.
  const auto codec = publication.media->codec();
  auto* publisher = state_.roster.find(publication.publisher);
  const bool offered = peer::find_codec(publication.codecs, codec) != nullptr;
  if (publisher == nullptr || offered || peer::find_codec(publication.section.codecs, codec) == nullptr) return;
  publication.codecs = offered_codecs(publication.section, codec);
  publication.info.set_mime_type(std::string(rtp::mime_type(codec)));
  publication.info.mutable_codecs(0)->set_mime_type(publication.info.mime_type());
  updates_.changed(*publisher, Updates::Cause::kTrackDetail);
  subscribing_.codec_changed(now, publication, out);
}

void Publishing::unpublish(Instant now, Participant& publisher, Publication& publication, Output& out) {
  const bool was_live = publication.live();
  const std::string cid = publication.cid;
  subscribing_.track_gone(now, publication, out);
  end_copies_of_track(now, state_, publisher, publication.sid(), out);
  if (was_live) {
    if (publisher.publisher) publisher.publisher->remove_track(publication.media.get());
    state_.timers.remove(publication.timer);
    raise_track_event(state_, Event::Type::kTrackUnpublished, publisher, publication, out);
    updates_.changed(publisher, Updates::Cause::kTracks);
  }
  state_.roster.remove_track(publication.sid());
  std::erase_if(publisher.publications, [&](const auto& candidate) { return candidate.get() == &publication; });

  const auto next = std::ranges::find(publisher.queued_tracks, cid, &livekit::AddTrackRequest::cid);
  if (next == publisher.queued_tracks.end()) return;
  const auto request = std::move(*next);
  publisher.queued_tracks.erase(next);
  if (publisher.profile.reachable()) announce(now, publisher, request, out);
}

void Publishing::withdraw_all(Instant now, Participant& publisher, Output& out) {
  for (auto& publication : publisher.publications) {
    subscribing_.track_gone(now, *publication, out);
    if (!publication->live()) continue;
    state_.timers.remove(std::exchange(publication->timer, kNoTimer));
    raise_track_event(state_, Event::Type::kTrackUnpublished, publisher, *publication, out);
  }
}

void Publishing::bring_all(Instant now, Participant& publisher, Output& out) {
  for (auto& publication : publisher.publications) {
    publication->publisher = publisher.id;
    state_.roster.add_track(publication->sid(), publisher.id);
    if (!publication->live()) continue;
    publication->timer = state_.timers.add(publication.get());
    publisher.publisher->set_timer(publication->media.get(), publication->timer);
    state_.reschedule(*publication);
    raise_track_event(state_, Event::Type::kTrackPublished, publisher, *publication, out);
    subscribing_.track_live(now, publisher, *publication);
  }
}

void Publishing::unpublish_all(Instant now, Participant& publisher, Output& out) {
  publisher.queued_tracks.clear();
  while (!publisher.publications.empty()) unpublish(now, publisher, *publisher.publications.back(), out);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// How announced codecs find their sections, and what their media then is.
#include <algorithm>

#include "room/announcement.hpp"
#include "room/codec_choice.hpp"
#include "room/events.hpp"
#include "room/figures.hpp"
#include "room/forwarded_participants.hpp"
#include "room/media_setup.hpp"
#include "room/publishing.hpp"

namespace sfu::room {

namespace {

bool uses_kind(const Publication& publication, rtp::MediaKind kind) {
  return publication.is_video() == (kind == rtp::MediaKind::kVideo);
}

livekit::SimulcastCodecInfo& entry_of(PublishedCodec& codec) {
  return *codec.publication->info.mutable_codecs(static_cast<int>(codec.index));
}

}  // namespace

void Publishing::offer_applied(Instant now, Participant& publisher, const peer::OfferChanges& changes, Output& out) {
  applying_offer_ = true;
  // A section that starts with another msid ends the track that it had.
  for (const auto* mids : {&changes.stopped, &changes.started}) {
    for (const auto& mid : *mids) {
      if (auto* codec = publisher.find_section(mid)) section_stopped(now, publisher, *codec, out);
    }
  }
  applying_offer_ = false;
  // First those whose msid tells, also of tracks that were queued until now; a section without a match may then take
  // what is left.
  std::vector<const peer::ReceiveSection*> unmatched;
  for (const auto& mid : publisher.publisher->receive_mids()) {
    const auto* section = publisher.publisher->receive_section(mid);
    if (section == nullptr || publisher.find_section(mid) != nullptr) continue;
    if (auto* codec = find_announced(publisher, *section)) {
      codec->mid = section->mid;
    } else if (std::ranges::find(changes.started, mid) != changes.started.end()) {
      unmatched.push_back(section);
    }
  }
  for (const auto* section : unmatched) claim(publisher, *section);
  set_options(publisher);
  // A client that restarts ICE may have lost what it was told meanwhile.
  if (changes.ice_restart) repeat_reports(now, publisher);
}

PublishedCodec* Publishing::find_announced(Participant& publisher, const peer::ReceiveSection& section) {
  for (auto& publication : publisher.publications) {
    if (!uses_kind(*publication, section.kind)) continue;
    for (auto& codec : publication->codecs) {
      const bool by_track = codec->index == 0 && publication->cid == section.track_id;
      if (codec->mid.empty() && (by_track || has_cid(entry_of(*codec), section.track_id))) return codec.get();
    }
  }
  return nullptr;
}

// Firefox changes the ids of tracks: the first one of the kind that waits is meant (signalling 2.7.5), and a backup
// only if its client has said that it comes.
PublishedCodec* Publishing::claim(Participant& publisher, const peer::ReceiveSection& section) {
  for (auto& publication : publisher.publications) {
    if (!uses_kind(*publication, section.kind)) continue;
    for (auto& codec : publication->codecs) {
      const bool expected = codec->index == 0 || !entry_of(*codec).cid().empty();
      if (!codec->mid.empty() || !expected) continue;
      codec->mid = section.mid;
      entry_of(*codec).set_sdp_cid(section.track_id);
      return codec.get();
    }
  }
  return nullptr;
}

// The section may have been negotiated before its track was announced: a client may offer first. While an offer is
// applied its codecs are not agreed yet: then offer_applied() gives the sections to all at once.
void Publishing::take_waiting_section(Instant now, Participant& publisher, PublishedCodec& codec, Output& out) {
  if (applying_offer_ || !codec.mid.empty()) return;
  for (const auto& mid : publisher.publisher->receive_mids()) {
    const auto* section = publisher.publisher->receive_section(mid);
    if (section == nullptr || publisher.find_section(mid) != nullptr) continue;
    if (find_announced(publisher, *section) != &codec) continue;
    codec.mid = mid;
    go_live(now, publisher, codec, *section, out);
    return;
  }
}

void Publishing::set_options(Participant& publisher) {
  auto& transport = *publisher.publisher;
  for (const auto& mid : transport.receive_mids()) {
    const auto* section = transport.receive_section(mid);
    if (section == nullptr) continue;
    const auto* codec = publisher.find_section(mid);
    const auto* info = codec != nullptr ? &codec->publication->info : nullptr;
    const auto announced = info != nullptr ? announced_codec(*info, codec->index) : rtp::Codec::kUnknown;
    transport.set_receive_options(
        mid, receive_options(info, announced, section->kind, publisher.profile, publisher.publish_codecs));
  }
}

void Publishing::answer_made(Instant now, Participant& publisher, Output& out) {
  publisher.publisher->configure_endpoint();
  for (auto& publication : publisher.publications) {
    for (auto& codec : publication->codecs) {
      if (codec->mid.empty()) continue;
      const auto* section = publisher.publisher->receive_section(codec->mid);
      if (section != nullptr) go_live(now, publisher, *codec, *section, out);
    }
  }
}

void Publishing::go_live(Instant now, Participant& publisher, PublishedCodec& codec,
                         const peer::ReceiveSection& section, Output& out) {
  if (!section.active || section.codecs.empty() || (codec.live() && codec.section == section)) return;
  auto& publication = *codec.publication;
  auto& info = publication.info;
  auto& transport = *publisher.publisher;
  const auto config = published_track_config(section, info, transport.rtcp_ssrc(), state_.sif_trailer, state_.options);
  // Routes that were learned by mid and rid are not told again: senders leave both out once they are known.
  const bool keeps_routes =
      section.streams.empty() && codec.section.mid == section.mid && codec.section.rids == section.rids;
  codec.section = section;
  const auto sent = expected_codec(section, announced_codec(info, codec.index));
  codec.makes_red = makes_red(info, sent, state_.options);
  codec.offered = offered_codecs(section, sent, codec.makes_red);
  if (codec.live()) {
    codec.media->reconfigure(config);
    if (!keeps_routes) transport.endpoint().remove_track(*codec.media);
    route_section(transport.endpoint().router(), section, *codec.media);
    return;
  }
  start_media(now, publisher, codec, config, out);
  entry_of(codec).set_mime_type(std::string(rtp::mime_type(sent)));
  entry_of(codec).set_mid(section.mid);
  info.mutable_version()->set_unix_micro(
      std::chrono::duration_cast<std::chrono::microseconds>(state_.wall_time(now).time_since_epoch()).count());
  if (codec.index != 0) {
    if (publication.live()) updates_.changed(publisher, Updates::Cause::kTrackDetail);
    subscribing_.codecs_changed(now, publication, out);
    return;
  }
  if (publication.is_video() || publication.codecs.size() > 1) codec.dynacast.start(now);
  info.set_mid(section.mid);
  info.set_mime_type(entry_of(codec).mime_type());
  const bool first = !publisher.profile.is_publisher();
  publisher.profile.set_publisher(true);
  state_.counts_changed |= first;
  updates_.changed(publisher, first ? Updates::Cause::kBecamePublisher : Updates::Cause::kTracks);
  ++state_.statistics().publish[kind_index(info)].successes;
  observe_pubsub(state_.statistics(), false, info, publisher, now - publication.announced_at);
  raise_track_event(state_, Event::Type::kTrackPublished, publisher, publication, out);
  subscribing_.track_live(now, publisher, publication);
}

void Publishing::start_media(Instant now, Participant& publisher, PublishedCodec& codec,
                             const media::PublishedTrackConfig& config, Output& out) {
  auto& transport = *publisher.publisher;
  const bool muted = codec.publication->info.muted();
  codec.media = std::make_shared<media::PublishedTrack>(config, transport, state_.random());
  if (!codec.publication->filters.empty()) codec.media->set_filters(&codec.publication->filters);
  codec.timer = state_.timers.add(&codec);
  route_section(transport.endpoint().router(), codec.section, *codec.media);
  transport.add_track(codec.media.get(), codec.timer);
  auto media_out = state_.media_output(out);
  codec.media->set_muted(now, muted, media_out);
  codec.dynacast.set_muted(now, muted);
  state_.timers.schedule(codec.timer, codec.media->deadline());
}

void Publishing::media_changed(Instant now, PublishedCodec& codec, std::uint8_t changes, Output& out) {
  if ((changes & media::PublishedTrack::kFrameRatesChanged) != 0) {
    subscribing_.frame_rates_changed(now, *codec.publication, out);
  }
  if ((changes & media::PublishedTrack::kStarted) == 0) return;
  codec_differs(now, codec, out);
  if (codec.index != 0) consider_regression(now, codec, out);
}

// A client may start with another codec than it announced, out of those agreed.
void Publishing::codec_differs(Instant now, PublishedCodec& codec, Output& out) {
  auto& publication = *codec.publication;
  const auto sent = codec.media->codec();
  auto* publisher = state_.roster.find(publication.publisher);
  const bool offered = peer::find_codec(codec.offered, sent) != nullptr;
  if (publisher == nullptr || offered || peer::find_codec(codec.section.codecs, sent) == nullptr) return;
  codec.makes_red = makes_red(publication.info, sent, state_.options);
  codec.offered = offered_codecs(codec.section, sent, codec.makes_red);
  entry_of(codec).set_mime_type(std::string(rtp::mime_type(sent)));
  if (codec.index == 0) publication.info.set_mime_type(entry_of(codec).mime_type());
  updates_.changed(*publisher, Updates::Cause::kTrackDetail);
  subscribing_.offer_changed(now, publication, out);
}

void Publishing::consider_regression(Instant now, PublishedCodec& codec, Output& out) {
  auto& publication = *codec.publication;
  std::size_t participants = 0;
  state_.roster.for_each(
      [&](const Participant& participant) { participants += participant.profile.is_dependent() ? 0 : 1; });
  const auto threshold = state_.options.codec_regression_threshold;
  if (publication.preferred == codec.index || !regresses_to_backup(publication.info, participants, threshold)) return;
  publication.preferred = codec.index;
  if (auto* publisher = state_.roster.find(publication.publisher)) publisher->refresh_copies();
  subscribing_.codecs_changed(now, publication, out);
  for (const auto& other : publication.codecs) {
    if (other->live() && !subscribing_.is_needed(*other)) other->dynacast.stop(now);
  }
}

// A track ends with the section of its first codec; without a backup it goes on.
void Publishing::section_stopped(Instant now, Participant& publisher, PublishedCodec& codec, Output& out) {
  auto& publication = *codec.publication;
  if (codec.index == 0) {
    unpublish(now, publisher, publication, out);
    return;
  }
  if (publication.preferred == codec.index) publication.preferred = 0;
  codec.mid.clear();
  entry_of(codec).clear_cid();
  entry_of(codec).clear_sdp_cid();
  entry_of(codec).clear_mid();
  if (!codec.live()) return;
  subscribing_.codec_ends(now, codec, out);
  end_copies_of_codec(now, state_, publisher, codec, out);
  publisher.publisher->remove_track(codec.media.get());
  state_.timers.remove(std::exchange(codec.timer, kNoTimer));
  codec.media.reset();
  updates_.changed(publisher, Updates::Cause::kTrackDetail);
}

void Publishing::unpublish(Instant now, Participant& publisher, Publication& publication, Output& out) {
  const bool was_live = publication.live();
  const std::string cid = publication.cid;
  subscribing_.track_gone(now, publication, out);
  end_copies_of_track(now, state_, publisher, publication.sid(), out);
  for (const auto& codec : publication.codecs) {
    if (!codec->live()) continue;
    if (publisher.publisher) publisher.publisher->remove_track(codec->media.get());
    state_.timers.remove(codec->timer);
  }
  if (was_live) {
    raise_track_event(state_, Event::Type::kTrackUnpublished, publisher, publication, out);
    updates_.changed(publisher, Updates::Cause::kTracks);
  } else {
    ++state_.statistics().publish[kind_index(publication.info)].cancels;
  }
  state_.roster.remove_track(publication.sid());
  publication.filters.end();
  std::erase_if(publisher.publications, [&](const auto& candidate) { return candidate.get() == &publication; });

  const auto next = std::ranges::find_if(publisher.queued_tracks,
                                         [&](const QueuedTrack& track) { return track.request.cid() == cid; });
  if (next == publisher.queued_tracks.end()) return;
  auto track = std::move(*next);
  publisher.queued_tracks.erase(next);
  if (publisher.profile.reachable()) announce(now, publisher, track.request, std::move(track.sid), out);
}

void Publishing::withdraw_all(Instant now, Participant& publisher, Output& out) {
  for (const auto& publication : publisher.publications) {
    subscribing_.track_gone(now, *publication, out);
    for (const auto& codec : publication->codecs) state_.timers.remove(std::exchange(codec->timer, kNoTimer));
    if (publication->live()) raise_track_event(state_, Event::Type::kTrackUnpublished, publisher, *publication, out);
  }
}

void Publishing::bring_all(Instant now, Participant& publisher, Output& out) {
  for (const auto& publication : publisher.publications) {
    publication->publisher = publisher.id;
    state_.roster.add_track(publication->sid(), publisher.id);
    for (const auto& codec : publication->codecs) {
      if (!codec->live()) continue;
      codec->timer = state_.timers.add(codec.get());
      publisher.publisher->set_timer(codec->media.get(), codec->timer);
    }
    state_.reschedule(*publication);
    if (!publication->live()) continue;
    raise_track_event(state_, Event::Type::kTrackPublished, publisher, *publication, out);
    subscribing_.track_live(now, publisher, *publication);
  }
}

void Publishing::unpublish_all(Instant now, Participant& publisher, Output& out) {
  publisher.queued_tracks.clear();
  while (!publisher.publications.empty()) unpublish(now, publisher, *publisher.publications.back(), out);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "client/publishing.hpp"

#include <algorithm>

#include "participant/announce.hpp"

namespace sfu::client {
namespace {

Errc code_of(livekit::RequestResponse::Reason reason) {
  switch (reason) {
    case livekit::RequestResponse::NOT_ALLOWED: return Errc::kPermissionDenied;
    case livekit::RequestResponse::NOT_FOUND: return Errc::kNotFound;
    case livekit::RequestResponse::LIMIT_EXCEEDED: return Errc::kLimitExceeded;
    case livekit::RequestResponse::UNSUPPORTED_TYPE: return Errc::kUnsupported;
    default: return Errc::kInternal;
  }
}

}  // namespace

Result<void> Publishing::publish(Instant now, PublishOptions options, Output& out) {
  if (find(options.cid) != nullptr) return fail(Errc::kAlreadyExists, "cid " + options.cid + " is published");
  auto track = std::make_unique<OutgoingTrack>(std::move(options), config_.audio_redundancy, *config_.random);
  SFU_CHECK_OK(track->bind(connection_));
  livekit::SignalRequest request;
  *request.mutable_add_track() = participant::to_request(track->options());
  if (track->redundant()) request.mutable_add_track()->clear_disable_red();
  out.requests.push_back(std::move(request));
  entries_.push_back({std::move(track), now + kAnswerTimeout});
  return {};
}

bool Publishing::unpublish(std::string_view cid, Output& out) {
  const auto entry = std::ranges::find_if(entries_, [&](const Entry& e) { return e.track->options().cid == cid; });
  if (entry == entries_.end()) return false;
  entry->track->stop(connection_, media_output(out));
  entries_.erase(entry);
  return true;
}

Result<void> Publishing::set_muted(Instant now, std::string_view cid, bool muted, Output& out) {
  OutgoingTrack* track = find(cid);
  if (track == nullptr) return fail(Errc::kNotFound, "no such track");
  track->set_muted(now, muted, media_output(out));
  if (!track->sid().empty()) request_mute(*track, out);  // else on_published() does it
  return {};
}

void Publishing::request_mute(const OutgoingTrack& track, Output& out) {
  livekit::SignalRequest request;
  request.mutable_mute()->set_sid(track.sid());
  request.mutable_mute()->set_muted(track.options().muted);
  out.requests.push_back(std::move(request));
}

OutgoingTrack* Publishing::find(std::string_view cid) {
  const auto entry = std::ranges::find_if(entries_, [&](const Entry& e) { return e.track->options().cid == cid; });
  return entry == entries_.end() ? nullptr : entry->track.get();
}

Publishing::Entries::iterator Publishing::find_sid(std::string_view sid) {
  return std::ranges::find_if(entries_, [&](const Entry& e) { return e.track->sid() == sid; });
}

bool Publishing::on_published(const livekit::TrackPublishedResponse& message, Output& out) {
  const auto entry =
      std::ranges::find_if(entries_, [&](const Entry& e) { return e.track->options().cid == message.cid(); });
  if (entry == entries_.end()) return false;
  entry->track->set_sid(message.track().sid());
  entry->track->set_info(message.track());
  entry->answer_by = kNever;
  if (message.track().muted() != entry->track->options().muted) request_mute(*entry->track, out);
  return true;
}

void Publishing::on_muted(Instant now, const livekit::MuteTrackRequest& message, Output& out) {
  const auto entry = find_sid(message.sid());
  if (entry != entries_.end()) entry->track->set_muted(now, message.muted(), media_output(out));
}

bool Publishing::on_unpublished(const livekit::TrackUnpublishedResponse& message, Output& out) {
  const auto entry = find_sid(message.track_sid());
  if (entry == entries_.end()) return false;
  fail_track(entry, {Errc::kPermissionDenied, "the server removed the track"}, out);
  return true;
}

void Publishing::on_refused(const livekit::RequestResponse& message, Output& out) {
  // QUEUED: accepted, and answered when the track of that cid before it has closed.
  if (!message.has_add_track() || message.reason() == livekit::RequestResponse::QUEUED) return;
  const auto entry = std::ranges::find_if(
      entries_, [&](const Entry& e) { return e.track->options().cid == message.add_track().cid(); });
  if (entry != entries_.end()) fail_track(entry, {code_of(message.reason()), message.message()}, out);
}

void Publishing::fail_track(Entries::iterator entry, Error error, Output& out) {
  out.events.emplace_back(PublishFailed{entry->track->options().cid, std::move(error)});
  entry->track->stop(connection_, media_output(out));
  entries_.erase(entry);
}

void Publishing::go_live(Instant now, Output& out) {
  if (!connection_.connected()) return;
  for (Entry& entry : entries_) {
    OutgoingTrack& track = *entry.track;
    if (track.started() || track.sid().empty()) continue;
    if (!track.start(now, connection_, media_output(out))) continue;
    out.events.emplace_back(PublishReady{track.options().cid, track.sid()});
  }
}

void Publishing::describe(livekit::SyncState& state) const {
  for (const Entry& entry : entries_) {
    if (entry.track->sid().empty()) continue;
    auto& published = *state.add_publish_tracks();
    published.set_cid(entry.track->options().cid);
    *published.mutable_track() = entry.track->info();
  }
}

std::int64_t Publishing::packets_lost() const {
  std::int64_t lost = 0;
  for (const Entry& entry : entries_) lost += entry.track->packets_lost();
  return lost;
}

void Publishing::advance(Instant now, Output& out) {
  for (std::size_t i = 0; i < entries_.size();) {
    const auto entry = entries_.begin() + static_cast<std::ptrdiff_t>(i);
    if (now >= entry->answer_by) {
      fail_track(entry, {Errc::kTimeout, "the server did not answer"}, out);
      continue;
    }
    entry->track->advance(now, media_output(out));
    ++i;
  }
  tell_keyframe_wishes(out);
}

void Publishing::tell_keyframe_wishes(Output& out) {
  for (const Entry& entry : entries_) {
    for (const std::size_t layer : entry.track->take_keyframe_wishes()) {
      out.events.emplace_back(KeyframeRequested{entry.track->options().cid, layer});
    }
  }
}

Instant Publishing::deadline() const {
  Instant earliest = kNever;
  for (const Entry& entry : entries_) earliest = std::min({earliest, entry.answer_by, entry.track->deadline()});
  return earliest;
}

}  // namespace sfu::client

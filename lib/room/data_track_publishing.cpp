// SPDX-License-Identifier: Apache-2.0
#include "room/data_track_publishing.hpp"

#include <algorithm>

#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr std::uint32_t kMaxHandle = 0xffff;
constexpr std::size_t kMaxNameBytes = 256;

using Reason = livekit::RequestResponse;

template <typename Encoding>
bool names_encoding(const Encoding& encoding, const DataLimits& limits) {
  if (encoding.value_case() != Encoding::kCustom) return true;
  return !encoding.custom().empty() && fits(encoding.custom().size(), limits.custom_encoding);
}

livekit::DataTrackInfo make_info(const livekit::PublishDataTrackRequest& request, std::string sid) {
  livekit::DataTrackInfo info;
  info.set_pub_handle(request.pub_handle());
  info.set_sid(std::move(sid));
  info.set_name(request.name());
  info.set_encryption(request.encryption());
  if (request.has_frame_encoding()) *info.mutable_frame_encoding() = request.frame_encoding();
  if (request.has_schema()) *info.mutable_schema() = request.schema();
  info.DiscardUnknownFields();  // everyone is told of it: no more than was looked at
  return info;
}

void send_unpublished(Output& out, const Participant& to, const livekit::DataTrackInfo& info) {
  livekit::SignalResponse response;
  *response.mutable_unpublish_data_track_response()->mutable_info() = info;
  send(out, to, std::move(response));
}

}  // namespace

std::optional<DataTrackPublishing::Refusal> DataTrackPublishing::refusal(
    const Participant& publisher, const livekit::PublishDataTrackRequest& request) const {
  if (!publisher.profile.can_publish_data() || !state_.options.data_tracks) {
    return Refusal{Reason::NOT_ALLOWED, "does not have permission to publish data"};
  }
  if (request.pub_handle() == 0 || request.pub_handle() > kMaxHandle) {
    return Refusal{Reason::INVALID_HANDLE, "the handle must be from 1 to 65535"};
  }
  if (request.name().empty() || request.name().size() > kMaxNameBytes) {
    return Refusal{Reason::INVALID_NAME, "the name must have 1 to 256 bytes"};
  }
  const auto& limits = state_.options.data_limits;
  if (!names_encoding(request.frame_encoding(), limits) || !names_encoding(request.schema().encoding(), limits)) {
    return Refusal{Reason::INVALID_REQUEST, "a custom encoding must be neither empty nor too long"};
  }
  if (request.schema().name().size() > kMaxNameBytes) {
    return Refusal{Reason::INVALID_REQUEST, "the schema's name must not exceed 256 bytes"};
  }
  if (publisher.data_tracks.contains(static_cast<std::uint16_t>(request.pub_handle()))) {
    return Refusal{Reason::DUPLICATE_HANDLE, "a data track of this handle is published"};
  }
  const auto has_name = [&](const auto& entry) { return entry.second.info.name() == request.name(); };
  if (std::ranges::any_of(publisher.data_tracks, has_name)) {
    return Refusal{Reason::DUPLICATE_NAME, "a data track of this name is published"};
  }
  if (publisher.data_tracks.size() + state_.questions.tracks_of(publisher.id) >= kMaxTracks)
    return Refusal{Reason::LIMIT_EXCEEDED, "too many data tracks"};
  return std::nullopt;
}

void DataTrackPublishing::publish(Instant now, Participant& publisher, const livekit::PublishDataTrackRequest& request,
                                  Output& out) {
  if (const auto refused = refusal(publisher, request)) {
    return refuse(publisher, request, refused->reason, refused->message, out);
  }
  const auto verdict = state_.questions.may_publish(now, publisher, request);
  if (verdict) decided(now, publisher, request, *verdict, out);
}

void DataTrackPublishing::decided(Instant now, Participant& publisher, const livekit::PublishDataTrackRequest& request,
                                  const Verdict& verdict, Output& out) {
  if (!verdict.allowed) return refuse(publisher, request, Reason::NOT_ALLOWED, verdict.reason, out);
  // Another of this handle or name may have come while this one waited.
  if (const auto refused = refusal(publisher, request)) {
    return refuse(publisher, request, refused->reason, refused->message, out);
  }
  begin(now, publisher, request, out);
}

void DataTrackPublishing::refuse(const Participant& publisher, const livekit::PublishDataTrackRequest& request,
                                 livekit::RequestResponse::Reason reason, std::string message, Output& out) {
  respond(out, publisher, reason, std::move(message),
          [&](livekit::RequestResponse& answer) { *answer.mutable_publish_data_track() = request; });
}

void DataTrackPublishing::begin(Instant now, Participant& publisher, const livekit::PublishDataTrackRequest& request,
                                Output& out) {
  const auto handle = static_cast<std::uint16_t>(request.pub_handle());
  auto& track = publisher.data_tracks[handle];
  track.info = make_info(request, make_sid(state_.random(), "DTR_"));
  state_.roster.add_data_track(track.info.sid(), publisher.id, handle);
  livekit::SignalResponse response;
  *response.mutable_publish_data_track_response()->mutable_info() = track.info;
  send(out, publisher, std::move(response));

  const bool first = !publisher.profile.is_publisher();
  publisher.profile.set_publisher(true);
  state_.counts_changed |= first;
  updates_.changed(publisher, first ? Updates::Cause::kBecamePublisher : Updates::Cause::kTracks);
  subscribing_.track_published(now, publisher, track);
}

void DataTrackPublishing::unpublish(Participant& publisher, const livekit::UnpublishDataTrackRequest& request,
                                    Output& out) {
  const bool valid = request.pub_handle() <= kMaxHandle;
  const auto found = publisher.data_tracks.find(static_cast<std::uint16_t>(request.pub_handle()));
  if (!valid || found == publisher.data_tracks.end()) {
    respond(out, publisher, Reason::NOT_FOUND, {},
            [&](livekit::RequestResponse& answer) { *answer.mutable_unpublish_data_track() = request; });
    return;
  }
  send_unpublished(out, publisher, found->second.info);
  remove(publisher, found);
}

void DataTrackPublishing::unpublish_all(Participant& publisher) {
  for (auto track = publisher.data_tracks.begin(); track != publisher.data_tracks.end();) {
    track = remove(publisher, track);
  }
}

void DataTrackPublishing::revoke(Output& out) {
  if (!state_.data_reconcile_pending) return;
  state_.roster.for_each([&](Participant& publisher) {
    if (publisher.reconcile_data && !publisher.profile.can_publish_data()) revoke_all(publisher, out);
  });
}

// Nobody asked: without a word the client would go on sending (the reference forgets to say so).
void DataTrackPublishing::revoke_all(Participant& publisher, Output& out) {
  for (const auto& [handle, track] : publisher.data_tracks) send_unpublished(out, publisher, track.info);
  unpublish_all(publisher);
}

void DataTrackPublishing::withdraw_all(Participant& publisher) {
  for (auto& [handle, track] : publisher.data_tracks) {
    subscribing_.track_gone(track);
    state_.roster.remove_data_track(track.info.sid());
    track.subscribers.clear();
  }
}

void DataTrackPublishing::bring_all(Instant now, Participant& publisher, Output& out) {
  if (!state_.options.data_tracks) return revoke_all(publisher, out);
  for (const auto& [handle, track] : publisher.data_tracks) {
    state_.roster.add_data_track(track.info.sid(), publisher.id, handle);
    subscribing_.track_published(now, publisher, track);
  }
}

bool DataTrackPublishing::agrees(const Participant& publisher, const livekit::SyncState& state) const {
  return std::ranges::all_of(state.publish_data_tracks(), [&](const livekit::PublishDataTrackResponse& believed) {
    const auto found = state_.roster.find_data_track(believed.info().sid());
    return found && found.publisher->id == publisher.id;
  });
}

DataTrackPublishing::Tracks::iterator DataTrackPublishing::remove(Participant& publisher, Tracks::iterator track) {
  subscribing_.track_gone(track->second);
  state_.roster.remove_data_track(track->second.info.sid());
  updates_.changed(publisher, Updates::Cause::kTracks);
  return publisher.data_tracks.erase(track);
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// RoomService: what concerns one participant.
#include <algorithm>
#include <optional>

#include "livekit_room.pb.h"
#include "services/common.hpp"
#include "services/rpc.hpp"
#include "sfu/room.hpp"
#include "wire/infos.hpp"

namespace sfu::services {
namespace {

using twirp::Outcome;

constexpr const char* kService = "livekit.RoomService";

// Unix time in seconds; one that no token has is as good as any.
std::optional<WallTime> revocation_of(const livekit::RoomParticipantIdentity& request) {
  constexpr std::int64_t kMost = 4'000'000'000;
  if (request.revoke_token_ts() <= 0) return std::nullopt;
  return WallTime(std::chrono::seconds(std::min(request.revoke_token_ts(), kMost)));
}

// For messages that name a room and an identity.
template <typename Request>
Participant participant_of(Engine& engine, const Request& request) {
  return engine.room(request.room()).participant(request.identity());
}

// Nobody is in a room that is not there.
std::string list_participants(Engine& engine, const livekit::ListParticipantsRequest& request) {
  return list_of(livekit::ListParticipantsResponse::kParticipantsFieldNumber,
                 engine.room(request.room()).participants().value_or({}));
}

Outcome<livekit::ParticipantInfo> update_participant(Engine& engine, const livekit::UpdateParticipantRequest& request) {
  const Participant participant = participant_of(engine, request);
  const auto not_done = [](const Error& error) {
    return error.code == Errc::kNotFound ? participant_not_found() : refuse(error);
  };
  const auto updated = participant.update(request.name(), request.metadata(),
                                          {request.attributes().begin(), request.attributes().end()});
  if (!updated) return not_done(updated.error());
  if (request.has_permission()) {
    const auto permitted = participant.set_permission(wire::to_info(request.permission()));
    if (!permitted) return not_done(permitted.error());
  }
  const auto info = participant.info();
  if (!info) return not_done(info.error());
  return message_of<livekit::ParticipantInfo>(*info);
}

Outcome<livekit::MuteRoomTrackResponse> mute(Engine& engine, const livekit::MuteRoomTrackRequest& request) {
  const Participant participant = participant_of(engine, request);
  if (const auto there = participant.info(); !there) return refuse(there.error());
  livekit::MuteRoomTrackResponse out;
  const auto track = participant.track(request.track_sid()).set_muted(request.muted());
  if (track) {
    *out.mutable_track() = message_of<livekit::TrackInfo>(*track);
  } else if (track.error().code != Errc::kNotFound) {
    return refuse(track.error());
  }
  return out;  // a track that is not there is no error
}

Outcome<livekit::UpdateSubscriptionsResponse> update_subscriptions(Engine& engine,
                                                                   const livekit::UpdateSubscriptionsRequest& request) {
  std::vector<std::string> tracks(request.track_sids().begin(), request.track_sids().end());
  for (const auto& of_one : request.participant_tracks()) {
    tracks.insert(tracks.end(), of_one.track_sids().begin(), of_one.track_sids().end());
  }
  const auto updated = participant_of(engine, request).update_subscriptions(tracks, request.subscribe());
  if (!updated) return refuse(updated.error());
  return livekit::UpdateSubscriptionsResponse();
}

// Moves or forwards.
template <typename Response, typename Request>
Outcome<Response> relocate(Engine& engine, const Request& request,
                           Result<void> (Participant::*operation)(const Room&) const) {
  if (request.room() == request.destination_room()) {
    return twirp::refuse_argument("destination room cannot be the same as source room", "");
  }
  const auto done = (participant_of(engine, request).*operation)(engine.room(request.destination_room()));
  if (!done) return refuse(done.error());
  return Response();
}

}  // namespace

void add_participant_methods(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options) {
  dispatcher.add_encoded<livekit::ListParticipantsRequest, livekit::ListParticipantsResponse>(
      kService, "ListParticipants",
      [&engine](const livekit::ListParticipantsRequest& in) { return list_participants(engine, in); });

  dispatcher.add<livekit::RoomParticipantIdentity, livekit::ParticipantInfo>(
      kService, "GetParticipant",
      [&engine](const livekit::RoomParticipantIdentity& in) -> Outcome<livekit::ParticipantInfo> {
        const auto info = participant_of(engine, in).info();
        if (!info) return participant_not_found();
        return message_of<livekit::ParticipantInfo>(*info);
      });

  dispatcher.add<livekit::RoomParticipantIdentity, livekit::RemoveParticipantResponse>(
      kService, "RemoveParticipant",
      [&engine](const livekit::RoomParticipantIdentity& in) -> Outcome<livekit::RemoveParticipantResponse> {
        if (!participant_of(engine, in).remove(revocation_of(in))) return participant_not_found();
        return livekit::RemoveParticipantResponse();
      });

  dispatcher.add<livekit::MuteRoomTrackRequest, livekit::MuteRoomTrackResponse>(
      kService, "MutePublishedTrack", [&engine](const livekit::MuteRoomTrackRequest& in) { return mute(engine, in); });

  dispatcher.add<livekit::UpdateParticipantRequest, livekit::ParticipantInfo>(
      kService, "UpdateParticipant",
      [&engine](const livekit::UpdateParticipantRequest& in) { return update_participant(engine, in); });
  dispatcher.check_first<livekit::UpdateParticipantRequest>(
      kService, "UpdateParticipant",
      [limits = options.limits](const livekit::UpdateParticipantRequest& in) -> Outcome<void> {
        if (!fits(in.name().size(), limits.name)) {
          return twirp::refuse_argument("name length exceeds limits", std::to_string(limits.name));
        }
        return check_limits(limits, in.metadata(), in.attributes());
      });

  dispatcher.add<livekit::UpdateSubscriptionsRequest, livekit::UpdateSubscriptionsResponse>(
      kService, "UpdateSubscriptions",
      [&engine](const livekit::UpdateSubscriptionsRequest& in) { return update_subscriptions(engine, in); });

  dispatcher.add<livekit::ForwardParticipantRequest, livekit::ForwardParticipantResponse>(
      kService, "ForwardParticipant", [&engine](const livekit::ForwardParticipantRequest& in) {
        return relocate<livekit::ForwardParticipantResponse>(engine, in, &Participant::forward_to);
      });

  dispatcher.add<livekit::MoveParticipantRequest, livekit::MoveParticipantResponse>(
      kService, "MoveParticipant", [&engine](const livekit::MoveParticipantRequest& in) {
        return relocate<livekit::MoveParticipantResponse>(engine, in, &Participant::move_to);
      });

  dispatcher.add_later<livekit::PerformRpcRequest, livekit::PerformRpcResponse>(
      kService, "PerformRpc",
      [&engine](const livekit::PerformRpcRequest& in, std::optional<Duration> limit, const RpcAnswer& answer) {
        perform_rpc(engine, in, limit, answer);
      });
}

}  // namespace sfu::services

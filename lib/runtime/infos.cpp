// SPDX-License-Identifier: Apache-2.0
#include "runtime/infos.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "room/figures.hpp"

namespace sfu::runtime {
namespace {

livekit::TrackSource to_message(TrackSource source) {
  switch (source) {
    case TrackSource::kCamera: return livekit::CAMERA;
    case TrackSource::kMicrophone: return livekit::MICROPHONE;
    case TrackSource::kScreenShare: return livekit::SCREEN_SHARE;
    case TrackSource::kScreenShareAudio: return livekit::SCREEN_SHARE_AUDIO;
    default: return livekit::UNKNOWN;
  }
}

ParticipantState to_state(livekit::ParticipantInfo::State state) {
  switch (state) {
    case livekit::ParticipantInfo::JOINED: return ParticipantState::kJoined;
    case livekit::ParticipantInfo::ACTIVE: return ParticipantState::kActive;
    case livekit::ParticipantInfo::DISCONNECTED: return ParticipantState::kDisconnected;
    default: return ParticipantState::kJoining;
  }
}

std::optional<EventKind> to_kind(room::Event::Type type) {
  using Type = room::Event::Type;
  switch (type) {
    case Type::kRoomStarted: return EventKind::kRoomStarted;
    case Type::kRoomFinished: return EventKind::kRoomFinished;
    case Type::kParticipantJoined: return EventKind::kParticipantJoined;
    case Type::kParticipantLeft: return EventKind::kParticipantLeft;
    case Type::kParticipantConnectionAborted: return EventKind::kParticipantConnectionAborted;
    case Type::kTrackPublished: return EventKind::kTrackPublished;
    case Type::kTrackUnpublished: return EventKind::kTrackUnpublished;
    default: return std::nullopt;
  }
}

TrackInfo without_message(const livekit::TrackInfo& track) {
  TrackInfo info;
  info.sid = track.sid();
  info.name = track.name();
  info.kind = room::kind_of(track);
  info.source = room::source_of(track.source());
  info.mime_type = track.mime_type();
  info.muted = track.muted();
  info.simulcast = track.layers_size() > 1;
  info.width = track.width();
  info.height = track.height();
  return info;
}

}  // namespace

TrackInfo to_info(const livekit::TrackInfo& track) {
  TrackInfo info = without_message(track);
  info.message = track.SerializeAsString();
  return info;
}

ParticipantInfo to_info(const livekit::ParticipantInfo& participant) {
  ParticipantInfo info;
  info.sid = participant.sid();
  info.identity = participant.identity();
  info.name = participant.name();
  info.metadata = participant.metadata();
  info.attributes.insert(participant.attributes().begin(), participant.attributes().end());
  info.state = to_state(participant.state());
  info.joined_at = WallTime(std::chrono::milliseconds(participant.joined_at_ms()));
  info.is_publisher = participant.is_publisher();
  info.hidden = participant.permission().hidden();
  const auto& details = participant.kind_details();
  info.forwarded = std::ranges::find(details, livekit::ParticipantInfo::FORWARDED) != details.end();
  for (const livekit::TrackInfo& track : participant.tracks()) info.tracks.push_back(without_message(track));
  info.message = participant.SerializeAsString();
  return info;
}

ParticipantPermission to_info(const livekit::ParticipantPermission& message) {
  ParticipantPermission permission;
  permission.can_subscribe = message.can_subscribe();
  permission.can_publish = message.can_publish();
  permission.can_publish_data = message.can_publish_data();
  for (const int source : message.can_publish_sources()) {
    permission.can_publish_sources.push_back(room::source_of(static_cast<livekit::TrackSource>(source)));
  }
  permission.can_update_metadata = message.can_update_metadata();
  permission.can_subscribe_metrics = message.can_subscribe_metrics();
  permission.can_manage_agent_session = message.can_manage_agent_session();
  permission.hidden = message.hidden();
  permission.recorder = message.recorder();
  permission.agent = message.agent();
  return permission;
}

livekit::ParticipantPermission to_message(const ParticipantPermission& permission) {
  livekit::ParticipantPermission message;
  message.set_can_subscribe(permission.can_subscribe);
  message.set_can_publish(permission.can_publish);
  message.set_can_publish_data(permission.can_publish_data);
  for (const TrackSource source : permission.can_publish_sources) {
    message.add_can_publish_sources(to_message(source));
  }
  message.set_can_update_metadata(permission.can_update_metadata);
  message.set_can_subscribe_metrics(permission.can_subscribe_metrics);
  message.set_can_manage_agent_session(permission.can_manage_agent_session);
  message.set_hidden(permission.hidden);
  message.set_recorder(permission.recorder);
  message.set_agent(permission.agent);
  return message;
}

RoomInfo to_info(const livekit::Room& room, const room::RoomOptions& options) {
  RoomInfo info;
  info.sid = room.sid();
  info.name = room.name();
  info.metadata = room.metadata();
  info.created_at = WallTime(std::chrono::milliseconds(room.creation_time_ms()));
  info.num_participants = room.num_participants();
  info.num_publishers = room.num_publishers();
  info.max_participants = room.max_participants();
  info.empty_timeout = std::chrono::seconds(room.empty_timeout());
  info.departure_timeout = std::chrono::seconds(room.departure_timeout());
  info.sync_streams = options.sync_streams;
  info.playout_delay = options.playout_delay;
  info.agents = options.agents;
  info.egress = options.egress;
  info.tags = options.tags;
  info.message = room.SerializeAsString();
  return info;
}

std::optional<Event> to_event(room::Event event, const room::RoomOptions& options, WallTime at) {
  const auto kind = to_kind(event.type);
  if (!kind) return std::nullopt;
  Event news{.kind = *kind,
             .id = {},
             .room = to_info(event.room, options),
             .participant = to_info(event.participant),
             .track = to_info(event.track),
             .at = at,
             .details = nullptr};
  news.details = std::make_shared<const room::Event>(std::move(event));
  return news;
}

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
#include "wire/infos.hpp"

#include <algorithm>

namespace sfu::wire {
namespace {

ParticipantState to_state(livekit::ParticipantInfo::State state) {
  switch (state) {
    case livekit::ParticipantInfo::JOINED: return ParticipantState::kJoined;
    case livekit::ParticipantInfo::ACTIVE: return ParticipantState::kActive;
    case livekit::ParticipantInfo::DISCONNECTED: return ParticipantState::kDisconnected;
    default: return ParticipantState::kJoining;
  }
}

TrackInfo without_message(const livekit::TrackInfo& track) {
  TrackInfo info;
  info.sid = track.sid();
  info.name = track.name();
  info.kind = to_kind(track);
  info.source = to_source(track.source());
  info.mime_type = track.mime_type();
  info.muted = track.muted();
  info.simulcast = track.simulcast() || track.layers_size() > 1;
  info.width = track.width();
  info.height = track.height();
  return info;
}

}  // namespace

TrackSource to_source(livekit::TrackSource source) {
  switch (source) {
    case livekit::CAMERA: return TrackSource::kCamera;
    case livekit::MICROPHONE: return TrackSource::kMicrophone;
    case livekit::SCREEN_SHARE: return TrackSource::kScreenShare;
    case livekit::SCREEN_SHARE_AUDIO: return TrackSource::kScreenShareAudio;
    default: return TrackSource::kUnknown;
  }
}

TrackKind to_kind(const livekit::TrackInfo& track) {
  switch (track.type()) {
    case livekit::AUDIO: return TrackKind::kAudio;
    case livekit::VIDEO: return TrackKind::kVideo;
    default: return TrackKind::kData;
  }
}

RoomInfo to_info(const livekit::Room& room) {
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
  info.message = room.SerializeAsString();
  return info;
}

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
    permission.can_publish_sources.push_back(to_source(static_cast<livekit::TrackSource>(source)));
  }
  permission.can_update_metadata = message.can_update_metadata();
  permission.can_subscribe_metrics = message.can_subscribe_metrics();
  permission.can_manage_agent_session = message.can_manage_agent_session();
  permission.hidden = message.hidden();
  permission.recorder = message.recorder();
  permission.agent = message.agent();
  return permission;
}

livekit::TrackSource to_message(TrackSource source) {
  switch (source) {
    case TrackSource::kCamera: return livekit::CAMERA;
    case TrackSource::kMicrophone: return livekit::MICROPHONE;
    case TrackSource::kScreenShare: return livekit::SCREEN_SHARE;
    case TrackSource::kScreenShareAudio: return livekit::SCREEN_SHARE_AUDIO;
    default: return livekit::UNKNOWN;
  }
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

}  // namespace sfu::wire

// SPDX-License-Identifier: Apache-2.0
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

static_assert(static_cast<int>(TrackKind::kData) == SFU_TRACK_KIND_DATA);
static_assert(static_cast<int>(TrackSource::kScreenShareAudio) == SFU_TRACK_SOURCE_SCREEN_SHARE_AUDIO);
static_assert(static_cast<int>(ParticipantState::kDisconnected) == SFU_PARTICIPANT_DISCONNECTED);

std::int64_t to_ms_or_none(WallTime time) {
  return time == WallTime{} ? 0 : to_ms(time);
}

}  // namespace

const sfu_track_info* to_c(Arena& arena, const TrackInfo& track) {
  auto* made = arena.make<sfu_track_info>();
  made->kind = static_cast<sfu_track_kind>(track.kind);
  made->source = static_cast<sfu_track_source>(track.source);
  made->muted = track.muted;
  made->simulcast = track.simulcast;
  made->width = track.width;
  made->height = track.height;
  made->sid = arena.text(track.sid);
  made->name = arena.text(track.name);
  made->mime_type = arena.text(track.mime_type);
  made->message = arena.bytes(track.message);
  made->message_length = track.message.size();
  return made;
}

const sfu_participant_info* to_c(Arena& arena, const ParticipantInfo& participant) {
  auto* made = arena.make<sfu_participant_info>();
  made->state = static_cast<sfu_participant_state>(participant.state);
  made->is_publisher = participant.is_publisher;
  made->hidden = participant.hidden;
  made->forwarded = participant.forwarded;
  made->sid = arena.text(participant.sid);
  made->identity = arena.text(participant.identity);
  made->name = arena.text(participant.name);
  made->metadata = arena.text(participant.metadata);
  made->attributes = arena.pairs(participant.attributes);
  made->attribute_count = participant.attributes.size();
  made->joined_at_ms = to_ms_or_none(participant.joined_at);
  made->tracks =
      arena.pointers<sfu_track_info>(participant.tracks, [&](const TrackInfo& track) { return to_c(arena, track); });
  made->track_count = participant.tracks.size();
  made->message = arena.bytes(participant.message);
  made->message_length = participant.message.size();
  return made;
}

const sfu_room_info* to_c(Arena& arena, const RoomInfo& room) {
  auto* made = arena.make<sfu_room_info>();
  made->num_participants = room.num_participants;
  made->num_publishers = room.num_publishers;
  made->max_participants = room.max_participants;
  made->sid = arena.text(room.sid);
  made->name = arena.text(room.name);
  made->metadata = arena.text(room.metadata);
  made->created_at_ms = to_ms_or_none(room.created_at);
  made->empty_timeout_ms = to_ms(room.empty_timeout);
  made->departure_timeout_ms = to_ms(room.departure_timeout);
  made->playout_delay_min_ms = to_ms(room.playout_delay.min);
  made->playout_delay_max_ms = to_ms(room.playout_delay.max);
  made->sync_streams = room.sync_streams;
  made->agents = arena.text(room.agents);
  made->egress = arena.text(room.egress);
  made->tags = arena.pairs(room.tags);
  made->tag_count = room.tags.size();
  made->message = arena.bytes(room.message);
  made->message_length = room.message.size();
  return made;
}

const sfu_permission* to_c(Arena& arena, const ParticipantPermission& permission) {
  auto* made = arena.make<sfu_permission>();
  made->can_subscribe = permission.can_subscribe;
  made->can_publish = permission.can_publish;
  made->can_publish_data = permission.can_publish_data;
  made->can_update_metadata = permission.can_update_metadata;
  made->can_subscribe_metrics = permission.can_subscribe_metrics;
  made->can_manage_agent_session = permission.can_manage_agent_session;
  made->hidden = permission.hidden;
  made->recorder = permission.recorder;
  made->agent = permission.agent;
  const auto& sources = permission.can_publish_sources;
  auto* copies = arena.array<sfu_track_source>(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) copies[i] = static_cast<sfu_track_source>(sources[i]);
  made->can_publish_sources = copies;
  made->can_publish_source_count = sources.size();
  return made;
}

const sfu_agent_dispatch* to_c(Arena& arena, const AgentDispatch& dispatch) {
  auto* made = arena.make<sfu_agent_dispatch>();
  made->id = arena.text(dispatch.id);
  made->agent_name = arena.text(dispatch.agent_name);
  made->metadata = arena.text(dispatch.metadata);
  made->attributes = arena.pairs(dispatch.attributes);
  made->attribute_count = dispatch.attributes.size();
  made->deployment = arena.text(dispatch.deployment);
  made->restarts = dispatch.restarts ? SFU_ON : SFU_OFF;
  made->created_at_ms = to_ms_or_none(dispatch.created_at);
  return made;
}

const sfu_rpc_result* to_c(Arena& arena, const RpcResult& result) {
  auto* made = arena.make<sfu_rpc_result>();
  const auto* payload = std::get_if<std::string>(&result);
  const RpcError error = payload != nullptr ? RpcError{} : std::get<RpcError>(result);
  made->error_code = error.code;
  made->payload = arena.text(payload != nullptr ? *payload : "");
  made->error_message = arena.text(error.message);
  made->error_data = arena.text(error.data);
  return made;
}

}  // namespace sfu::capi

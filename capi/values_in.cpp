// SPDX-License-Identifier: Apache-2.0
#include "capi/values.hpp"
#include "sfu-c/room_options.h"

namespace sfu::capi {

TrackSource to_source(sfu_track_source source) {
  return enumerated(source, TrackSource::kScreenShareAudio, "a track's source");
}

ParticipantPermission from_c(const sfu_permission* permission) {
  const sfu_permission in = read(permission);
  ParticipantPermission made;
  made.can_subscribe = in.can_subscribe != 0;
  made.can_publish = in.can_publish != 0;
  made.can_publish_data = in.can_publish_data != 0;
  made.can_update_metadata = in.can_update_metadata != 0;
  made.can_subscribe_metrics = in.can_subscribe_metrics != 0;
  made.can_manage_agent_session = in.can_manage_agent_session != 0;
  made.hidden = in.hidden != 0;
  made.recorder = in.recorder != 0;
  made.agent = in.agent != 0;
  if (in.can_publish_sources == nullptr && in.can_publish_source_count > 0) refuse_argument("a list is NULL");
  for (std::size_t i = 0; i < in.can_publish_source_count; ++i) {
    made.can_publish_sources.push_back(to_source(in.can_publish_sources[i]));
  }
  return made;
}

ParticipantUpdate from_c(const sfu_participant_changes* changes) {
  const sfu_participant_changes in = read(changes);
  ParticipantUpdate made{.name = text(in.name, "name"),
                         .metadata = text(in.metadata, "metadata"),
                         .attributes = pairs(in.attributes, in.attribute_count, "attributes")};
  if (in.permission != nullptr) made.permission = from_c(in.permission);
  return made;
}

AgentDispatch from_c(const sfu_agent_dispatch* dispatch) {
  const sfu_agent_dispatch in = read(dispatch);
  AgentDispatch made;
  made.agent_name = text(in.agent_name, "agent_name");
  made.metadata = text(in.metadata, "metadata");
  made.attributes = pairs(in.attributes, in.attribute_count, "attributes");
  made.deployment = text(in.deployment, "deployment");
  set(made.restarts, in.restarts, "restarts");
  return made;
}

DataOptions from_c(const sfu_data_options* options) {
  const sfu_data_options in = read_or_default(options);
  DataOptions made;
  made.topic = text(in.topic, "topic");
  made.to = texts(in.to, in.to_count, "to");
  made.to_sids = texts(in.to_sids, in.to_sid_count, "to_sids");
  set(made.reliable, in.reliable, "reliable");
  const auto nonce = bytes(in.nonce, in.nonce_length);
  made.nonce.assign(nonce.begin(), nonce.end());
  return made;
}

RpcRequest from_c(const sfu_rpc_request* request, Duration default_timeout) {
  const sfu_rpc_request in = read(request);
  RpcRequest made{.method = needed_text(in.method, "the method"), .payload = text(in.payload, "payload")};
  made.response_timeout =
      in.response_timeout_ms == 0 ? default_timeout : milliseconds(in.response_timeout_ms, "response_timeout_ms");
  return made;
}

RpcResult from_c(const sfu_rpc_result* result) {
  const sfu_rpc_result in = read(result);
  if (in.error_code == 0) return text(in.payload, "payload");
  return RpcError{.code = in.error_code,
                  .message = text(in.error_message, "error_message"),
                  .data = text(in.error_data, "error_data")};
}

RoomConfiguration from_c(const sfu_room_configuration* configuration) {
  const sfu_room_configuration in = read_or_default(configuration);
  RoomConfiguration made;
  made.empty_timeout = milliseconds(in.empty_timeout_ms, "empty_timeout_ms");
  made.departure_timeout = milliseconds(in.departure_timeout_ms, "departure_timeout_ms");
  made.max_participants = in.max_participants;
  made.metadata = text(in.metadata, "metadata");
  made.sync_streams = in.sync_streams != 0;
  made.playout_delay = {milliseconds(in.playout_delay_min_ms, "playout_delay_min_ms"),
                        milliseconds(in.playout_delay_max_ms, "playout_delay_max_ms")};
  made.agents = text(in.agents, "agents");
  made.egress = text(in.egress, "egress");
  made.tags = pairs(in.tags, in.tag_count, "tags");
  return made;
}

}  // namespace sfu::capi

// SPDX-License-Identifier: Apache-2.0
#include "capi/claims.hpp"

#include "capi/input.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

static_assert(static_cast<int>(ParticipantKind::kBridge) == SFU_PARTICIPANT_KIND_BRIDGE);

sfu_setting to_setting(std::optional<bool> value) {
  return !value ? SFU_DEFAULT : *value ? SFU_ON : SFU_OFF;
}

const sfu_video_grant* to_c(Arena& arena, const VideoGrant& grant) {
  auto* made = arena.make<sfu_video_grant>();
  made->room_join = grant.room_join;
  made->room = arena.text(grant.room);
  made->destination_room = arena.text(grant.destination_room);
  made->room_create = grant.room_create;
  made->room_list = grant.room_list;
  made->room_record = grant.room_record;
  made->room_admin = grant.room_admin;
  made->ingress_admin = grant.ingress_admin;
  made->can_publish = to_setting(grant.can_publish);
  made->can_subscribe = to_setting(grant.can_subscribe);
  made->can_publish_data = to_setting(grant.can_publish_data);
  made->can_update_own_metadata = to_setting(grant.can_update_own_metadata);
  made->can_subscribe_metrics = to_setting(grant.can_subscribe_metrics);
  made->can_manage_agent_session = to_setting(grant.can_manage_agent_session);
  made->can_publish_sources = arena.texts(grant.can_publish_sources);
  made->can_publish_source_count = grant.can_publish_sources.size();
  made->hidden = grant.hidden;
  made->recorder = grant.recorder;
  made->agent = grant.agent;
  return made;
}

void other_grants_to_c(Arena& arena, const Claims& claims, sfu_claims& made) {
  if (claims.sip) {
    auto* sip = arena.make<sfu_sip_grant>();
    sip->admin = claims.sip->admin;
    sip->call = claims.sip->call;
    made.sip = sip;
  }
  if (claims.agent) {
    auto* agent = arena.make<sfu_agent_grant>();
    agent->admin = claims.agent->admin;
    agent->simulation_admin = claims.agent->simulation_admin;
    agent->database_admin = claims.agent->database_admin;
    made.agent = agent;
  }
  if (claims.inference) {
    auto* inference = arena.make<sfu_inference_grant>();
    inference->perform = claims.inference->perform;
    made.inference = inference;
  }
  if (claims.observability) {
    auto* observability = arena.make<sfu_observability_grant>();
    observability->write = claims.observability->write;
    made.observability = observability;
  }
}

void other_grants_from_c(const sfu_claims& in, Claims& made) {
  if (in.sip != nullptr) {
    const auto sip = read(in.sip);
    made.sip = SipGrant{.admin = sip.admin != 0, .call = sip.call != 0};
  }
  if (in.agent != nullptr) {
    const auto agent = read(in.agent);
    made.agent = AgentGrant{.admin = agent.admin != 0,
                            .simulation_admin = agent.simulation_admin != 0,
                            .database_admin = agent.database_admin != 0};
  }
  if (in.inference != nullptr) made.inference = InferenceGrant{.perform = read(in.inference).perform != 0};
  if (in.observability != nullptr) {
    made.observability = ObservabilityGrant{.write = read(in.observability).write != 0};
  }
}

}  // namespace

const sfu_claims* to_c(Arena& arena, const Claims& claims) {
  auto* made = arena.make<sfu_claims>();
  made->kind = static_cast<sfu_participant_kind>(claims.kind);
  made->api_key = arena.text(claims.api_key);
  made->identity = arena.text(claims.identity);
  made->name = arena.text(claims.name);
  made->metadata = arena.text(claims.metadata);
  made->attributes = arena.pairs(claims.attributes);
  made->attribute_count = claims.attributes.size();
  made->kind_details = arena.texts(claims.kind_details);
  made->kind_detail_count = claims.kind_details.size();
  if (claims.video) made->video = to_c(arena, *claims.video);
  other_grants_to_c(arena, claims, *made);
  made->room_config = arena.text(claims.room_config);
  made->room_preset = arena.text(claims.room_preset);
  made->sha256 = arena.text(claims.sha256);
  if (claims.not_before) made->not_before_ms = to_ms(*claims.not_before);
  if (claims.issued_at) made->issued_at_ms = to_ms(*claims.issued_at);
  made->expires_at_ms = to_ms(claims.expires_at);
  return made;
}

Claims from_c(const sfu_claims* claims) {
  const sfu_claims in = read(claims);
  Claims made;
  made.api_key = text(in.api_key, "api_key");
  made.identity = text(in.identity, "identity");
  made.name = text(in.name, "name");
  made.metadata = text(in.metadata, "metadata");
  made.attributes = pairs(in.attributes, in.attribute_count, "attributes");
  made.kind = enumerated(in.kind, ParticipantKind::kBridge, "a participant's kind");
  made.kind_details = texts(in.kind_details, in.kind_detail_count, "kind_details");
  if (in.video != nullptr) made.video = from_c(in.video);
  other_grants_from_c(in, made);
  made.room_config = text(in.room_config, "room_config");
  made.room_preset = text(in.room_preset, "room_preset");
  made.sha256 = text(in.sha256, "sha256");
  made.not_before = wall_time(in.not_before_ms, "not_before_ms");
  made.issued_at = wall_time(in.issued_at_ms, "issued_at_ms");
  made.expires_at = wall_time(in.expires_at_ms, "expires_at_ms").value_or(WallTime{});
  return made;
}

VideoGrant from_c(const sfu_video_grant* grant) {
  const sfu_video_grant in = read(grant);
  VideoGrant made;
  made.room_join = in.room_join != 0;
  made.room = text(in.room, "room");
  made.destination_room = text(in.destination_room, "destination_room");
  made.room_create = in.room_create != 0;
  made.room_list = in.room_list != 0;
  made.room_record = in.room_record != 0;
  made.room_admin = in.room_admin != 0;
  made.ingress_admin = in.ingress_admin != 0;
  made.can_publish = setting(in.can_publish, "can_publish");
  made.can_subscribe = setting(in.can_subscribe, "can_subscribe");
  made.can_publish_data = setting(in.can_publish_data, "can_publish_data");
  made.can_update_own_metadata = setting(in.can_update_own_metadata, "can_update_own_metadata");
  made.can_subscribe_metrics = setting(in.can_subscribe_metrics, "can_subscribe_metrics");
  made.can_manage_agent_session = setting(in.can_manage_agent_session, "can_manage_agent_session");
  made.can_publish_sources = texts(in.can_publish_sources, in.can_publish_source_count, "can_publish_sources");
  made.hidden = in.hidden != 0;
  made.recorder = in.recorder != 0;
  made.agent = in.agent != 0;
  return made;
}

}  // namespace sfu::capi

// SPDX-License-Identifier: Apache-2.0
// What an access token says about its bearer, as plain values. The fields are the claims of LiveKit's tokens.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sfu/time.hpp"

namespace sfu {

// The `video` claim: what the bearer may do. An optional that is not set takes the protocol's default, which the
// may_...() functions apply.
struct VideoGrant {
  bool room_join = false;
  std::string room{};  // what room_join and room_admin apply to
  std::string destination_room{};
  bool room_create = false;
  bool room_list = false;
  bool room_record = false;
  bool room_admin = false;
  bool ingress_admin = false;

  std::optional<bool> can_publish{};
  std::optional<bool> can_subscribe{};
  std::optional<bool> can_publish_data{};
  std::vector<std::string> can_publish_sources{};  // "camera", "microphone", ..., exactly; empty: all
  std::optional<bool> can_update_own_metadata{};
  std::optional<bool> can_subscribe_metrics{};
  std::optional<bool> can_manage_agent_session{};

  bool hidden = false;  // other participants do not see it
  bool recorder = false;
  bool agent = false;

  bool may_publish() const { return can_publish.value_or(true); }
  bool may_subscribe() const { return can_subscribe.value_or(true); }
  bool may_publish_data() const { return can_publish_data.value_or(may_publish()); }
  bool may_update_own_metadata() const { return can_update_own_metadata.value_or(false); }
  bool may_subscribe_metrics() const { return can_subscribe_metrics.value_or(false); }
  bool may_manage_agent_session() const { return can_manage_agent_session.value_or(false); }
};

// The `sip` claim.
struct SipGrant {
  bool admin = false;
  bool call = false;
};

// The `agent`, `inference` and `observability` claims, which an SFU does not read but hands on.
struct AgentGrant {
  bool admin = false;
  bool simulation_admin = false;
  bool database_admin = false;
};
struct InferenceGrant {
  bool perform = false;
};
struct ObservabilityGrant {
  bool write = false;
};

enum class ParticipantKind { kStandard, kIngress, kEgress, kSip, kAgent, kConnector, kBridge };

struct Claims {
  std::string api_key;  // `iss`: which key signed it
  std::string identity;
  std::string name;
  std::string metadata;
  std::map<std::string, std::string> attributes;
  ParticipantKind kind = ParticipantKind::kStandard;
  std::vector<std::string> kind_details;  // "cloud_agent", "forwarded", ...
  std::optional<VideoGrant> video;        // absent: may do nothing with rooms
  std::optional<SipGrant> sip;
  std::optional<AgentGrant> agent;
  std::optional<InferenceGrant> inference;
  std::optional<ObservabilityGrant> observability;

  // Settings for a room that this bearer's joining creates.
  std::string room_config;  // JSON text of a RoomConfiguration message; empty: none
  std::string room_preset;
  std::string sha256;  // base64 of a body's digest; webhooks only

  std::optional<WallTime> not_before;
  std::optional<WallTime> issued_at;
  WallTime expires_at{};
};

}  // namespace sfu

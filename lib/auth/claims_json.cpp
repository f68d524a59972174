// SPDX-License-Identifier: Apache-2.0
#include "auth/claims_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

namespace sfu::auth {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, bool VideoGrant::*>, 9> kFlags{{
    {"roomJoin", &VideoGrant::room_join},
    {"roomCreate", &VideoGrant::room_create},
    {"roomList", &VideoGrant::room_list},
    {"roomRecord", &VideoGrant::room_record},
    {"roomAdmin", &VideoGrant::room_admin},
    {"ingressAdmin", &VideoGrant::ingress_admin},
    {"hidden", &VideoGrant::hidden},
    {"recorder", &VideoGrant::recorder},
    {"agent", &VideoGrant::agent},
}};

constexpr std::array<std::pair<std::string_view, std::optional<bool> VideoGrant::*>, 6> kOptionalFlags{{
    {"canPublish", &VideoGrant::can_publish},
    {"canSubscribe", &VideoGrant::can_subscribe},
    {"canPublishData", &VideoGrant::can_publish_data},
    {"canUpdateOwnMetadata", &VideoGrant::can_update_own_metadata},
    {"canSubscribeMetrics", &VideoGrant::can_subscribe_metrics},
    {"canManageAgentSession", &VideoGrant::can_manage_agent_session},
}};

constexpr std::array<std::pair<std::string_view, ParticipantKind>, 7> kKinds{{
    {"standard", ParticipantKind::kStandard},
    {"ingress", ParticipantKind::kIngress},
    {"egress", ParticipantKind::kEgress},
    {"sip", ParticipantKind::kSip},
    {"agent", ParticipantKind::kAgent},
    {"connector", ParticipantKind::kConnector},
    {"bridge", ParticipantKind::kBridge},
}};

constexpr std::array<std::pair<std::string_view, bool SipGrant::*>, 2> kSipFlags{{
    {"admin", &SipGrant::admin},
    {"call", &SipGrant::call},
}};
constexpr std::array<std::pair<std::string_view, bool AgentGrant::*>, 3> kAgentFlags{{
    {"admin", &AgentGrant::admin},
    {"simulationAdmin", &AgentGrant::simulation_admin},
    {"databaseAdmin", &AgentGrant::database_admin},
}};
constexpr std::array<std::pair<std::string_view, bool InferenceGrant::*>, 1> kInferenceFlags{{
    {"perform", &InferenceGrant::perform},
}};
constexpr std::array<std::pair<std::string_view, bool ObservabilityGrant::*>, 1> kObservabilityFlags{{
    {"write", &ObservabilityGrant::write},
}};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

// read(value, field): false if the type is wrong; null leaves the field as it is.
bool read(const json::value& value, bool& field) {
  if (value.is_null()) return true;
  if (!value.is_bool()) return false;
  field = value.as_bool();
  return true;
}

bool read(const json::value& value, std::optional<bool>& field) {
  if (value.is_null()) return true;
  if (!value.is_bool()) return false;
  field = value.as_bool();
  return true;
}

bool read(const json::value& value, std::string& field) {
  if (value.is_null()) return true;
  if (!value.is_string()) return false;
  field = std::string_view(value.as_string());
  return true;
}

bool read(const json::value& value, std::vector<std::string>& field) {
  if (value.is_null()) return true;
  if (!value.is_array()) return false;
  field.clear();
  for (const auto& entry : value.as_array()) {
    if (!read(entry, field.emplace_back())) return false;
  }
  return true;
}

bool read(const json::value& value, std::map<std::string, std::string>& field) {
  if (value.is_null()) return true;
  if (!value.is_object()) return false;
  field.clear();
  for (const auto& [name, entry] : value.as_object()) {
    if (!read(entry, field[std::string(name)])) return false;
  }
  return true;
}

// NumericDate (RFC 7519 2): seconds, perhaps with a fraction. Held within what WallTime can count.
bool read(const json::value& value, std::optional<WallTime>& field) {
  constexpr double kLimit = 9e9;  // the year 2255
  if (value.is_null()) return true;
  if (!value.is_number()) return false;
  const auto number = value.to_number<double>();
  if (std::isnan(number)) return false;  // "0e999": the parser multiplies nothing by infinity
  const std::chrono::duration<double> seconds(std::clamp(number, -kLimit, kLimit));
  field = WallTime(std::chrono::duration_cast<Duration>(seconds));
  return true;
}

bool read_video_field(std::string_view name, const json::value& value, VideoGrant& grant) {
  for (const auto& [flag, member] : kFlags) {
    if (same_name(name, flag)) return read(value, grant.*member);
  }
  for (const auto& [flag, member] : kOptionalFlags) {
    if (same_name(name, flag)) return read(value, grant.*member);
  }
  if (same_name(name, "room")) return read(value, grant.room);
  if (same_name(name, "destinationRoom")) return read(value, grant.destination_room);
  if (same_name(name, "canPublishSources")) return read(value, grant.can_publish_sources);
  return true;
}

bool read(const json::value& value, std::optional<VideoGrant>& field) {
  if (value.is_null()) return true;
  if (!value.is_object()) return false;
  field.emplace();
  for (const auto& [name, entry] : value.as_object()) {
    if (!read_video_field(name, entry, *field)) return false;
  }
  return true;
}

// A grant that is a handful of flags.
template <typename Grant, std::size_t kCount>
bool read_flags(const json::value& value, const std::array<std::pair<std::string_view, bool Grant::*>, kCount>& flags,
                std::optional<Grant>& field) {
  if (value.is_null()) return true;
  if (!value.is_object()) return false;
  field.emplace();
  for (const auto& [name, entry] : value.as_object()) {
    for (const auto& [flag, member] : flags) {
      if (same_name(name, flag) && !read(entry, (*field).*member)) return false;
    }
  }
  return true;
}

bool read(const json::value& value, ParticipantKind& field) {
  std::string text;
  if (!read(value, text)) return false;
  for (const auto& [name, kind] : kKinds) {
    if (same_name(text, name)) field = kind;
  }
  return true;
}

bool read_claim(std::string_view name, const json::value& value, Claims& claims) {
  if (same_name(name, "name")) return read(value, claims.name);
  if (same_name(name, "metadata")) return read(value, claims.metadata);
  if (same_name(name, "attributes")) return read(value, claims.attributes);
  if (same_name(name, "kind")) return read(value, claims.kind);
  if (same_name(name, "kindDetails")) return read(value, claims.kind_details);
  if (same_name(name, "video")) return read(value, claims.video);
  if (same_name(name, "sip")) return read_flags(value, kSipFlags, claims.sip);
  if (same_name(name, "agent")) return read_flags(value, kAgentFlags, claims.agent);
  if (same_name(name, "inference")) return read_flags(value, kInferenceFlags, claims.inference);
  if (same_name(name, "observability")) return read_flags(value, kObservabilityFlags, claims.observability);
  if (same_name(name, "roomPreset")) return read(value, claims.room_preset);
  if (same_name(name, "sha256")) return read(value, claims.sha256);
  if (same_name(name, "roomConfig")) {
    if (value.is_object()) claims.room_config = json::serialize(value);
    return value.is_object() || value.is_null();
  }
  return true;
}

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

template <typename Grant, std::size_t kCount>
void write_flags(json::object& object, std::string_view claim,
                 const std::array<std::pair<std::string_view, bool Grant::*>, kCount>& flags,
                 const std::optional<Grant>& grant) {
  if (!grant) return;
  json::object written;
  for (const auto& [name, member] : flags) {
    if ((*grant).*member) written[name] = true;
  }
  object[claim] = std::move(written);
}

json::object write_video(const VideoGrant& grant) {
  json::object video;
  for (const auto& [name, member] : kFlags) {
    if (grant.*member) video[name] = true;
  }
  for (const auto& [name, member] : kOptionalFlags) {
    if (grant.*member) video[name] = *(grant.*member);
  }
  if (!grant.room.empty()) video["room"] = grant.room;
  if (!grant.destination_room.empty()) video["destinationRoom"] = grant.destination_room;
  if (!grant.can_publish_sources.empty()) {
    video["canPublishSources"] = json::array(grant.can_publish_sources.begin(), grant.can_publish_sources.end());
  }
  return video;
}

}  // namespace

std::optional<std::string> read_algorithm(std::string_view header) {
  const auto object = parse_object(header);
  const json::value* algorithm = object ? object->if_contains("alg") : nullptr;
  if (algorithm == nullptr || !algorithm->is_string()) return std::nullopt;
  return std::string(std::string_view(algorithm->as_string()));
}

std::optional<std::string> read_issuer(std::string_view payload) {
  const auto object = parse_object(payload);
  if (!object) return std::nullopt;
  std::string issuer;
  const json::value* value = object->if_contains("iss");
  if (value != nullptr && !read(*value, issuer)) return std::nullopt;
  return issuer;
}

Result<Claims> read_claims(std::string_view payload) {
  const auto object = parse_object(payload);
  if (!object) return fail(Errc::kMalformed, "payload is not an object");

  Claims claims;
  const auto registered = [&](std::string_view name, auto& field) {
    const json::value* value = object->if_contains(name);
    return value == nullptr || read(*value, field);
  };
  std::string token_id;
  std::optional<WallTime> expires_at;
  if (!registered("iss", claims.api_key)) return fail(Errc::kMalformed, "claim iss has a wrong type");
  if (!registered("sub", claims.identity)) return fail(Errc::kMalformed, "claim sub has a wrong type");
  if (!registered("jti", token_id)) return fail(Errc::kMalformed, "claim jti has a wrong type");
  if (!registered("nbf", claims.not_before)) return fail(Errc::kMalformed, "claim nbf has a wrong type");
  if (!registered("iat", claims.issued_at)) return fail(Errc::kMalformed, "claim iat has a wrong type");
  if (!registered("exp", expires_at)) return fail(Errc::kMalformed, "claim exp has a wrong type");
  if (!expires_at) return fail(Errc::kMalformed, "claim exp is missing");
  claims.expires_at = *expires_at;
  // Old SDKs put the identity there.
  if (claims.identity.empty()) claims.identity = std::move(token_id);

  for (const auto& [name, value] : *object) {
    if (!read_claim(name, value, claims)) {
      return fail(Errc::kMalformed, "claim " + std::string(name) + " has a wrong type");
    }
  }
  return claims;
}

std::string write_header() {
  return R"({"alg":"HS256","typ":"JWT"})";
}

std::string write_claims(const Claims& claims) {
  json::object object;
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) object[name] = value;
  };
  // What was JSON when it was read; a caller's own that is not is left out.
  const auto raw = [&](std::string_view name, const std::string& value) {
    if (auto parsed = parse_object(value)) object[name] = std::move(*parsed);
  };
  text("iss", claims.api_key);
  text("sub", claims.identity);
  if (claims.not_before) {
    object["nbf"] = unix_seconds(*claims.not_before);
    object["iat"] = unix_seconds(*claims.not_before);
  }
  object["exp"] = unix_seconds(claims.expires_at);
  text("name", claims.name);
  text("metadata", claims.metadata);
  if (!claims.attributes.empty()) {
    json::object attributes;
    for (const auto& [name, value] : claims.attributes) attributes[name] = value;
    object["attributes"] = std::move(attributes);
  }
  for (const auto& [name, kind] : kKinds) {
    if (kind == claims.kind && kind != ParticipantKind::kStandard) object["kind"] = name;
  }
  if (!claims.kind_details.empty()) {
    object["kindDetails"] = json::array(claims.kind_details.begin(), claims.kind_details.end());
  }
  if (claims.video) object["video"] = write_video(*claims.video);
  write_flags(object, "sip", kSipFlags, claims.sip);
  write_flags(object, "agent", kAgentFlags, claims.agent);
  write_flags(object, "inference", kInferenceFlags, claims.inference);
  write_flags(object, "observability", kObservabilityFlags, claims.observability);
  raw("roomConfig", claims.room_config);
  text("roomPreset", claims.room_preset);
  text("sha256", claims.sha256);
  return json::serialize(object);
}

}  // namespace sfu::auth

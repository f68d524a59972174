// SPDX-License-Identifier: Apache-2.0
#include "signal/connect.hpp"

#include <string_view>
#include <utility>

#include "auth/claims_text.hpp"
#include "auth/credentials.hpp"
#include "room/profile.hpp"
#include "signal/grants.hpp"
#include "signal/join_request.hpp"
#include "signal/parameters.hpp"
#include "signal/room_settings.hpp"

namespace sfu::signal {
namespace {

using Step = std::optional<Rejection>;  // nullopt: go on

Rejection no_permissions() {
  return {401, "no permissions to access the room"};
}

Result<std::optional<Claims>> claims_of(const ConnectRequest& request, const Authenticator& authenticator,
                                        WallTime now) {
  return auth::claims_of(header_value(request, "authorization"), query_value(request, "access_token"), authenticator,
                         now);
}

// v1 by its path, or by a join_request on the older one (signalling 1.1).
std::variant<Parameters, Rejection> parameters_of(const ConnectRequest& request) {
  const auto encoded = query_value(request, "join_request");
  if (encoded.empty()) {
    if (request.path.starts_with("/rtc/v1")) return Rejection{400, "join_request is required"};
    return parameters_from_query(request);
  }
  auto join = decode_join_request(encoded);
  if (!join) return Rejection{400, join.error().message};
  return parameters_from_join_request(request, std::move(*join));
}

bool exceeds(std::string_view text, std::uint32_t limit) {
  return !room::fits(text.size(), limit);
}

Step check_names(const Claims& claims, const TextLimits& limits) {
  if (!claims.video->room_join) return Rejection{401, "permissions denied"};
  if (claims.identity.empty()) return Rejection{400, "identity cannot be empty"};
  if (exceeds(claims.identity, limits.identity)) {
    return Rejection{400, "participant identity length exceeds limits: max length " + std::to_string(limits.identity)};
  }
  if (claims.video->room.empty()) return Rejection{400, "no room name"};
  if (exceeds(claims.video->room, limits.room_name)) {
    return Rejection{400, "room name length exceeds limits: max length " + std::to_string(limits.room_name)};
  }
  return std::nullopt;
}

// A second connection of the same participant, which only publishes.
Step apply_publish(const Parameters& parameters, Claims& claims) {
  if (!parameters.publish) return std::nullopt;
  if (!claims.video->may_publish()) return no_permissions();
  claims.identity += '#' + *parameters.publish;
  claims.video->can_subscribe = false;
  return std::nullopt;
}

Step apply_own_metadata(Parameters& parameters, Claims& claims) {
  std::erase_if(parameters.attributes, [](const auto& attribute) { return attribute.second.empty(); });
  if (parameters.metadata.empty() && parameters.attributes.empty()) return std::nullopt;
  if (!claims.video->may_update_own_metadata()) return no_permissions();
  if (!parameters.metadata.empty()) claims.metadata = std::move(parameters.metadata);
  for (auto& [name, value] : parameters.attributes) claims.attributes[name] = std::move(value);
  return std::nullopt;
}

ConnectPlan make_plan(Parameters parameters, Claims claims) {
  ConnectPlan plan;
  plan.room = claims.video->room;
  plan.may_create_room = claims.video->room_create;
  plan.publish_only = parameters.publish.has_value();
  plan.resume = parameters.reconnect;
  plan.reconnect_reason = parameters.reconnect_reason;
  plan.participant_sid = std::move(parameters.participant_sid);
  plan.sync_state = std::move(parameters.sync_state);

  auto& join = plan.join;
  join.identity = claims.identity;
  join.name = claims.name;
  join.metadata = claims.metadata;
  join.attributes = claims.attributes;
  join.kind = kind_of(claims.kind);
  join.kind_details = kind_details_of(claims.kind_details);
  join.permission = permission_of(*claims.video);
  join.publish_sources = publish_sources_of(*claims.video);
  join.client_protocol = parameters.client.client_protocol();
  join.client = std::move(parameters.client);
  join.single_peer_connection = parameters.single_peer_connection;
  join.auto_subscribe = parameters.auto_subscribe;
  join.auto_subscribe_data = parameters.auto_subscribe_data;
  join.adaptive_stream = parameters.adaptive_stream;
  join.subscriber_allow_pause = parameters.subscriber_allow_pause;
  join.add_tracks = std::move(parameters.add_tracks);
  join.offer = std::move(parameters.offer);
  plan.claims = std::move(claims);
  return plan;
}

// In the order of signalling 1.5: the first that fails is the answer. `checking` is for .../validate.
std::variant<ConnectPlan, Rejection> run_checks(const ConnectRequest& request, const Authenticator& authenticator,
                                                WallTime now, const JoinRules& rules, bool checking) {
  auto checked = claims_of(request, authenticator, now);
  if (!checked) return Rejection{401, checked.error().message};
  auto& maybe_claims = *checked;
  if (maybe_claims) {  // an Authenticator of the host's may take them from anywhere
    if (const auto good = auth::check_utf8(*maybe_claims); !good) return Rejection{401, good.error().message};
  }
  if (maybe_claims && rules.check_claims) {
    if (const auto good = rules.check_claims(*maybe_claims); !good) return Rejection{401, good.error().message};
  }
  RoomConfiguration room_configuration;
  if (maybe_claims && !maybe_claims->room_config.empty()) {
    auto read = read_room_configuration(maybe_claims->room_config);
    if (!read) return Rejection{401, "invalid authorization token: roomConfig: " + read.error().message};
    room_configuration = *std::move(read);
  }
  if (!maybe_claims || !maybe_claims->video) return no_permissions();
  Claims& claims = *maybe_claims;

  auto read = parameters_of(request);
  if (auto* rejection = std::get_if<Rejection>(&read)) return std::move(*rejection);
  auto& parameters = std::get<Parameters>(read);
  if (checking && parameters.attributes_undecodable) return Rejection{400, "cannot decode attributes"};

  if (auto rejection = check_names(claims, rules.limits)) return std::move(*rejection);
  if (auto rejection = apply_publish(parameters, claims)) return std::move(*rejection);
  if (auto rejection = check_names(claims, rules.limits))
    return std::move(*rejection);  // its identity may be longer now
  const bool must_exist = rules.available && !claims.video->room_create;
  if (must_exist && !rules.available(claims.video->room)) return room_not_found();
  if (rules.node_full && rules.node_full()) return Rejection{503, "node has exceeded its configured limit"};
  if (auto rejection = apply_own_metadata(parameters, claims)) return std::move(*rejection);
  auto plan = make_plan(std::move(parameters), std::move(claims));
  plan.room_configuration = std::move(room_configuration);
  return plan;
}

// Limits that only a joining meets: a plan can be valid and still not lead to a session.
Step check_session_limits(const ConnectPlan& plan, const TextLimits& limits) {
  if (plan.resume) return std::nullopt;
  livekit::UpdateParticipantMetadata wanted;
  wanted.set_metadata(plan.join.metadata);
  wanted.mutable_attributes()->insert(plan.join.attributes.begin(), plan.join.attributes.end());
  auto exceeded = room::exceeds_limits(wanted, limits);
  if (!exceeded) return std::nullopt;
  return session_failed(Error{Errc::kLimitExceeded, *std::move(exceeded)});
}

}  // namespace

std::variant<ConnectPlan, Rejection> prepare(const ConnectRequest& request, const Authenticator& authenticator,
                                             WallTime now, const JoinRules& rules) {
  auto result = run_checks(request, authenticator, now, rules, /*checking=*/false);
  if (const auto* plan = std::get_if<ConnectPlan>(&result)) {
    if (auto rejection = check_session_limits(*plan, rules.limits)) return std::move(*rejection);
  }
  return result;
}

Rejection validate(const ConnectRequest& request, const Authenticator& authenticator, WallTime now,
                   const JoinRules& rules) {
  auto result = run_checks(request, authenticator, now, rules, /*checking=*/true);
  if (auto* rejection = std::get_if<Rejection>(&result)) return std::move(*rejection);
  if (rules.ask_worker) {
    if (auto rejection = rules.ask_worker(std::get<ConnectPlan>(result))) return std::move(*rejection);
  }
  return {200, "success"};
}

std::optional<Rejection> check_token(const ConnectRequest& request, const Authenticator& authenticator, WallTime now) {
  const auto checked = claims_of(request, authenticator, now);
  if (!checked) return Rejection{401, checked.error().message};
  return std::nullopt;
}

Rejection refuse_plain(const ConnectRequest& request, const Authenticator& authenticator, WallTime now) {
  if (auto rejection = check_token(request, authenticator, now)) return std::move(*rejection);
  return {404, ""};
}

Rejection room_not_found() {
  return {404, "requested room does not exist"};
}

ConnectPlan plan_of(Claims claims, livekit::ClientInfo client) {
  Parameters parameters;
  parameters.client = std::move(client);
  return make_plan(std::move(parameters), std::move(claims));
}

void regrant(ConnectPlan& plan, VideoGrant grants) {
  grants.room = plan.room;
  grants.room_join = true;
  if (plan.publish_only) grants.can_subscribe = false;
  plan.may_create_room = grants.room_create;
  plan.join.permission = permission_of(grants);
  plan.join.publish_sources = publish_sources_of(grants);
  plan.claims.video = std::move(grants);
}

Result<room::RoomOptions> room_options(const ConnectPlan& plan, const room::RoomOptions& defaults,
                                       const RoomPresets& presets) {
  RoomConfiguration wanted = plan.room_configuration;
  if (const std::string& name = plan.claims.room_preset; !name.empty()) {
    const auto preset = presets.find(name);
    if (preset == presets.end()) return fail(Errc::kNotFound, "unknown room configuration " + name);
    fill_from_preset(wanted, preset->second);
  }
  room::RoomOptions options = defaults;
  options.name = plan.room;
  apply_configuration(wanted, options);
  return options;
}

Rejection session_failed(const Error& error) {
  if (error.code == Errc::kAlreadyExists) return {409, error.message};
  // 404 would make clients try the older protocol.
  return {500, error.message.empty() ? "connection closed by media" : "connection closed by media: " + error.message};
}

}  // namespace sfu::signal

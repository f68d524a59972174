// SPDX-License-Identifier: Apache-2.0
// From the HTTP request for a signalling WebSocket to what a room needs to let its sender in, or to the answer that
// refuses it (signalling 1.2 to 1.5). Pure functions of the request, the authenticator and the time: the gateway calls
// them on its own threads, and hands the plan to the worker that has the room.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/result.hpp"
#include "livekit_rtc.pb.h"
#include "room/join_params.hpp"
#include "sfu/authenticator.hpp"
#include "sfu/client_config.hpp"
#include "sfu/ice_servers.hpp"
#include "sfu/room_options.hpp"
#include "sfu/signal_session.hpp"
#include "signal/embedded_turn.hpp"

namespace sfu::signal {

// An HTTP answer in place of the upgrade; a plain text body.
struct Rejection {
  int status = 0;
  std::string body;
};

// What all clients of this server are told about it.
struct ServerIdentity {
  std::string version;  // LiveKit's, which clients compare: features depend on it (signalling 1.8)
  std::string node_id;  // "ND_..."
  std::string region;
  IceServers ice_servers{};
  EmbeddedTurn turn{};
  const ClientConfigProvider* client_config = nullptr;  // borrowed; null: clients are told nothing
};

// A validated request.
struct ConnectPlan {
  std::string room;
  bool may_create_room = false;          // the token says so, even where joining does not make rooms
  RoomConfiguration room_configuration;  // the token's, for a room that this joining makes
  Claims claims;                         // of the participant: for refreshing its token

  bool publish_only = false;  // a second connection of the same participant
  Instant asked_at{};         // when the request came

  bool resume = false;  // then only the next four and join.identity count
  livekit::ReconnectReason reconnect_reason = livekit::RR_UNKNOWN;
  std::string participant_sid;                   // of the session to be resumed, as the client remembers it
  std::optional<livekit::SyncState> sync_state;  // to be applied right after the resume

  // Everything but `connection` and `response`, which the worker's Session fills in.
  room::JoinParams join;
};

// True for a room that a joining participant finds, or makes. Empty: not known here; then the worker checks, and
// answers what room_not_found() says.
using RoomAvailable = std::function<bool(const std::string& room)>;

// What this server lets in.
struct JoinRules {
  std::function<Result<void>(const Claims&)> check_claims{};  // of a good token: it may have been revoked since
  RoomAvailable available{};
  std::function<bool()> node_full{};  // a limit of the whole server is reached; empty: there are none
  TextLimits limits{};
  // For validate(), which asks last: what the room's worker has against it. Whoever joins is asked there.
  std::function<std::optional<Rejection>(ConnectPlan&)> ask_worker{};
};

std::variant<ConnectPlan, Rejection> prepare(const ConnectRequest& request, const Authenticator& authenticator,
                                             WallTime now, const JoinRules& rules = {});

// What GET .../validate answers: prepare() without the joining; {200, "success"} if it would have passed.
Rejection validate(const ConnectRequest& request, const Authenticator& authenticator, WallTime now,
                   const JoinRules& rules = {});

// The token check that stands before every route: nullopt if the token is good or there is none.
std::optional<Rejection> check_token(const ConnectRequest& request, const Authenticator& authenticator, WallTime now);

// A request for /rtc or /rtc/v1 that does not ask for a WebSocket: 401 for a bad token, else 404 without a body.
Rejection refuse_plain(const ConnectRequest& request, const Authenticator& authenticator, WallTime now);

Rejection room_not_found();

// For who joins without a request: the host's own participants, and tests.
ConnectPlan plan_of(Claims claims, livekit::ClientInfo client);

// What the host grants in place of the token.
void regrant(ConnectPlan& plan, VideoGrant grants);

// The settings of the room that a plan makes. Errors: kNotFound: there is no such preset; see session_failed().
Result<room::RoomOptions> room_options(const ConnectPlan& plan, const room::RoomOptions& defaults,
                                       const RoomPresets& presets);
// A session that could not be started: a full room, metadata over its limit (signalling 1.5); 409 where somebody of
// that identity is there and stays.
Rejection session_failed(const Error& error);

}  // namespace sfu::signal

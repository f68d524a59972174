// SPDX-License-Identifier: Apache-2.0
// The room API of a LiveKit server, or of this library's, for programs that manage rooms from outside: what LiveKit's
// server SDKs call RoomServiceClient and AgentDispatchClient. Access tokens: sfu/access_token.hpp; webhooks:
// sfu/webhook_receiver.hpp.
//
//   auto api = sfu::RoomApiClient::create({.url = "https://example.org", .api_key = "key", .api_secret = "secret"});
//   const auto room = (*api)->create_room("stage");
//   if (!room) return complain(room.error().code, room.error().message);
//
// Every call waits for its answer on the thread that makes it. Any thread may call, and calls may overlap: each takes a
// connection of its own, which is kept for the next one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sfu/info.hpp"
#include "sfu/result.hpp"
#include "sfu/room.hpp"
#include "sfu/room_options.hpp"
#include "sfu/rpc.hpp"
#include "sfu/time.hpp"

namespace sfu {

struct RoomApiClientOptions {
  std::string url{};  // "https://host[:port]", or http:, ws: or wss:
  // Signs a token for each call, good for ten minutes, that grants what this call needs and nothing else.
  std::string api_key{};
  std::string api_secret{};
  // In place of a key: shown as it is, for all calls.
  std::string token{};
  bool json = false;  // bodies as JSON, not protobuf
  // Of one call, from connecting to the end of the answer. A call of a participant's method gets as much time beyond
  // what the participant has for its answer.
  Duration timeout = std::chrono::seconds(10);
  std::string ca_file{};      // https: PEM file of the authorities that are trusted; empty: the system's
  bool verify_server = true;  // false: take any certificate. For tests.
};

// Why a call failed.
struct ApiError {
  // Of what kind. Where no answer of the API came: kInvalidArgument (what was asked for), kUnauthenticated (the token,
  // or the server's certificate), kTimeout, kUnavailable (no connection, or it broke: the call may have been done),
  // kMalformed (something else than this API answers there).
  Errc kind = Errc::kInternal;
  std::string code{};  // Twirp's: "not_found", "unauthenticated", "unavailable" ...; empty: it is no answer of the API
  std::string message{};                      // the server's, or what went wrong on the way to it
  int status = 0;                             // of HTTP; 0: no answer came
  std::map<std::string, std::string> meta{};  // what the server adds
};

template <typename T>
using ApiResult = Result<T, ApiError>;

struct CreateRoomOptions {
  RoomConfiguration configuration{};  // what is empty or 0 is left to the preset, and then to the server
  std::string preset{};
  std::string node_id{};  // of the server that is to have it; empty: any
};

// What is empty stays as it is.
struct ParticipantUpdate {
  std::string name{};
  std::string metadata{};
  std::map<std::string, std::string> attributes{};    // an attribute of empty value is removed
  std::optional<ParticipantPermission> permission{};  // replaces all of them
};

class RoomApiClient {
 public:
  // Connects to nothing yet. Errors: kInvalidArgument (the URL; neither a key with its secret nor a token),
  // kUnavailable (the authorities' file).
  static Result<std::unique_ptr<RoomApiClient>> create(RoomApiClientOptions options);
  // No call may be under way.
  ~RoomApiClient();
  RoomApiClient(const RoomApiClient&) = delete;
  RoomApiClient& operator=(const RoomApiClient&) = delete;

  // --- rooms --------------------------------------------------------------------------------------------------------
  // One that exists stays as it is. In what comes back, RoomInfo's fields from sync_streams to tags are not known.
  ApiResult<RoomInfo> create_room(const std::string& name, const CreateRoomOptions& options = {}) const;
  // Those of these names; all, if none is given.
  ApiResult<std::vector<RoomInfo>> list_rooms(const std::vector<std::string>& names = {}) const;
  ApiResult<void> delete_room(const std::string& room) const;
  ApiResult<RoomInfo> update_room_metadata(const std::string& room, const std::string& metadata) const;
  // DataOptions::nonce: empty makes one here.
  ApiResult<void> send_data(const std::string& room, std::span<const std::uint8_t> payload,
                            const DataOptions& options = {}) const;

  // --- participants -------------------------------------------------------------------------------------------------
  ApiResult<std::vector<ParticipantInfo>> list_participants(const std::string& room) const;
  ApiResult<ParticipantInfo> get_participant(const std::string& room, const std::string& identity) const;
  // `revoke_tokens_before`: tokens for it in this room that were made before then do not let it in again. Servers know
  // whole seconds.
  ApiResult<void> remove_participant(const std::string& room, const std::string& identity,
                                     std::optional<WallTime> revoke_tokens_before = std::nullopt) const;
  // The track as it is then; nullopt: there is none of that sid.
  ApiResult<std::optional<TrackInfo>> mute_published_track(const std::string& room, const std::string& identity,
                                                           const std::string& track_sid, bool muted) const;
  ApiResult<ParticipantInfo> update_participant(const std::string& room, const std::string& identity,
                                                const ParticipantUpdate& update) const;
  ApiResult<void> update_subscriptions(const std::string& room, const std::string& identity,
                                       const std::vector<std::string>& track_sids, bool subscribe) const;
  ApiResult<void> forward_participant(const std::string& room, const std::string& identity,
                                      const std::string& destination_room) const;
  ApiResult<void> move_participant(const std::string& room, const std::string& identity,
                                   const std::string& destination_room) const;
  // What the participant's client answers.
  ApiResult<std::string> perform_rpc(const std::string& room, const std::string& identity,
                                     const RpcRequest& request) const;

  // --- agents -------------------------------------------------------------------------------------------------------
  // AgentDispatch::id and created_at are the server's to give.
  ApiResult<AgentDispatch> create_dispatch(const std::string& room, const AgentDispatch& dispatch) const;
  ApiResult<AgentDispatch> delete_dispatch(const std::string& room, const std::string& dispatch_id) const;
  // The one of this id; all, if none is given.
  ApiResult<std::vector<AgentDispatch>> list_dispatches(const std::string& room,
                                                        const std::string& dispatch_id = {}) const;

 private:
  class Impl;
  explicit RoomApiClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu

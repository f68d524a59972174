// SPDX-License-Identifier: Apache-2.0
// What a client says of itself and of its wishes: as single query parameters (v0, signalling 1.3) or as a JoinRequest
// (v1, 1.4). Both become the same Parameters.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "livekit_rtc.pb.h"
#include "sfu/signal_session.hpp"

namespace sfu::signal {

struct Parameters {
  livekit::ClientInfo client;  // with its address, and the gaps filled from the User-Agent
  bool single_peer_connection = false;
  bool auto_subscribe = false;
  bool auto_subscribe_data = false;
  bool adaptive_stream = false;
  std::optional<bool> subscriber_allow_pause;  // unset: as the server has it

  // What replaces or adds to the token's.
  std::string metadata;
  std::map<std::string, std::string> attributes;
  bool attributes_undecodable = false;
  std::optional<std::string> publish;  // v0: a second, publishing connection of the same participant

  bool reconnect = false;
  livekit::ReconnectReason reconnect_reason = livekit::RR_UNKNOWN;
  std::string participant_sid;

  std::vector<livekit::AddTrackRequest> add_tracks;
  std::optional<livekit::SessionDescription> offer;
  std::optional<livekit::SyncState> sync_state;
};

// The value of a query parameter or header, empty if it is not there.
std::string_view query_value(const ConnectRequest& request, const std::string& name);
std::string_view header_value(const ConnectRequest& request, const std::string& name);

Parameters parameters_from_query(const ConnectRequest& request);
Parameters parameters_from_join_request(const ConnectRequest& request, livekit::JoinRequest join);

}  // namespace sfu::signal

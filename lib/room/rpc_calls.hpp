// SPDX-License-Identifier: Apache-2.0
// Remote procedure calls of the host to participants (control-plane spec 2.4, PerformRpc), in the packets of version 1
// of LiveKit's RPC: a request, which the client acknowledges within two seconds, and its response. The caller that the
// client sees is the request's own id, to which it answers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "room/room_state.hpp"
#include "sfu/rpc.hpp"

namespace sfu::room {

class RpcCalls {
 public:
  static constexpr Duration kAckTimeout = std::chrono::seconds(2);
  static constexpr std::size_t kMaxPayload = 15 * 1024;

  explicit RpcCalls(RoomState& state) : state_(state) {}

  // The packet to be sent to the participant; none if the call has ended already.
  std::optional<livekit::DataPacket> start(Instant now, RpcCallId id, const Participant& callee,
                                           const RpcRequest& request);
  // A packet of a participant. True if it answers one of these calls: then it is for nobody else.
  bool take(const Participant& sender, const livekit::DataPacket& packet);
  void advance(Instant now);
  Instant deadline() const;

  bool any_ended() const { return !ended_.empty(); }
  std::vector<RpcEnded> take_ended() { return std::exchange(ended_, {}); }

 private:
  struct Pending {
    RpcCallId id = 0;
    ParticipantId callee;
    Instant acknowledged_by;
    Instant answered_by;
  };
  using Calls = std::map<std::string, Pending>;  // by the id of the request

  Calls::iterator end(Calls::iterator call, RpcResult result);

  RoomState& state_;
  Calls pending_;
  std::vector<RpcEnded> ended_;
};

}  // namespace sfu::room

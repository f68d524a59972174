// SPDX-License-Identifier: Apache-2.0
// The protocol of one signalling WebSocket (signalling 1.6 to 1.9): frames to requests for the room, its responses to
// frames, in binary or JSON as the client last wrote; application pings; token refreshes; nothing before the
// JoinResponse. Sans-IO, one per connection, owned by the worker that has the room. Permissions and everything about
// tracks is the room's matter; the HTTP request before it is connect.hpp's.
// Use: make it, call begin_join() or begin_resume() and give what they yield to the room, then send() each message
// that the room has for this connection and receive() each frame.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "room/output.hpp"
#include "room/room.hpp"
#include "room/transport_fallback.hpp"
#include "sfu/authenticator.hpp"
#include "signal/codec.hpp"
#include "signal/connect.hpp"
#include "signal/ice_servers.hpp"

namespace sfu::signal {

// Frames for the client, in order. Drained and reused by the owner.
struct Outbox {
  std::vector<Frame> frames;
  // Close with this code once the frames are written. Then the connection counts as lost: the owner says so to the
  // room (Room::connection_closed), unless the room itself asked for it.
  std::optional<std::uint16_t> close;
};

class Session {
 public:
  struct Config {
    room::ConnectionId connection = 0;
    // Borrowed; both outlive the session.
    const Authenticator* authenticator = nullptr;
    const WallAnchor* wall = nullptr;  // renewed each turn
    const ServerIdentity* server = nullptr;
    const room::TransportFallback* fallback = nullptr;  // of the worker
    std::size_t message_size_limit = kMaxMessageSize;   // 0: none
  };

  static constexpr Duration kTokenInterval = std::chrono::minutes(5);
  static constexpr Duration kTokenLifetime = std::chrono::minutes(10);  // at least

  Session(const Config& config, ConnectPlan plan);

  const ConnectPlan& plan() const { return plan_; }
  // For Room::join() and Room::resume(). Once each; plan().join is empty after begin_join().
  room::JoinParams begin_join(Instant now);
  // `participant_sid`: of the session that is to go on, "" if there is none.
  room::ResumeParams begin_resume(Instant now, std::string participant_sid);
  // Room::resume() found nobody: tells the client to join anew (signalling 2.15), and closes.
  void refuse_resume(Outbox& out);
  // Room::resume() went well, and its messages were sent: applies the SyncState that came with the request.
  void finish_resume(Instant now, room::Room& room, room::Output& room_out);

  // One WebSocket message from the client. What it asks for is done by `room`, whose answers come through send().
  void receive(Instant now, ByteView message, bool text, room::Room& room, room::Output& room_out, Outbox& out);
  // The client has sent more than its MessageBudget: closes.
  void refuse_flood(Outbox& out) { close(out, kClosePolicy); }
  // One message of the room for this connection; or its token is renewed (signalling 2.2).
  void send(Instant now, const room::SignalOut& signal, Outbox& out);

  void advance(Instant now, Outbox& out);
  Instant deadline() const { return next_token_; }

  // close was asked for: nothing goes out any more, and what comes in is not looked at.
  bool closed() const { return closed_; }

 private:
  void write(const livekit::SignalResponse& response, Outbox& out);
  std::string make_token(Instant now);
  void refresh_token(Instant now, Outbox& out);
  void moved(Instant now, livekit::SignalResponse message, Outbox& out);
  void close(Outbox& out, std::uint16_t code);
  void begin(Instant now, livekit::SignalResponse first, Outbox& out);
  // Whether the client is to connect by TLS alone, through a TURN server.
  bool is_relayed() const;
  IceServerList ice_servers(Instant now) const;
  bool answer_ping(Instant now, const livekit::SignalRequest& request, room::Room& room, room::ParticipantId from,
                   Outbox& out);

  Config config_;
  ConnectPlan plan_;
  std::string participant_sid_;
  livekit::CandidateProtocol candidate_protocol_ = livekit::UDP;  // what is known to suit the client
  int protocol_;                                                  // the client's
  Encoding encoding_ = Encoding::kBinary;  // until the client's first text frame (signalling 1.6)
  bool begun_ = false;                     // the first message of the session is written
  bool closed_ = false;
  std::vector<livekit::SignalResponse> early_updates_;
  Instant next_token_ = kNever;
};

}  // namespace sfu::signal

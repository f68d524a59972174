// SPDX-License-Identifier: Apache-2.0
// A stay in a room, from the first join to the last leave, without I/O: it keeps what the host wants (what is
// published, subscribed, answered) and one Session at a time, which it resumes or replaces when a connection is lost.
// Its driver (driver.hpp, or a test) opens the WebSockets and moves the datagrams that it asks for.
//   signal_url.hpp signal_link.hpp recovery.hpp    reaching the server
//   roster.hpp                                     who is there
//   messaging.hpp streams.hpp rpc.hpp              what participants say to each other
//   session.hpp                                    media and data, and their negotiation
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "client/recovery.hpp"
#include "client/room_events.hpp"
#include "client/session.hpp"
#include "client/signal_link.hpp"
#include "client/signal_url.hpp"
#include "participant/messaging.hpp"
#include "participant/roster.hpp"

namespace sfu::client {

struct RoomConfig {
  std::string url;
  std::string token;
  JoinOptions join;
  // One peer connection (`/rtc/v1`); a server that does not know it is joined over `/rtc`.
  bool single_connection = true;
  SessionConfig session;  // its single_connection is not looked at
  std::vector<Duration> retry_delays = Recovery::default_delays();
};

class Room {
 public:
  // Errors: kInvalidArgument (the URL).
  static Result<std::unique_ptr<Room>> create(RoomConfig config, RtpObserver* observer);
  ~Room();

  void connect(Instant now, RoomOutput& out);
  void leave(Instant now, RoomOutput& out);

  // The driver's news.
  void on_opened(Instant now, std::uint32_t attempt);
  void on_message(Instant now, std::uint32_t attempt, ByteView message, RoomOutput& out);
  // The upgrade was refused: with an HTTP status, or 0 if no answer came.
  void on_refused(Instant now, std::uint32_t attempt, int status, std::string_view body, RoomOutput& out);
  void on_closed(Instant now, std::uint32_t attempt, RoomOutput& out);
  void receive(Instant now, const Path& path, ByteSpan datagram, RoomOutput& out);
  void advance(Instant now, RoomOutput& out);
  Instant deadline() const;

  // Published for good: after a rejoin it is published again. Errors: kAlreadyExists, kUnsupported, kInvalidArgument.
  Result<void> publish(Instant now, PublishOptions options, RoomOutput& out);
  Result<void> unpublish(Instant now, const std::string& cid, RoomOutput& out);
  Result<void> set_muted(Instant now, const std::string& cid, bool muted, RoomOutput& out);
  void write_rtp(Instant now, std::string_view cid, std::size_t layer, ByteSpan packet, RoomOutput& out);
  void write_frame(Instant now, std::string_view cid, std::size_t layer, ByteView frame, std::uint32_t timestamp,
                   bool is_keyframe, RoomOutput& out);

  void subscribe(const std::string& track_sid, bool subscribe, RoomOutput& out);
  void set_track_settings(const livekit::UpdateTrackSettings& settings, RoomOutput& out);
  void request_key_frame(const std::string& track_sid, RoomOutput& out);
  // Empty fields stay as they are, attributes of empty value go. The answer is a ServerMessage (request_response).
  void update_metadata(livekit::UpdateParticipantMetadata update, RoomOutput& out);
  // Anything else, as it is; sent if the signalling connection is open.
  void request(const livekit::SignalRequest& request, RoomOutput& out);

  // The answer to a call that was told (participant::RpcInvoked).
  void answer(Instant now, const std::string& call, RpcResult result, RoomOutput& out);
  // Data: what is handed in goes out with flush() or the next advance().
  Messaging& messaging() { return messaging_; }
  void flush(Instant now, RoomOutput& out);

  const Roster& roster() const { return roster_; }
  const livekit::Room& info() const { return info_; }
  const Session* session() const { return session_.get(); }
  WallTime wall(Instant now) const { return config_.session.wall->wall_time(now); }
  bool closed() const { return phase_ == Phase::kClosed; }

 private:
  // kWaiting: for the next attempt. kEntering: an attempt is under way. kSettling: the server has us, media is to come.
  enum class Phase : std::uint8_t { kIdle, kWaiting, kEntering, kSettling, kReady, kClosed };

  Room(RoomConfig config, RtpObserver* observer);
  void attempt(Instant now, RoomOutput& out);
  void replace_session(Instant now, RoomOutput& out);
  void recover(Instant now, Way way, livekit::ReconnectReason reason, RoomOutput& out);
  void close(livekit::DisconnectReason reason, Error error, RoomOutput& out);

  bool enters(const livekit::SignalResponse& message) const;
  void handle(Instant now, const livekit::SignalResponse& message, RoomOutput& out);
  void on_join(Instant now, const livekit::JoinResponse& join, RoomOutput& out);
  void on_resumed(Instant now, RoomOutput& out);
  void on_leave(Instant now, const livekit::LeaveRequest& leave, RoomOutput& out);
  void on_moved(const livekit::RoomMovedResponse& moved, RoomOutput& out);
  void settled(Instant now, RoomOutput& out);
  void flush_messages(Instant now, Output& out);

  Output session_output(RoomOutput& out) { return {out.datagrams, requests_, session_events_}; }
  // Hands on what the session asked for and told.
  void drain(Instant now, RoomOutput& out);
  void tell_roster(std::vector<RosterEvent>& news, RoomOutput& out);
  livekit::SyncState sync_state() const;
  void restore_subscriptions(RoomOutput& out);

  RoomConfig config_;
  RtpObserver* observer_;
  std::string base_;
  std::string token_;
  Phase phase_ = Phase::kIdle;
  bool single_connection_;
  bool was_ready_ = false;
  bool rejoining_ = false;  // this attempt joins anew after a loss
  livekit::ReconnectReason reason_ = livekit::RR_UNKNOWN;
  Instant next_attempt_ = kNever;
  Instant settle_by_ = kNever;
  Duration ping_interval_{};
  Duration ping_timeout_{};

  SignalLink link_;
  Recovery recovery_;
  Roster roster_;
  livekit::Room info_;
  Messaging messaging_;
  std::unique_ptr<Session> session_;
  std::vector<livekit::SignalRequest> requests_;
  std::vector<Event> session_events_;

  std::map<std::string, PublishOptions, std::less<>> published_;  // by cid
  std::map<std::string, bool> subscriptions_;                     // by track sid: where it differs from the default
  std::map<std::string, livekit::UpdateTrackSettings> settings_;  // by track sid
};

}  // namespace sfu::client

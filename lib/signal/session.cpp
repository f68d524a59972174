// SPDX-License-Identifier: Apache-2.0
#include "signal/session.hpp"

#include <algorithm>
#include <utility>

#include "signal/dispatch.hpp"
#include "signal/grants.hpp"
#include "signal/greeting.hpp"

namespace sfu::signal {
namespace {

using livekit::SignalRequest;
using livekit::SignalResponse;

constexpr int kLeaveActionProtocol = 13;  // older clients know only can_reconnect (signalling 1.9)
constexpr int kMovedProtocol = 16;        // knows room_moved (signalling 2.2)
constexpr std::size_t kMaxEarlyUpdates = 64;

std::int64_t unix_milliseconds(WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

// What may be a session's first message (signalling 1.8).
bool can_begin(const SignalResponse& response) {
  return response.has_join() || response.has_reconnect() || response.has_leave();
}

}  // namespace

Session::Session(const Config& config, ConnectPlan plan)
    : config_(config), plan_(std::move(plan)), protocol_(plan_.join.client.protocol()) {}

room::JoinParams Session::begin_join(Instant now) {
  candidate_protocol_ = config_.fallback->find(now, plan_.room, plan_.claims.identity);
  room::JoinParams params = std::exchange(plan_.join, {});
  params.connection = config_.connection;
  params.tcp_only = candidate_protocol_ == livekit::TCP;
  params.response = join_greeting(*config_.server, params.client, is_relayed());
  return params;
}

room::ResumeParams Session::begin_resume(Instant now, std::string participant_sid) {
  candidate_protocol_ = config_.fallback->find(now, plan_.room, plan_.claims.identity);
  participant_sid_ = std::move(participant_sid);
  room::ResumeParams params;
  params.connection = config_.connection;
  params.identity = plan_.claims.identity;
  params.participant_sid = plan_.participant_sid;
  params.reason = plan_.reconnect_reason;
  params.response = reconnect_greeting(*config_.server, plan_.join.client, is_relayed());
  return params;
}

void Session::refuse_resume(Outbox& out) {
  SignalResponse response;
  auto& leave = *response.mutable_leave();
  leave.set_reason(livekit::STATE_MISMATCH);
  if (protocol_ >= kLeaveActionProtocol) {
    leave.set_action(livekit::LeaveRequest::RECONNECT);
  } else {
    leave.set_can_reconnect(true);
  }
  write(response, out);
  close(out, kCloseNormal);
}

void Session::finish_resume(Instant now, room::Room& room, room::Output& room_out) {
  const auto id = room.find_connection(config_.connection);
  if (!id) return;
  // The session may have changed since the client's token was made.
  update_claims(plan_.claims, room.participant_info(id));
  if (const auto state = std::exchange(plan_.sync_state, {})) room.sync_state(now, id, *state, room_out);
}

void Session::receive(Instant now, ByteView message, bool text, room::Room& room, room::Output& room_out, Outbox& out) {
  if (closed_) return;
  encoding_ = text ? Encoding::kJson : Encoding::kBinary;
  const auto request = decode_request(message, encoding_, config_.message_size_limit);
  if (!request) return close(out, kCloseNormal);
  const auto from = room.find_connection(config_.connection);
  room.note_signal(now, from);
  if (answer_ping(now, *request, room, from, out)) return;
  dispatch(now, *request, room, from, room_out);
}

bool Session::answer_ping(Instant now, const SignalRequest& request, room::Room& room, room::ParticipantId from,
                          Outbox& out) {
  const std::int64_t wall = unix_milliseconds(config_.wall->wall_time(now));
  SignalResponse response;
  if (request.message_case() == SignalRequest::kPing) {
    response.set_pong(wall);
  } else if (request.has_ping_req()) {
    auto& pong = *response.mutable_pong_resp();
    pong.set_last_ping_timestamp(request.ping_req().timestamp());
    pong.set_timestamp(wall);
    constexpr std::int64_t kLongest = 60'000;  // what the client claims, within reason
    const auto rtt = std::clamp<std::int64_t>(request.ping_req().rtt(), 0, kLongest);
    if (rtt > 0) room.set_signal_rtt(from, std::chrono::milliseconds(rtt));
  } else {
    return false;
  }
  if (begun_) write(response, out);
  return true;
}

void Session::send(Instant now, const room::SignalOut& signal, Outbox& out) {
  if (closed_) return;
  if (signal.renewed) {
    update_claims(plan_.claims, *signal.renewed);
    if (begun_) refresh_token(now, out);
  }
  const auto& message = signal.content();
  if (message.message_case() != SignalResponse::MESSAGE_NOT_SET) {
    if (message.has_room_moved()) {
      moved(now, message, out);
    } else if (begun_) {
      write(message, out);
    } else if (can_begin(message)) {
      begin(now, message, out);
    } else if (message.has_update() && early_updates_.size() < kMaxEarlyUpdates) {
      early_updates_.push_back(message);
    }
  }
  if (signal.close) close(out, kCloseNormal);
}

void Session::begin(Instant now, SignalResponse first, Outbox& out) {
  begun_ = true;
  if (first.has_join()) {
    auto& join = *first.mutable_join();
    participant_sid_ = join.participant().sid();
    *join.mutable_ice_servers() = ice_servers(now);
    // A client that has trouble to connect is not to hurry (signalling 2.3).
    if (candidate_protocol_ != livekit::UDP) join.set_fast_publish(false);
  } else if (first.has_reconnect()) {
    *first.mutable_reconnect()->mutable_ice_servers() = ice_servers(now);
  }
  write(first, out);
  for (const auto& update : std::exchange(early_updates_, {})) write(update, out);
  if (first.has_join()) refresh_token(now, out);
  // A resumed client is first told what it missed: its token comes at the end of the turn.
  if (first.has_reconnect()) next_token_ = now;
}

void Session::advance(Instant now, Outbox& out) {
  if (now >= next_token_) refresh_token(now, out);
}

bool Session::is_relayed() const {
  // Without a server to go through there is nothing to force.
  return candidate_protocol_ == livekit::TLS && has_tls_relay(config_.server->ice_servers, config_.server->turn);
}

IceServerList Session::ice_servers(Instant now) const {
  return signal::ice_servers(config_.server->ice_servers, config_.server->turn,
                             {.api_key = plan_.claims.api_key,
                              .participant_sid = participant_sid_,
                              .now = config_.wall->wall_time(now),
                              .tls_only = is_relayed()});
}

// The room knows all about the move but the token, with which the client comes back to the new room.
void Session::moved(Instant now, SignalResponse message, Outbox& out) {
  auto& moved = *message.mutable_room_moved();
  plan_.room = moved.room().name();
  if (plan_.claims.video) plan_.claims.video->room = plan_.room;
  participant_sid_ = moved.participant().sid();
  std::string token = make_token(now);
  if (protocol_ < kMovedProtocol) {
    // It knows no moves, but will join with this when it is told to.
    message.set_refresh_token(std::move(token));
  } else {
    moved.set_token(std::move(token));
  }
  if (begun_) write(message, out);
}

std::string Session::make_token(Instant now) {
  next_token_ = now + kTokenInterval;
  const WallTime wall = config_.wall->wall_time(now);
  const auto lifetime = std::max<Duration>(kTokenLifetime, plan_.claims.expires_at - wall);
  return config_.authenticator->refresh(plan_.claims, wall, lifetime);
}

void Session::refresh_token(Instant now, Outbox& out) {
  auto token = make_token(now);
  if (token.empty()) return;
  SignalResponse response;
  response.set_refresh_token(std::move(token));
  write(response, out);
}

void Session::write(const SignalResponse& response, Outbox& out) {
  out.frames.push_back(encode_response(response, encoding_));
}

void Session::close(Outbox& out, std::uint16_t code) {
  closed_ = true;
  next_token_ = kNever;
  out.close = code;
}

}  // namespace sfu::signal

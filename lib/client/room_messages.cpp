// SPDX-License-Identifier: Apache-2.0
// What the server's messages and the session's events do to a Room.
#include <algorithm>

#include "client/room.hpp"
#include "wire/wire.hpp"

namespace sfu::client {
namespace {

// For media to stand after the server has let us in: as long as the server itself takes at most (signalling 2.5).
constexpr Duration kSettleTimeout = std::chrono::seconds(20);

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace

// Signalling 1.8: what does not begin with this message is not for this attempt.
bool Room::enters(const livekit::SignalResponse& message) const {
  const bool resume = session_->joined();
  return message.has_leave() || (resume ? message.has_reconnect() : message.has_join());
}

void Room::on_message(Instant now, std::uint32_t attempt, ByteView bytes, RoomOutput& out) {
  if (!link_.received(now, attempt) || !session_) return;
  livekit::SignalResponse message;
  if (!wire::parse_quietly(message, bytes)) return;
  if (phase_ == Phase::kEntering && !enters(message)) return;
  handle(now, message, out);
}

void Room::handle(Instant now, const livekit::SignalResponse& message, RoomOutput& out) {
  if (message.has_leave()) return on_leave(now, message.leave(), out);
  std::vector<RosterEvent> news;
  if (message.has_join()) {
    on_join(now, message.join(), out);
  } else if (message.has_update()) {
    roster_.update(message.update(), news);
    tell_roster(news, out);
  } else if (message.has_refresh_token()) {
    token_ = message.refresh_token();
  } else if (message.has_room_update()) {
    info_ = message.room_update().room();
  } else if (message.has_room_moved()) {
    on_moved(message.room_moved(), out);
  } else if (message.has_pong_resp()) {
    link_.on_pong(now, message.pong_resp());
  }
  Output session_out = session_output(out);
  session_->on_signal(now, message, session_out);
  drain(now, out);
  if (message.has_join()) {
    // After the session has made its connections.
    for (const auto& [cid, options] : published_) {
      const auto published = session_->publish(now, options, session_out);
      if (!published) out.events.emplace_back(PublishFailed{cid, published.error()});
    }
    restore_subscriptions(out);
    drain(now, out);
  }
  if (message.has_reconnect()) on_resumed(now, out);
}

void Room::on_join(Instant now, const livekit::JoinResponse& join, RoomOutput& out) {
  phase_ = Phase::kSettling;
  settle_by_ = now + kSettleTimeout;
  info_ = join.room();
  ping_interval_ = std::chrono::seconds(join.ping_interval());
  ping_timeout_ = std::chrono::seconds(join.ping_timeout());
  link_.establish(now, ping_interval_, ping_timeout_);
  out.events.emplace_back(Joined{join});
  std::vector<RosterEvent> news;
  roster_.replace(join.participant(), join.other_participants(), news);
  tell_roster(news, out);
}

// The session has restarted ICE; what the server is to know of us comes first (signalling 2.15).
void Room::on_resumed(Instant now, RoomOutput& out) {
  phase_ = Phase::kSettling;
  settle_by_ = now + kSettleTimeout;
  link_.establish(now, ping_interval_, ping_timeout_);
  livekit::SignalRequest request;
  *request.mutable_sync_state() = sync_state();
  link_.send(request, out.signal);
  for (const livekit::SignalRequest& waiting : std::exchange(requests_, {})) link_.send(waiting, out.signal);
  if (session_->media_connected()) settled(now, out);
}

livekit::SyncState Room::sync_state() const {
  livekit::SyncState state = session_->sync_state();
  state.mutable_subscription()->set_subscribe(!config_.join.auto_subscribe);
  for (const auto& [sid, subscribed] : subscriptions_) state.mutable_subscription()->add_track_sids(sid);
  for (const auto& [sid, settings] : settings_) {
    if (settings.disabled()) state.add_track_sids_disabled(sid);
  }
  return state;
}

// A new session knows nothing of what the host wanted of the one before.
void Room::restore_subscriptions(RoomOutput& out) {
  if (!subscriptions_.empty()) {
    livekit::SignalRequest request;
    *request.mutable_subscription() = sync_state().subscription();
    link_.send(request, out.signal);
  }
  for (const auto& [sid, settings] : settings_) {
    livekit::SignalRequest request;
    *request.mutable_track_setting() = settings;
    link_.send(request, out.signal);
  }
}

void Room::on_leave(Instant now, const livekit::LeaveRequest& leave, RoomOutput& out) {
  switch (leave.action()) {
    case livekit::LeaveRequest::RESUME: recover(now, Way::kResume, livekit::RR_UNKNOWN, out); break;
    case livekit::LeaveRequest::RECONNECT: recover(now, Way::kRejoin, livekit::RR_UNKNOWN, out); break;
    default:
      if (leave.can_reconnect()) return recover(now, Way::kRejoin, livekit::RR_UNKNOWN, out);
      close(leave.reason(), {}, out);
  }
}

void Room::on_moved(const livekit::RoomMovedResponse& moved, RoomOutput& out) {
  if (!moved.token().empty()) token_ = moved.token();
  info_ = moved.room();
  subscriptions_.clear();
  settings_.clear();
  out.events.emplace_back(Moved{moved});
  std::vector<RosterEvent> news;
  roster_.replace({}, {}, news);  // all of the old room
  roster_.replace(moved.participant(), moved.other_participants(), news);
  tell_roster(news, out);
}

void Room::tell_roster(std::vector<RosterEvent>& news, RoomOutput& out) {
  for (RosterEvent& event : news) {
    if (const auto* left = std::get_if<ParticipantLeft>(&event)) {
      messaging_.participant_left(left->info.identity(), out.events);
    } else if (const auto* gone = std::get_if<TrackGone>(&event)) {
      subscriptions_.erase(gone->track.sid());
      settings_.erase(gone->track.sid());
    }
    out.events.emplace_back(std::move(event));
  }
  news.clear();
}

void Room::drain(Instant now, RoomOutput& out) {
  // While entering they wait: the server would drop them, and some say what a resume must not lose.
  if (phase_ >= Phase::kSettling) {
    for (const livekit::SignalRequest& request : requests_) link_.send(request, out.signal);
    requests_.clear();
  }
  for (Event& event : std::exchange(session_events_, {})) {
    std::visit(Overloaded{
                   [&](SignalReceived& signal) { out.events.emplace_back(ServerMessage{std::move(signal.message)}); },
                   [&](DataReceived& data) { messaging_.receive(now, data, wall(now), out.events); },
                   [&](SubscriberConnected&) {},
                   [&](MediaConnected&) {
                     if (phase_ == Phase::kSettling) settled(now, out);
                   },
                   [&](MediaLost& lost) {
                     if (phase_ == Phase::kReady) recover(now, Way::kResume, lost.reason, out);
                   },
                   [&](PublishFailed& failed) {
                     published_.erase(failed.cid);
                     out.events.emplace_back(std::move(failed));
                   },
                   [&](auto& other) { out.events.emplace_back(std::move(other)); },
               },
               event);
  }
  if (session_ && phase_ == Phase::kReady && messaging_.waiting()) {
    Output session_out = session_output(out);
    flush_messages(now, session_out);
  }
}

}  // namespace sfu::client

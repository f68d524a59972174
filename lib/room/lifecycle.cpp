// SPDX-License-Identifier: Apache-2.0
#include "room/lifecycle.hpp"

#include <algorithm>
#include <utility>

#include "room/events.hpp"
#include "room/figures.hpp"
#include "room/forwarded_participants.hpp"
#include "room/outbox.hpp"
#include "room/peer_transport.hpp"
#include "room/transport_fallback.hpp"

namespace sfu::room {

namespace {

// A session that ended before its media stood: given up by somebody, or for want of a connection.
bool is_failure(livekit::DisconnectReason reason) {
  switch (reason) {
    case livekit::JOIN_FAILURE:
    case livekit::CONNECTION_TIMEOUT:
    case livekit::MEDIA_FAILURE:
    case livekit::STATE_MISMATCH: return true;
    default: return false;
  }
}

// livekit-client gives up on a connection after 15 seconds, and on single candidates before.
constexpr Duration kConnectPatience = std::chrono::seconds(10);

// The participant, or whoever takes its place, has waited in vain.
bool is_given_up(livekit::DisconnectReason reason) {
  return is_failure(reason) || reason == livekit::CLIENT_INITIATED || reason == livekit::SIGNAL_CLOSE ||
         reason == livekit::DUPLICATE_IDENTITY;
}

// LiveKit's server looks for empty rooms once a second: who makes a room to join it finds it, however short its
// timeout.
constexpr Duration kLeastEmptyTimeout = std::chrono::seconds(1);

bool is_short_lived(Instant now, const Transport& transport) {
  return transport.connected_at != kNever && now - transport.connected_at < TransportFallback::kShort;
}

// One that stood does not any more.
bool lacks_connection(const Participant& participant) {
  return std::ranges::any_of(participant.peer_transports(), [](PeerTransport* transport) {
    return transport->was_connected && transport->peer().state() != peer::State::kConnected;
  });
}

}  // namespace

void Lifecycle::joined(Instant now, Participant& participant) {
  participant.began = now;
  participant.join_deadline = now + kJoinTimeout;
  ++state_.statistics().joins.rtc_connected;
  ++state_.statistics().participants;
  anyone_joined_ |= participant.counts();
  participant.profile.advance_state(livekit::ParticipantInfo::JOINED);
  updates_.changed(participant, Updates::Cause::kState);
  state_.counts_changed = true;
}

void Lifecycle::transport_connected(Instant now, Participant& participant, Transport& transport, Output& out) {
  if (!transport.was_connected) count_stage(transport, ConnectionStage::kConnected);
  transport.was_connected = true;
  transport.connected_at = now;
  // What it resumed for is there. Where it has yet to resume, it was told to, and must.
  if (participant.connection != 0 && !lacks_connection(participant)) participant.resume_deadline = kNever;
  if (&transport == &participant.downlink()) subscribing_.connected(now, participant, out);
  if (&transport == &participant.primary()) become_active(now, participant, out);
}

void Lifecycle::become_active(Instant now, Participant& participant, Output& out) {
  participant.join_deadline = kNever;
  if (!participant.profile.advance_state(livekit::ParticipantInfo::ACTIVE)) return;
  participant.active_since = now;
  ++state_.statistics().joins.rtc_active;
  state_.statistics().start_ms[participant.profile.protocol()].observe(to_milliseconds(now - participant.began));
  updates_.changed(participant, Updates::Cause::kState);
  subscribing_.want_all(now, participant);
  data_subscribing_.want_all(now, participant);
  quality_.became_active(now);
  raise_participant_event(state_, Event::Type::kParticipantJoined, participant, out);
}

void Lifecycle::transport_failed(Instant now, Participant& participant, const Transport& transport, Output& out) {
  if (participant.resume_deadline != kNever) return;
  count_failure(now, participant, is_short_lived(now, transport));
  participant.resume_deadline = now + kResumeGrace;
  send_leave(out, participant, livekit::CONNECTION_TIMEOUT, livekit::LeaveRequest::RESUME);
}

// What the client tells before it was noticed here.
void Lifecycle::resumed(Instant now, Participant& participant, livekit::ReconnectReason reason) {
  const bool unnoticed = participant.resume_deadline == kNever;
  participant.resume_deadline = lacks_connection(participant) ? now + kReturnTimeout : kNever;
  if (!unnoticed) return;
  if (reason == livekit::RR_PUBLISHER_FAILED) {
    count_failure(now, participant, is_short_lived(now, *participant.publisher));
  } else if (reason == livekit::RR_SUBSCRIBER_FAILED) {
    count_failure(now, participant, is_short_lived(now, participant.downlink()));
  }
}

void Lifecycle::count_failure(Instant now, Participant& participant, bool short_lived) {
  auto* fallback = state_.environment.fallback;
  if (fallback == nullptr || participant.is_local() || participant.is_copy()) return;
  const auto& profile = participant.profile;
  const auto next = fallback->failed(now, state_.options.name, profile.identity(),
                                     {short_lived, now - participant.last_signal, has_ice_tcp(profile.client())});
  prefer(participant, next);
}

void Lifecycle::prefer(Participant& participant, livekit::CandidateProtocol protocol) {
  participant.tcp_only = protocol == livekit::TCP;
  for (auto* transport : participant.peer_transports()) transport->peer().set_tcp_only(participant.tcp_only);
}

void Lifecycle::connection_closed(Instant now, Participant& participant, Output& out) {
  participant.connection = 0;
  if (participant.was_connected()) {
    if (lacks_connection(participant)) {
      participant.resume_deadline = std::min(participant.resume_deadline, now + kResumeGrace);
    }
    return;
  }
  close(now, participant, livekit::SIGNAL_CLOSE, livekit::LeaveRequest::DISCONNECT, out);
}

void Lifecycle::close(Instant now, Participant& participant, livekit::DisconnectReason reason,
                      livekit::LeaveRequest::Action action, Output& out) {
  const ConnectionId connection = participant.connection;
  send_leave(out, participant, reason, action);
  forget(now, participant, reason, connection, out);
}

void Lifecycle::drop(Instant now, Participant& participant, livekit::DisconnectReason reason, Output& out) {
  const ConnectionId connection = std::exchange(participant.connection, 0);
  if (connection != 0) out.signals.push_back({connection, {}, true});
  forget(now, participant, reason, connection, out);
}

void Lifecycle::forget(Instant now, Participant& participant, livekit::DisconnectReason reason, ConnectionId connection,
                       Output& out) {
  const bool was_active = participant.profile.active();
  if (participant.profile.state() == livekit::ParticipantInfo::DISCONNECTED) return;
  const bool waited =
      !participant.is_copy() && !participant.was_connected() && now - participant.began >= kConnectPatience;
  if (waited && is_given_up(reason)) count_failure(now, participant, false);
  participant.profile.set_disconnected(reason);
  end_copies(now, state_, participant, reason, out);
  if (participant.is_copy()) tell_source(now, state_, participant);
  publishing_.unpublish_all(now, participant, out);
  subscribing_.drop_all(now, participant, out);
  data_publishing_.unpublish_all(participant);
  data_subscribing_.drop_all(participant);
  updates_.left(now, participant.info());
  auto& event = raise_participant_event(
      state_, was_active ? Event::Type::kParticipantLeft : Event::Type::kParticipantConnectionAborted, participant,
      out);
  event.connection = connection;
  if (!participant.is_copy()) count_end(now, participant, was_active, reason);
  if (participant.publisher) close_transport(now, *participant.publisher, out);
  if (participant.subscriber) close_transport(now, *participant.subscriber, out);
  if (participant.counts()) last_left_ = now;
  state_.counts_changed = true;
  if (auto gone = state_.roster.remove(participant.id)) state_.departed.push_back(std::move(gone));
}

void Lifecycle::count_end(Instant now, const Participant& participant, bool was_active,
                          livekit::DisconnectReason reason) {
  auto& statistics = state_.statistics();
  --statistics.participants;
  if (was_active) {
    statistics.session_ms[participant.profile.protocol()].observe(to_milliseconds(now - participant.active_since));
  } else {
    ++(is_failure(reason) ? statistics.joins.rtc_failure : statistics.joins.rtc_canceled);
  }
}

void Lifecycle::count_stage(const Transport& transport, ConnectionStage stage) {
  ++state_.statistics().connections[{transport.target() == livekit::SUBSCRIBER, stage}];
}

std::unique_ptr<Participant> Lifecycle::take_out(Instant now, Participant& participant, Output& out) {
  end_copies(now, state_, participant, livekit::MIGRATION, out);
  publishing_.withdraw_all(now, participant, out);
  subscribing_.drop_all(now, participant, out);
  data_publishing_.withdraw_all(participant);
  data_subscribing_.drop_all(participant);
  // For those who stay it is as if it had left.
  participant.profile.touch();
  auto info = participant.info();
  info.clear_tracks();
  info.clear_data_tracks();
  info.set_state(livekit::ParticipantInfo::DISCONNECTED);
  info.set_disconnect_reason(livekit::MIGRATION);
  updates_.left(now, info);
  auto& event = raise_event(
      state_, participant.profile.active() ? Event::Type::kParticipantLeft : Event::Type::kParticipantConnectionAborted,
      out);
  event.id = participant.id;
  event.connection = participant.connection;
  event.participant = std::move(info);
  for (auto* transport : {participant.publisher.get(), participant.subscriber.get()}) {
    if (transport != nullptr) state_.timers.remove(std::exchange(transport->timer, kNoTimer));
  }
  if (participant.counts()) last_left_ = now;
  --state_.statistics().participants;
  state_.counts_changed = true;
  return state_.roster.remove(participant.id);
}

void Lifecycle::take_in(Instant now, Participant& participant, Output& out) {
  anyone_joined_ |= participant.counts();
  ++state_.statistics().participants;
  state_.counts_changed = true;
  updates_.changed(participant, Updates::Cause::kState);
  if (participant.profile.active()) {
    quality_.became_active(now);
    raise_participant_event(state_, Event::Type::kParticipantJoined, participant, out);
  }
}

void Lifecycle::counts_otherwise(Instant now, const Participant& participant) {
  if (participant.counts()) {
    anyone_joined_ = true;
  } else {
    last_left_ = now;
  }
}

void Lifecycle::close_transport(Instant now, Transport& transport, Output& out) {
  state_.timers.remove(std::exchange(transport.timer, kNoTimer));
  auto* connection = transport.peer_transport();
  if (connection == nullptr) return;
  state_.with_peer(*connection, out, [&](peer::Output& sink) {
    connection->peer().close(now, sink);
    sink.events.clear();  // the registry forgets the peer with all that it had
  });
  // The key may soon be another's.
  std::erase_if(state_.peer_events, [&](const auto& event) { return event.first == connection->key(); });
  state_.environment.registry->remove_peer(connection->key());
}

void Lifecycle::close_room(Instant now, livekit::DisconnectReason reason, Output& out) {
  if (state_.closed) return;
  state_.closed = true;
  --state_.statistics().rooms;
  state_.statistics().room_seconds.observe(std::chrono::duration<double>(now - created_).count());
  state_.roster.for_each(
      [&](Participant& participant) { close(now, participant, reason, livekit::LeaveRequest::DISCONNECT, out); });
  raise_event(state_, Event::Type::kRoomFinished, out);
}

void Lifecycle::advance(Instant now, Output& out) {
  state_.roster.for_each([&](Participant& participant) {
    if (now >= participant.join_deadline) {
      close(now, participant, livekit::JOIN_FAILURE, livekit::LeaveRequest::DISCONNECT, out);
    } else if (now >= participant.resume_deadline) {
      close(now, participant, livekit::CONNECTION_TIMEOUT, livekit::LeaveRequest::RECONNECT, out);
    }
  });
  if (now >= room_deadline()) close_room(now, livekit::ROOM_CLOSED, out);
}

Instant Lifecycle::room_deadline() {
  if (state_.closed) return kNever;
  bool held = false;
  state_.roster.for_each([&](Participant& participant) { held |= participant.counts(); });
  if (held) return kNever;
  if (anyone_joined_) return last_left_ + state_.options.departure_timeout;
  return created_ + std::max(state_.options.empty_timeout, kLeastEmptyTimeout);
}

Instant Lifecycle::deadline() {
  Instant deadline = room_deadline();
  state_.roster.for_each([&](Participant& participant) {
    deadline = std::min({deadline, participant.join_deadline, participant.resume_deadline});
  });
  return deadline;
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/admission.hpp"

#include <algorithm>
#include <utility>

#include "room/join_response.hpp"
#include "room/local_transport.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr int kSubscriberPrimaryProtocol = 3;
constexpr std::uint32_t kFirstDataHandles = 256;  // the first handle is anywhere among these

std::unique_ptr<Participant> make_participant(Instant now, RoomState& state, JoinParams& params,
                                              std::vector<livekit::Codec> codecs) {
  const bool v1 = params.single_peer_connection;
  const bool auto_subscribe = params.auto_subscribe;
  const bool auto_subscribe_data = params.auto_subscribe_data;
  const bool adaptive_stream = params.adaptive_stream;
  const bool allow_pause = params.subscriber_allow_pause.value_or(state.options.allow_pause);
  const bool tcp_only = params.tcp_only;
  const ConnectionId connection = params.connection;
  auto participant =
      std::make_unique<Participant>(Profile(std::move(params), make_sid(state.random(), "PA_"), state.wall_time(now)));
  participant->connection = connection;
  participant->single_peer_connection = v1;
  participant->auto_subscribe = auto_subscribe;
  participant->auto_subscribe_data = auto_subscribe_data;
  participant->last_data_handle = static_cast<std::uint16_t>(state.random().below(kFirstDataHandles));
  participant->adaptive_stream = adaptive_stream;
  participant->allow_pause = allow_pause;
  participant->tcp_only = tcp_only;
  participant->last_request = now;
  participant->last_signal = now;
  participant->publish_codecs = std::move(codecs);
  participant->subscriber_primary =
      !v1 && participant->profile.can_subscribe() && participant->profile.protocol() >= kSubscriberPrimaryProtocol;
  return participant;
}

}  // namespace

// Of those who count. Who comes back takes its own place.
bool Admission::is_full(const std::string& identity) {
  if (state_.options.max_participants == 0) return false;
  std::uint32_t others = 0;
  state_.roster.for_each([&](const Participant& participant) {
    others += participant.counts() && participant.profile.identity() != identity ? 1 : 0;
  });
  return others >= state_.options.max_participants;
}

Result<void> Admission::may_join(const std::string& identity) {
  if (state_.options.duplicate_identity == DuplicateIdentity::kReplace) return {};
  const auto* older = state_.roster.find_identity(identity);
  // One whose connection is lost may be the newcomer itself, which could not resume.
  if (older == nullptr || older->is_copy() || older->connection == 0) return {};
  return fail(Errc::kAlreadyExists, identity + " is in the room already");
}

Result<ParticipantId> Admission::join(Instant now, Room& room, JoinParams params, Output& out) {
  ++state_.statistics().joins.rtc_init;
  if (state_.closed) return fail(Errc::kClosed, "the room is closed");
  const bool dependent = params.kind == livekit::ParticipantInfo::AGENT ||
                         params.kind == livekit::ParticipantInfo::EGRESS || params.permission.agent() ||
                         params.permission.recorder();
  if (!dependent && is_full(params.identity)) return fail(Errc::kLimitExceeded, "the room is full");
  SFU_CHECK_OK(may_join(params.identity));
  if (auto* older = state_.roster.find_identity(params.identity)) {
    lifecycle_.close(now, *older, livekit::DUPLICATE_IDENTITY, livekit::LeaveRequest::DISCONNECT, out);
  }
  auto begun = std::move(params.response);
  params.response = {};
  const auto& client = begun.client_configuration();
  const auto codecs = usable_codecs(state_.options.enabled_codecs, client);
  const auto add_tracks = std::move(params.add_tracks);
  const auto offer = std::move(params.offer);
  const auto local = std::move(params.local);
  auto& participant = state_.roster.add(make_participant(now, state_, params, publish_codecs(codecs, client)));
  const auto id = participant.id;
  if (local) {
    participant.publisher = std::make_unique<LocalTransport>(id, state_.random(), state_.random().u32() | 1, local);
  } else if (const auto made = negotiation_.create_transports(room, participant, codecs); !made) {
    state_.departed.push_back(state_.roster.remove(id));
    return Failure{made.error()};
  }
  for (auto* transport : {participant.publisher.get(), participant.subscriber.get()}) {
    if (transport != nullptr) transport->timer = state_.timers.add(transport);
  }
  greet(now, participant, std::move(begun), out);
  if (local) {
    lifecycle_.transport_connected(now, participant, *participant.publisher, out);
    data_.channels_changed(now, participant, out);
    return id;
  }
  for (const auto& request : add_tracks) publishing_.add_track(now, participant, request, out);
  if (participant.single_peer_connection && offer) {
    negotiation_.offer(now, participant, *offer, out);
  } else {
    subscribing_.reconcile(now, out);
    negotiation_.start(now, participant, out);
  }
  return id;
}

void Admission::greet(Instant now, Participant& participant, livekit::JoinResponse begun, Output& out) {
  livekit::SignalResponse join;
  *join.mutable_join() = make_join_response(state_, participant, std::move(begun));
  send(out, participant, std::move(join));
  lifecycle_.joined(now, participant);
  data_.joined(participant);
  subscribing_.want_all(now, participant);
  data_subscribing_.want_all(now, participant);
}

Result<void> Admission::may_enter(const Participant& participant) {
  const std::string& identity = participant.profile.identity();
  if (state_.closed) return fail(Errc::kClosed, "the room is closed");
  const auto* same = state_.roster.find_identity(identity);
  const bool own_copy =
      same != nullptr && same->is_copy() && same->source->participant_sid == participant.profile.sid();
  if (same != nullptr && !own_copy) return fail(Errc::kAlreadyExists, identity + " is in that room already");
  if (participant.counts() && is_full(identity)) return fail(Errc::kLimitExceeded, "the room is full");
  return {};
}

ParticipantId Admission::take_in(Instant now, Room& room, std::unique_ptr<Participant> moved, Output& out) {
  moved->profile.renew(make_sid(state_.random(), "PA_"), state_.wall_time(now));
  auto& participant = state_.roster.add(std::move(moved));
  for (auto* transport : {participant.publisher.get(), participant.subscriber.get()}) {
    if (transport == nullptr) continue;
    transport->set_owner(participant.id);
    if (auto* connection = transport->peer_transport()) {
      state_.environment.registry->move_peer(connection->key(), room);
      state_.roster.add_peer(connection->key(), connection);
    }
    transport->timer = state_.timers.add(transport);
    state_.timers.schedule(transport->timer, transport->deadline());
  }
  participant.seen = {};
  participant.told_speakers.clear();
  participant.update = {};
  participant.score = {};
  participant.limited = false;  // what it subscribes to here has no allowances yet
  participant.last_request = now;
  data_.joined(participant);

  count_participants(state_);
  livekit::SignalResponse response;
  auto& message = *response.mutable_room_moved();  // signal adds the token
  *message.mutable_room() = state_.info;
  *message.mutable_participant() = participant.info();
  add_others(state_, participant, *message.mutable_other_participants());
  send(out, participant, std::move(response));

  lifecycle_.take_in(now, participant, out);
  publishing_.bring_all(now, participant, out);
  data_publishing_.bring_all(now, participant, out);
  subscribing_.want_all(now, participant);
  data_subscribing_.want_all(now, participant);
  state_.ask_data_reconcile(participant);  // tells it that its old handles are gone
  return participant.id;
}

Result<ParticipantId> Admission::resume(Instant now, ResumeParams params, Output& out) {
  auto* participant = state_.roster.find_identity(params.identity);
  const bool same = participant != nullptr && !participant->is_copy() &&
                    (params.participant_sid.empty() || params.participant_sid == participant->profile.sid());
  if (!same) return fail(Errc::kNotFound, "no session to resume");
  auto& fault = participant->resume_fault;
  if (now >= fault.until) fault = {};
  if (fault.refused > 0) {
    --fault.refused;
    return fail(Errc::kUnavailable, "the client wished so");
  }
  if (participant->connection != 0) {
    auto& last = out.signals.emplace_back();
    last.connection = participant->connection;
    last.close = true;
  }
  state_.roster.set_connection(*participant, params.connection);
  lifecycle_.resumed(now, *participant, params.reason);
  livekit::SignalResponse reconnect;
  *reconnect.mutable_reconnect() = std::move(params.response);
  reconnect.mutable_reconnect()->set_last_message_seq(participant->last_reliable_sequence);
  send(out, *participant, std::move(reconnect));
  updates_.send_all(now, *participant, out);
  news_.send_to(*participant, out);
  speaking_.resumed(now, *participant, out);
  streams_.resumed(*participant, out);
  negotiation_.restart(now, *participant, out);
  subscribing_.repeat_permissions(*participant);
  publishing_.repeat_reports(now, *participant);
  data_subscribing_.resumed(*participant);
  participant->last_request = now;
  participant->last_signal = now;
  if (std::exchange(fault.closed_after, false)) {
    auto& last = out.signals.emplace_back();
    last.connection = std::exchange(participant->connection, 0);
    last.close = true;
  }
  return participant->id;
}

void Admission::sync_state(Instant now, Participant& participant, const livekit::SyncState& state, Output& out) {
  const bool agrees = std::ranges::all_of(state.publish_tracks(), [&](const livekit::TrackPublishedResponse& track) {
    return participant.find_publication(track.track().sid()) != nullptr;
  });
  if (!agrees || !data_publishing_.agrees(participant, state)) {
    lifecycle_.require_full_reconnect(now, participant, out);
    return;
  }
  if (!state.track_sids_disabled().empty()) {
    livekit::UpdateTrackSettings disabled;
    *disabled.mutable_track_sids() = state.track_sids_disabled();
    disabled.set_disabled(true);
    subscribing_.update_settings(now, participant, disabled);
  }
  if (state.has_subscription()) subscribing_.update(now, participant, state.subscription());
  if (state.has_data_subscription()) data_subscribing_.update(now, participant, state.data_subscription());
  const auto& received = state.datachannel_receive_states();
  data_.repeat_missed(now, participant, {received.data(), static_cast<std::size_t>(received.size())}, out);
}

}  // namespace sfu::room

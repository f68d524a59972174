// SPDX-License-Identifier: Apache-2.0
// Operations on two rooms of one worker.
#include <algorithm>
#include <utility>

#include "room/outbox.hpp"
#include "room/room.hpp"
#include "room/room_parts.hpp"

namespace sfu::room {

namespace {

constexpr int kMovingProtocol = 16;

}  // namespace

Result<void> Room::may_move(ParticipantId id, std::string_view to) const {
  const auto* participant = parts_->state.roster.find(id);
  if (participant == nullptr) return fail(Errc::kNotFound, "no such participant");
  if (to == name()) return fail(Errc::kInvalidArgument, "the participant is in that room");
  if (participant->is_copy()) return fail(Errc::kUnsupported, "a forwarded participant cannot be moved");
  if (participant->profile.is_dependent()) return fail(Errc::kUnsupported, "agents and recorders cannot be moved");
  if (participant->connection == 0) return fail(Errc::kFailedPrecondition, "the participant is reconnecting");
  return {};
}

Result<void> Room::may_forward(ParticipantId id, std::string_view to) const {
  const auto* participant = parts_->state.roster.find(id);
  if (participant == nullptr) return fail(Errc::kNotFound, "no such participant");
  if (to == name()) return fail(Errc::kInvalidArgument, "the participant is in that room");
  if (participant->is_copy()) return fail(Errc::kUnsupported, "a forwarded participant cannot be forwarded on");
  return {};
}

Result<void> Room::move_participant(Instant now, ParticipantId id, Room& to, Output& out) {
  SFU_CHECK_OK(may_move(id, to.name()));
  auto* participant = parts_->state.roster.find(id);
  SFU_CHECK_OK(to.parts_->admission.may_enter(*participant));
  if (participant->profile.protocol() < kMovingProtocol) return send_away(now, id, to.name(), out);

  std::vector<PeerKey> peers;
  for (auto* transport : participant->peer_transports()) peers.push_back(transport->key());
  const auto undecided = parts_->state.questions.take_requests_of(id);
  auto moved = parts_->lifecycle.take_out(now, *participant, out);
  // What its peers have said and nobody has heard goes along.
  for (auto& event : std::exchange(parts_->state.peer_events, {})) {
    const bool is_moved = std::ranges::find(peers, event.first) != peers.end();
    (is_moved ? to.parts_ : parts_)->state.peer_events.push_back(std::move(event));
  }
  settle(now, out);
  const ParticipantId there = to.parts_->admission.take_in(now, to, std::move(moved), out);
  if (auto* arrived = to.parts_->state.roster.find(there)) to.parts_->ask_again(now, *arrived, undecided, out);
  to.settle(now, out);
  return {};
}

Result<void> Room::send_away(Instant now, ParticipantId id, const std::string& to, Output& out) {
  SFU_CHECK_OK(may_move(id, to));
  auto* participant = parts_->state.roster.find(id);
  if (participant->is_local()) return fail(Errc::kUnsupported, "the host's own participants stay on their worker");
  livekit::SignalResponse response;
  auto& moved = *response.mutable_room_moved();  // signal adds the token
  moved.mutable_room()->set_name(to);
  *moved.mutable_participant() = participant->info();
  send(out, *participant, std::move(response));
  parts_->lifecycle.close(now, *participant, livekit::MIGRATION, livekit::LeaveRequest::RECONNECT, out);
  settle(now, out);
  return {};
}

Result<void> Room::forward_participant(Instant now, ParticipantId id, Room& to, Output& out) {
  SFU_CHECK_OK(may_forward(id, to.name()));
  if (to.parts_->state.closed) return fail(Errc::kClosed, "the room is closed");
  SFU_CHECK_OK(parts_->forwarded.forward(now, *parts_->state.roster.find(id), to, out));
  settle(now, out);
  to.settle(now, out);
  return {};
}

ForwardedParticipants& Room::forwarded() {
  return parts_->forwarded;
}

void Room::settle(Instant now, Output& out) {
  parts_->settle(now, out);
}

}  // namespace sfu::room

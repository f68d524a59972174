// SPDX-License-Identifier: Apache-2.0
// What is asked about a join where its room is known: the host's hook, and what the room says of a second participant
// of one identity.
#include "runtime/shard.hpp"
#include "runtime/shard_parts.hpp"

namespace sfu::runtime {

std::optional<signal::Rejection> Shard::ask_admission(signal::ConnectPlan& plan, bool checking) {
  constexpr int kForbidden = 403;
  if (plan.resume) return std::nullopt;
  const room::Room* room = find_room(plan.room);
  if (const AdmissionHook* hook = config_.authenticator->admission()) {
    const bool there = room != nullptr && room->find(plan.join.identity);
    const Admission decision = hook->admit({.claims = plan.claims,
                                            .client_address = plan.join.client.address(),
                                            .room_exists = room != nullptr,
                                            .participants = room != nullptr ? room->participant_count() : 0,
                                            .already_there = there,
                                            .checking = checking});
    if (!decision.allowed) return signal::Rejection{kForbidden, decision.reason};
    if (decision.grants) signal::regrant(plan, *decision.grants);
  }
  if (room == nullptr) return std::nullopt;
  if (const auto may = room->may_join(plan.join.identity); !may) return signal::session_failed(may.error());
  return std::nullopt;
}

WallTime Shard::token_expiry(const room::Room& room, room::ParticipantId id) {
  const Connection* connection = connection_of(room.connection_of(id));
  return connection != nullptr ? connection->session.plan().claims.expires_at : WallTime{};
}

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
// The host's own participants: how they join, and what passes between them and their rooms.
#include <utility>

#include "runtime/shard.hpp"
#include "runtime/shard_parts.hpp"

namespace sfu::runtime {

Result<void> Shard::join_local(Instant now, room::ConnectionId id, signal::ConnectPlan plan, bool frames,
                               ClientObserver& observer, participant::Herald::Answer answer) {
  SFU_TRY(auto options, signal::room_options(plan, config_.room_defaults, config_.room_presets));
  const auto found = homes_by_name_.find(plan.room);
  Home& home = found != homes_by_name_.end() ? *home_at(found->second) : *open_home(now, std::move(options));
  plan.join.connection = id;
  plan.join.local = true;
  plan.join.single_peer_connection = true;
  locals_[id] = std::make_unique<Local>(home.key, id, frames, observer, *random_, std::move(answer));
  room::Output out = output();
  const auto joined = home.room.join(now, std::move(plan.join), out);
  if (!joined) locals_.erase(id);
  settle(now, home);
  if (!joined) return Failure{joined.error()};
  return {};
}

Shard::Local* Shard::local_of(room::ConnectionId id) {
  const auto found = locals_.find(id);
  return found == locals_.end() ? nullptr : found->second.get();
}

void Shard::with_local(Instant now, room::ConnectionId id,
                       const std::function<void(LocalSession&, const LocalSession::Place&)>& operation) {
  Local* local = local_of(id);
  Home* home = local != nullptr && !local->session.closed() ? home_at(local->home) : nullptr;
  if (home == nullptr) return;
  room::Output out = output();
  operation(local->session, {now, wall_.wall_time(now), home->room, home->room.find_connection(id), out});
  settle(now, *home);
}

void Shard::forget_local(room::ConnectionId id) {
  locals_.erase(id);
}

// What observers do comes by the mailbox, in a later turn: nobody joins or leaves meanwhile.
void Shard::serve_locals(Instant now) {
  const bool due = now >= locals_deadline_;
  locals_deadline_ = kNever;
  for (auto local = locals_.begin(); local != locals_.end();) {
    with_local(now, local->first, [&](LocalSession& session, const LocalSession::Place& place) {
      if (due && session.deadline() <= now) session.advance(place);
      session.exchange(place);
    });
    LocalSession& session = local->second->session;
    session.tell();
    if (session.closed()) {
      local = locals_.erase(local);
      continue;
    }
    locals_deadline_ = std::min(locals_deadline_, session.deadline());
    ++local;
  }
}

}  // namespace sfu::runtime

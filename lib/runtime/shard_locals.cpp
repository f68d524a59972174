// SPDX-License-Identifier: Apache-2.0
// The host's own participants: how they join, and what passes between them and their rooms.
#include <span>
#include <utility>

#include "runtime/shard.hpp"
#include "runtime/shard_parts.hpp"

namespace sfu::runtime {

Result<void> Shard::join_local(Instant now, room::ConnectionId id, signal::ConnectPlan plan, bool frames,
                               ClientObserver& observer, participant::Herald::Answer answer) {
  SFU_TRY(auto options, signal::room_options(plan, config_.room_defaults, config_.room_presets));
  const auto found = homes_by_name_.find(plan.room);
  Home& home = found != homes_by_name_.end() ? *home_at(found->second) : *open_home(now, std::move(options));
  const LocalKey key =
      locals_.emplace(std::make_unique<Local>(home.key, id, frames, observer, *random_, std::move(answer), [this, id] {
        if (Local* with_news = local_of(id)) serve_later(*with_news);
      }));
  Local& local = **locals_.find(key);
  local.key = locals_by_id_[id] = key;
  plan.join.connection = id;
  plan.join.local = local.session.inbox();
  plan.join.single_peer_connection = true;
  room::Output out = output();
  const auto joined = home.room.join(now, std::move(plan.join), out);
  if (!joined) forget_local(id);
  settle(now, home);
  if (!joined) return Failure{joined.error()};
  return {};
}

Shard::Local* Shard::local_of(room::ConnectionId id) {
  const auto found = locals_by_id_.find(id);
  return found == locals_by_id_.end() ? nullptr : locals_.find(found->second)->get();
}

bool Shard::with_local(Instant now, room::ConnectionId id,
                       const std::function<void(LocalSession&, const LocalSession::Place&)>& operation) {
  Local* local = local_of(id);
  Home* home = local != nullptr && !local->session.closed() ? home_at(local->home) : nullptr;
  if (home == nullptr) return false;
  room::Output out = output();
  operation(local->session, {{now, wall_.wall_time(now)}, home->room, home->room.find_connection(id), out});
  serve_later(*local);
  settle(now, *home);
  return true;
}

void Shard::write_media(Instant now, room::ConnectionId id, MediaQueue& media) {
  media.take([&](std::span<const MediaQueue::Item> items) {
    with_local(now, id, [&](LocalSession& session, const LocalSession::Place& place) {
      for (const MediaQueue::Item& item : items) session.write(place, item);
    });
    if (locals_crowded_) serve_locals(now);
  });
}

void Shard::forget_local(room::ConnectionId id) {
  const auto found = locals_by_id_.find(id);
  if (found == locals_by_id_.end()) return;
  local_timers_.cancel(found->second.index);
  locals_.erase(found->second);
  locals_by_id_.erase(found);
}

void Shard::serve_later(Local& local) {
  if (local.session.inbox()->crowded()) locals_crowded_ = true;
  if (!std::exchange(local.listed, true)) busy_locals_.push_back(local.key);
}

// What observers do comes by the mailbox, in a later turn: nobody joins or leaves meanwhile.
void Shard::serve_locals(Instant now) {
  std::uint32_t index = 0;
  while (local_timers_.pop_due(now, index)) {
    if (auto* due = locals_.at(index)) serve_later(**due);
  }
  locals_crowded_ = false;
  for (std::size_t i = 0; i < busy_locals_.size(); ++i) {  // one may give work to another
    if (auto* busy = locals_.find(busy_locals_[i])) serve(now, **busy);
  }
  busy_locals_.clear();
}

void Shard::serve(Instant now, Local& local) {
  local.listed = false;
  LocalSession& session = local.session;
  Home* home = session.closed() ? nullptr : home_at(local.home);
  if (home != nullptr) {
    room::Output out = output();
    session.exchange({{now, wall_.wall_time(now)}, home->room, home->room.find_connection(local.id), out});
    settle(now, *home);
  }
  session.tell();
  if (session.closed()) return forget_local(local.id);
  local_timers_.schedule(local.key.index, session.deadline());
}

}  // namespace sfu::runtime

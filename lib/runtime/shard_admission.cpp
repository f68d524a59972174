// SPDX-License-Identifier: Apache-2.0
// What is asked about a join where its room is known: the host's policy, and what the room says of a second participant
// of one identity.
#include <algorithm>
#include <utility>

#include "runtime/shard.hpp"
#include "runtime/shard_parts.hpp"

namespace sfu::runtime {
namespace {

constexpr int kForbidden = 403;
constexpr int kUnavailable = 503;

// Grants may be changed by it.
std::optional<signal::Rejection> apply(const Verdict& verdict, signal::ConnectPlan& plan) {
  if (!verdict.allowed) return signal::Rejection{kForbidden, verdict.reason};
  if (verdict.grants) signal::regrant(plan, *verdict.grants);
  return std::nullopt;
}

}  // namespace

room::Policy::Answer Shard::ask_policy(const signal::ConnectPlan& plan, bool checking) {
  if (!policy_ || plan.resume) return Verdict::allow();
  const room::Room* room = find_room(plan.room);
  return policy_->ask(plan.room, {.claims = plan.claims,
                                  .client_address = plan.join.client.address(),
                                  .room_exists = room != nullptr,
                                  .participants = room != nullptr ? room->participant_count() : 0,
                                  .already_there = room != nullptr && room->find(plan.join.identity),
                                  .checking = checking});
}

std::optional<signal::Rejection> Shard::check_room(const signal::ConnectPlan& plan) {
  const room::Room* room = plan.resume ? nullptr : find_room(plan.room);
  if (room == nullptr) return std::nullopt;
  if (const auto may = room->may_join(plan.join.identity); !may) return signal::session_failed(may.error());
  return std::nullopt;
}

std::optional<signal::Rejection> Shard::check_join(signal::ConnectPlan& plan) {
  const auto answer = ask_policy(plan, true);
  if (const auto* verdict = std::get_if<Verdict>(&answer)) {
    if (auto rejection = apply(*verdict, plan)) return rejection;
  }
  return check_room(plan);
}

void Shard::connect(Instant now, room::ConnectionId id, signal::ConnectPlan plan, std::shared_ptr<SignalSink> sink,
                    std::function<void()> settled) {
  Newcomer newcomer{id, std::move(plan), std::move(sink), std::move(settled)};
  const auto answer = ask_policy(newcomer.plan, false);
  if (const auto* question = std::get_if<room::QuestionId>(&answer)) {
    newcomer.deadline = now + config_.policy_timeout;
    newcomers_.emplace(*question, std::move(newcomer));
  } else {
    admit(now, std::move(newcomer), std::get<Verdict>(answer));
  }
}

void Shard::admit(Instant now, Newcomer newcomer, const Verdict& verdict) {
  auto rejection = apply(verdict, newcomer.plan);
  if (!rejection) rejection = check_room(newcomer.plan);
  if (rejection) {
    newcomer.sink->rejected(rejection->status, rejection->body);
  } else {
    enter(now, newcomer.id, std::move(newcomer.plan), std::move(newcomer.sink));
  }
  if (newcomer.settled) newcomer.settled();
}

void Shard::decide(Instant now, const std::string& room_name, room::QuestionId id, const Verdict& verdict) {
  if (auto newcomer = newcomers_.extract(id)) return admit(now, std::move(newcomer.mapped()), verdict);
  room::Room* room = find_room(room_name);
  if (room == nullptr) return;
  room::Output out = output();
  room->decide(now, id, verdict, out);
  settle(now, *home_of(*room));
}

void Shard::deny_overdue(Instant now) {
  while (newcomer_deadline() <= now) {
    admit(now, std::move(newcomers_.extract(newcomers_.begin()).mapped()),
          Verdict::deny("the server did not decide in time"));
  }
}

void Shard::forget_newcomer(room::ConnectionId id) {
  const auto found = std::ranges::find_if(newcomers_, [id](const auto& entry) { return entry.second.id == id; });
  if (found == newcomers_.end()) return;
  const auto gone = newcomers_.extract(found);
  if (gone.mapped().settled) gone.mapped().settled();
}

void Shard::turn_newcomers_away() {
  for (const auto& [question, newcomer] : std::exchange(newcomers_, {})) {
    newcomer.sink->rejected(kUnavailable, "the server has stopped");
    if (newcomer.settled) newcomer.settled();
  }
}

WallTime Shard::token_expiry(const room::Room& room, room::ParticipantId id) {
  const Connection* connection = connection_of(room.connection_of(id));
  return connection != nullptr ? connection->session.plan().claims.expires_at : WallTime{};
}

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
#include "room/updates.hpp"

#include <algorithm>

#include "room/outbox.hpp"

namespace sfu::room {

namespace {

// From this version on clients take a new session of an identity as the end of the old one.
constexpr int kIdentityProtocol = 12;

bool may_see(const Profile& recipient, const livekit::ParticipantInfo& info) {
  if (info.sid() == recipient.sid()) return true;
  // A client would take an older session of its own identity for itself.
  return !info.permission().hidden() && info.identity() != recipient.identity();
}

}  // namespace

void Updates::changed(Participant& participant, Cause cause) {
  participant.profile.touch();
  auto& mark = participant.update;
  mark.pending = true;
  mark.immediate |= participant.profile.is_publisher() || cause == Cause::kProfile || cause == Cause::kBecamePublisher;
  mark.to_self_if_hidden |= cause != Cause::kState && cause != Cause::kTracks;
  state_.mark_pending = true;
}

void Updates::left(Instant now, const livekit::ParticipantInfo& info) {
  if (info.permission().hidden()) return;
  if (remembered_.size() == kMaxRemembered) remembered_.pop_front();
  remembered_.emplace_back(now, info);
  const bool superseded = info.disconnect_reason() == livekit::DUPLICATE_IDENTITY;
  if (info.is_publisher() || superseded) {
    departed_now_.push_back(info);
  } else {
    departed_later_.push_back(info);
    batch_wanted_ = true;
  }
  state_.mark_pending = true;
}

void Updates::ensure_seen(Participant& recipient, Participant& subject, Output& out) {
  const auto info = subject.info();
  if (recipient.seen.has(info.sid(), info.version())) return;
  deliver(recipient, {info}, out);
}

void Updates::send_all(Instant now, Participant& recipient, Output& out) {
  while (!remembered_.empty() && now - remembered_.front().first > kRememberDeparted) remembered_.pop_front();
  Infos infos;
  if (recipient.profile.protocol() >= kDepartedOnResumeProtocol) {
    for (const auto& [at, info] : remembered_) {
      if (at >= recipient.last_request - kLostOnTheWay) infos.push_back(info);
    }
    deliver(recipient, infos, out);
    infos.clear();
  }
  state_.roster.for_each([&](Participant& participant) { infos.push_back(participant.info()); });
  deliver(recipient, infos, out);
}

void Updates::flush(Instant now, Output& out) {
  if (state_.mark_pending) {
    state_.mark_pending = false;
    Infos urgent = std::move(departed_now_);
    departed_now_.clear();
    state_.roster.for_each([&](Participant& participant) {
      auto& mark = participant.update;
      if (!mark.pending) return;
      if (participant.profile.hidden()) {
        if (mark.to_self_if_hidden) deliver(participant, {participant.info()}, out);
        mark = {};
      } else if (mark.immediate) {
        urgent.push_back(participant.info());
        mark = {};
      } else {
        batch_wanted_ = true;  // and stays marked
      }
    });
    // The end of an older session is never told after news of the next one.
    for (std::size_t i = 0; i < urgent.size(); ++i) {
      const auto older = std::ranges::find_if(departed_later_, [&](const livekit::ParticipantInfo& info) {
        return info.identity() == urgent[i].identity() && is_older_session(info, urgent[i]);
      });
      if (older == departed_later_.end()) continue;
      auto info = std::move(*older);
      departed_later_.erase(older);
      urgent.insert(urgent.begin() + static_cast<std::ptrdiff_t>(i), std::move(info));
    }
    broadcast(urgent, out);
    if (batch_wanted_ && batch_due_ == kNever) batch_due_ = now + kBatchInterval;
  }
  if (now < batch_due_) return;
  batch_due_ = kNever;
  batch_wanted_ = false;
  Infos infos = std::move(departed_later_);
  departed_later_.clear();
  state_.roster.for_each([&](Participant& participant) {
    if (!participant.update.pending) return;
    infos.push_back(participant.info());
    participant.update = {};
  });
  broadcast(infos, out);
}

void Updates::broadcast(const Infos& infos, Output& out) {
  if (infos.empty()) return;
  const auto superseded = find_superseded(infos);
  // Nearly always all are told the same: they share the messages, or a large room would need its square of them.
  Selection written;
  Messages messages;
  state_.roster.for_each([&](Participant& recipient) {
    if (!recipient.profile.reachable() || recipient.connection == 0) return;  // a resume sends all
    auto selection = select(recipient, infos, superseded);
    if (selection != written) {
      messages = write(infos, selection);
      written = std::move(selection);
    }
    for (const auto& message : messages) send(out, recipient, message);
  });
}

void Updates::deliver(Participant& recipient, const Infos& infos, Output& out) {
  if (recipient.connection == 0) return;
  const auto selection = select(recipient, infos, find_superseded(infos));
  for (auto& message : write(infos, selection)) send(out, recipient, std::move(message));
}

// Which of them are ends of sessions whose identity has a later one, here or in the same news. That one may be told
// already, as in a JoinResponse.
Updates::Selection Updates::find_superseded(const Infos& infos) {
  Selection superseded(infos.size());
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].state() != livekit::ParticipantInfo::DISCONNECTED) continue;
    const auto* next = state_.roster.find_identity(infos[i].identity());
    superseded[i] = next != nullptr && !next->profile.hidden();
    for (std::size_t later = i + 1; later < infos.size() && !superseded[i]; ++later) {
      superseded[i] = infos[later].identity() == infos[i].identity();
    }
  }
  return superseded;
}

// Counts as told.
Updates::Selection Updates::select(Participant& recipient, const Infos& infos, const Selection& superseded) {
  Selection selection(infos.size());
  const bool by_identity = recipient.profile.protocol() >= kIdentityProtocol;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (by_identity && superseded[i]) continue;
    selection[i] = may_see(recipient.profile, infos[i]) && recipient.seen.accept(infos[i].sid(), infos[i].version());
  }
  return selection;
}

Updates::Messages Updates::write(const Infos& infos, const Selection& selection) const {
  Messages messages;
  livekit::SignalResponse message;
  std::size_t size = 0;
  const auto finish = [&] {
    messages.push_back(std::make_shared<const livekit::SignalResponse>(std::exchange(message, {})));
    size = 0;
  };
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (!selection[i]) continue;
    *message.mutable_update()->add_participants() = infos[i];
    size += infos[i].ByteSizeLong();
    if (size >= state_.options.update_batch_target_size) finish();
  }
  if (message.has_update()) finish();
  return messages;
}

}  // namespace sfu::room

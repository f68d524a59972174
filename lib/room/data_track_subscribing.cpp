// SPDX-License-Identifier: Apache-2.0
#include "room/data_track_subscribing.hpp"

#include <algorithm>

#include "room/access.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

// Null when it is too much, or no sid.
DataSubscription* wish_for(Participant& subscriber, const std::string& sid) {
  if (sid.size() > kMaxSid) return nullptr;
  const auto found = subscriber.data_subscriptions.find(sid);
  if (found != subscriber.data_subscriptions.end()) return &found->second;
  if (subscriber.data_subscriptions.size() >= DataTrackSubscribing::kMaxWishes) return nullptr;
  return &subscriber.data_subscriptions[sid];
}

void set_wanted(DataSubscription& subscription, bool wanted, Instant now) {
  if (subscription.wanted == wanted) return;
  subscription.wanted = wanted;
  subscription.since = now;
}

// One that no other track of this subscriber has.
std::uint16_t next_handle(Participant& subscriber) {
  const auto is_used = [&](std::uint16_t handle) {
    return std::ranges::any_of(subscriber.data_subscriptions,
                               [handle](const auto& entry) { return entry.second.handle == handle; });
  };
  do ++subscriber.last_data_handle;
  while (subscriber.last_data_handle == 0 || is_used(subscriber.last_data_handle));
  return subscriber.last_data_handle;
}

}  // namespace

void DataTrackSubscribing::update(Instant now, Participant& subscriber,
                                  const livekit::UpdateDataSubscription& request) {
  for (const auto& wish : request.updates()) {
    auto* subscription = wish_for(subscriber, wish.track_sid());
    if (subscription == nullptr) continue;
    subscription->refused = !wish.subscribe();
    if (subscription->approval.allowed == false) subscription->approval = {};  // asked for anew
    set_wanted(*subscription, wish.subscribe(), now);
  }
  state_.ask_data_reconcile(subscriber);
}

void DataTrackSubscribing::decided(Participant& subscriber, const std::string& sid, QuestionId question, bool allowed) {
  const auto found = subscriber.data_subscriptions.find(sid);
  if (found == subscriber.data_subscriptions.end() || found->second.approval.question != question) return;
  found->second.approval = {0, allowed};
  state_.ask_data_reconcile(subscriber);
}

void DataTrackSubscribing::track_published(Instant now, const Participant& publisher, const DataTrack& track) {
  if (publisher.profile.hidden()) return;
  state_.roster.for_each([&](Participant& subscriber) {
    if (subscriber.id == publisher.id) return;
    const bool automatic = subscriber.auto_subscribe_data && subscriber.profile.active();
    if (!automatic && !subscriber.data_subscriptions.contains(track.info.sid())) return;
    auto* subscription = wish_for(subscriber, track.info.sid());
    if (subscription == nullptr) return;
    if (automatic && !subscription->refused) set_wanted(*subscription, true, now);
    state_.ask_data_reconcile(subscriber);
  });
}

void DataTrackSubscribing::want_all(Instant now, Participant& subscriber) {
  if (!subscriber.auto_subscribe_data) return;
  state_.roster.for_each([&](const Participant& publisher) {
    if (publisher.id == subscriber.id || publisher.profile.hidden()) return;
    for (const auto& [handle, track] : publisher.data_tracks) {
      auto* subscription = wish_for(subscriber, track.info.sid());
      if (subscription != nullptr && !subscription->refused) set_wanted(*subscription, true, now);
    }
  });
  state_.ask_data_reconcile(subscriber);
}

void DataTrackSubscribing::track_gone(const DataTrack& track) {
  state_.roster.for_each([&](Participant& subscriber) {
    const auto found = subscriber.data_subscriptions.find(track.info.sid());
    if (found == subscriber.data_subscriptions.end()) return;
    subscriber.data_handles_changed |= found->second.bound();
    subscriber.data_subscriptions.erase(found);
    state_.ask_data_reconcile(subscriber);
  });
}

void DataTrackSubscribing::drop_all(Participant& subscriber) {
  for (auto& [sid, subscription] : subscriber.data_subscriptions) unbind(subscriber, sid, subscription);
  subscriber.data_subscriptions.clear();
}

void DataTrackSubscribing::resumed(Participant& subscriber) {
  subscriber.data_handles_changed |=
      std::ranges::any_of(subscriber.data_subscriptions, [](const auto& entry) { return entry.second.bound(); });
  state_.ask_data_reconcile(subscriber);
}

void DataTrackSubscribing::reconcile(Instant now, Output& out) {
  if (!std::exchange(state_.data_reconcile_pending, false) && now < deadline_) return;
  deadline_ = kNever;
  state_.roster.for_each([&](Participant& subscriber) {
    if (!subscriber.profile.reachable()) return;
    const bool asked = std::exchange(subscriber.reconcile_data, false);
    if (asked || now >= subscriber.data_wishes_due) reconcile_all_of(now, subscriber, out);
    deadline_ = std::min(deadline_, subscriber.data_wishes_due);
  });
}

void DataTrackSubscribing::reconcile_all_of(Instant now, Participant& subscriber, Output& out) {
  subscriber.data_wishes_due = kNever;
  auto& wishes = subscriber.data_subscriptions;
  for (auto entry = wishes.begin(); entry != wishes.end();) {
    auto& [sid, subscription] = *entry;
    reconcile_one(now, subscriber, sid, subscription, out);
    const bool kept = subscription.wanted || (subscription.refused && subscriber.auto_subscribe_data);
    entry = kept ? std::next(entry) : wishes.erase(entry);
  }
  if (subscriber.data_handles_changed && subscriber.connection != 0) tell_handles(subscriber, out);
}

void DataTrackSubscribing::reconcile_one(Instant now, Participant& subscriber, const std::string& sid,
                                         DataSubscription& subscription, Output& out) {
  if (!subscription.wanted) {
    unbind(subscriber, sid, subscription);
    subscription.approval = {};
    subscription.told_allowed.reset();
    return;
  }
  const auto found = state_.roster.find_data_track(sid);
  if (!found || found.publisher->id == subscriber.id || found.publisher->profile.hidden()) {
    unbind(subscriber, sid, subscription);
    // Given up without a word, as clients give up much earlier.
    const Instant due = subscription.since + kNotFoundAfter;
    subscription.wanted = now < due;
    if (subscription.wanted) subscriber.data_wishes_due = std::min(subscriber.data_wishes_due, due);
    return;
  }
  bool allowed = lets_subscribe(*found.publisher, subscriber, sid);
  if (allowed && subscriber.profile.can_subscribe()) {
    const auto approved =
        state_.questions.may_subscribe(now, subscriber, *found.publisher, found.track->info, subscription.approval);
    if (!approved) return;
    allowed = *approved;
  }
  tell_allowed(subscriber, *found.publisher, sid, allowed, subscription.told_allowed, out);
  if (!allowed || !subscriber.profile.can_subscribe()) {
    unbind(subscriber, sid, subscription);
  } else if (!subscription.bound()) {
    bind(subscriber, subscription, found, out);
  }
}

void DataTrackSubscribing::bind(Participant& subscriber, DataSubscription& subscription, Roster::DataTrackRef found,
                                Output& out) {
  updates_.ensure_seen(subscriber, *found.publisher, out);  // a handle for a track unheard of would be thrown away
  subscription.handle = next_handle(subscriber);
  found.track->subscribers.push_back({subscriber.id, subscription.handle});
  subscriber.data_handles_changed = true;
}

void DataTrackSubscribing::unbind(Participant& subscriber, const std::string& sid, DataSubscription& subscription) {
  if (!subscription.bound()) return;
  if (const auto found = state_.roster.find_data_track(sid)) {
    std::erase_if(found.track->subscribers, [&](const auto& entry) { return entry.id == subscriber.id; });
  }
  subscription.handle = 0;
  subscriber.data_handles_changed = true;
}

void DataTrackSubscribing::tell_handles(Participant& subscriber, Output& out) {
  subscriber.data_handles_changed = false;
  livekit::SignalResponse response;
  auto& handles = *response.mutable_data_track_subscriber_handles()->mutable_sub_handles();
  for (const auto& [sid, subscription] : subscriber.data_subscriptions) {
    const auto found = subscription.bound() ? state_.roster.find_data_track(sid) : Roster::DataTrackRef();
    if (!found) continue;
    auto& entry = handles[subscription.handle];
    entry.set_publisher_identity(found.publisher->profile.identity());
    entry.set_publisher_sid(found.publisher->profile.sid());
    entry.set_track_sid(sid);
  }
  send(out, subscriber, std::move(response));
}

}  // namespace sfu::room

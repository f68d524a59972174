// SPDX-License-Identifier: Apache-2.0
// Wishes, and their reconciliation. How a subscription gets its section and its packets: subscribing_bind.cpp; and
// which codec: subscribing_codecs.cpp.
#include "room/subscribing.hpp"

#include <algorithm>

#include "room/access.hpp"
#include "room/figures.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

// Null when it is too much, or no sid.
Subscription* wish_for(Participant& subscriber, const std::string& sid, std::size_t limit) {
  if (sid.size() > kMaxSid) return nullptr;
  const auto found = subscriber.subscriptions.find(sid);
  if (found != subscriber.subscriptions.end()) return &found->second;
  if (subscriber.subscriptions.size() >= limit) return nullptr;
  auto& added = subscriber.subscriptions[sid];
  added.track_sid = sid;
  return &added;
}

void send_subscription_error(const Participant& subscriber, const Subscription& subscription,
                             livekit::SubscriptionError error, Output& out) {
  livekit::SignalResponse response;
  response.mutable_subscription_response()->set_track_sid(subscription.track_sid);
  response.mutable_subscription_response()->set_err(error);
  send(out, subscriber, std::move(response));
}

}  // namespace

void Subscribing::update(Instant now, Participant& subscriber, const livekit::UpdateSubscription& request) {
  const auto wish = [&](const std::string& sid) {
    auto* subscription = wish_for(subscriber, sid, kMaxWishes);
    if (subscription == nullptr) return;
    subscription->refused = !request.subscribe();
    if (subscription->approval.allowed == false) subscription->approval = {};  // asked for anew
    if (subscription->wanted == request.subscribe()) return;
    if (request.subscribe()) return want(now, *subscription);
    give_up(*subscription);
    subscription->since = now;
  };
  for (const auto& sid : request.track_sids()) wish(sid);
  for (const auto& tracks : request.participant_tracks()) {
    for (const auto& sid : tracks.track_sids()) wish(sid);
  }
  state_.ask_reconcile(subscriber);
}

void Subscribing::update_settings(Instant now, Participant& subscriber, const livekit::UpdateTrackSettings& request) {
  livekit::UpdateTrackSettings settings;
  settings.set_disabled(request.disabled());
  settings.set_quality(request.quality());
  settings.set_width(request.width());
  settings.set_height(request.height());
  settings.set_fps(request.fps());
  settings.set_priority(request.priority());
  for (const auto& sid : request.track_sids()) {
    auto* subscription = wish_for(subscriber, sid, kMaxWishes);
    if (subscription == nullptr) continue;
    const bool was_disabled = subscription->settings && subscription->settings->disabled();
    if (!subscription->wanted) subscription->since = now;  // kept for as long as an unsubscribed one
    subscription->settings = settings;
    // Who becomes visible must not wait.
    const Instant due = was_disabled && !request.disabled() ? now : now + kSettingsDebounce;
    subscription->settings_due = std::min(subscription->settings_due, due);
  }
  state_.ask_reconcile(subscriber);
}

void Subscribing::set_permission(Participant& publisher, const livekit::SubscriptionPermission& request) {
  const bool accepted = publisher.subscription_permissions.set(request, [this](const std::string& sid) {
    const auto* participant = state_.roster.find_sid(sid);
    return participant != nullptr ? participant->profile.identity() : std::string();
  });
  if (!accepted) return;
  publisher.refresh_copies();
  state_.roster.for_each([&](Participant& participant) { state_.ask_reconcile(participant); });
}

void Subscribing::decided(Participant& subscriber, const std::string& sid, QuestionId question, bool allowed) {
  const auto found = subscriber.subscriptions.find(sid);
  if (found == subscriber.subscriptions.end() || found->second.approval.question != question) return;
  found->second.approval = {0, allowed};
  state_.ask_reconcile(subscriber);
}

void Subscribing::track_live(Instant now, Participant& publisher, const Publication& publication) {
  if (publisher.profile.hidden()) return;
  state_.roster.for_each([&](Participant& subscriber) {
    if (subscriber.id == publisher.id) return;
    const bool is_wish = subscriber.subscriptions.contains(publication.sid());
    if (!is_wish && !(subscriber.auto_subscribe && subscriber.profile.active())) return;
    auto* subscription = wish_for(subscriber, publication.sid(), kMaxWishes);
    if (subscription == nullptr) return;
    if (subscriber.auto_subscribe && !subscription->refused && !subscription->wanted) want(now, *subscription);
    state_.ask_reconcile(subscriber);
  });
}

void Subscribing::want_all(Instant now, Participant& subscriber) {
  if (!subscriber.auto_subscribe) return;
  state_.roster.for_each([&](Participant& publisher) {
    if (publisher.id == subscriber.id || publisher.profile.hidden()) return;
    for (const auto& publication : publisher.publications) {
      if (!publication->live()) continue;
      auto* subscription = wish_for(subscriber, publication->sid(), kMaxWishes);
      if (subscription == nullptr || subscription->refused || subscription->wanted) continue;
      want(now, *subscription);
    }
  });
  state_.ask_reconcile(subscriber);
}

void Subscribing::want(Instant now, Subscription& subscription) {
  subscription.wanted = subscription.awaited = true;
  subscription.since = now;
  ++state_.statistics().subscribe.attempts;
}

void Subscribing::give_up(Subscription& subscription) {
  subscription.wanted = false;
  if (std::exchange(subscription.awaited, false)) ++state_.statistics().subscribe.cancels;
}

void Subscribing::track_gone(Instant now, Publication& publication, Output& out) {
  state_.roster.for_each([&](Participant& subscriber) {
    const auto found = subscriber.subscriptions.find(publication.sid());
    if (found == subscriber.subscriptions.end()) return;
    give_up(found->second);
    unbind(now, subscriber, found->second, out);
    subscriber.subscriptions.erase(found);
  });
}

void Subscribing::drop_all(Instant now, Participant& subscriber, Output& out) {
  for (auto& [sid, subscription] : subscriber.subscriptions) {
    give_up(subscription);
    unbind(now, subscriber, subscription, out);
  }
  subscriber.subscriptions.clear();
}

void Subscribing::reconcile(Instant now, Output& out) {
  const bool due = now >= deadline_;
  if (!state_.reconcile_pending && !due) return;
  state_.reconcile_pending = false;
  const bool sweep = now >= next_sweep_;
  next_sweep_ = sweep ? kNever : next_sweep_;
  deadline_ = kNever;
  state_.roster.for_each([&](Participant& subscriber) {
    if (!subscriber.profile.reachable()) return;
    const bool asked = std::exchange(subscriber.reconcile, false);
    for (auto entry = subscriber.subscriptions.begin(); entry != subscriber.subscriptions.end();) {
      auto& subscription = entry->second;
      if (asked || sweep) reconcile_one(now, subscriber, subscription, out);
      if (now >= subscription.settings_due) apply_settings(now, subscriber, subscription, out);
      deadline_ = std::min(deadline_, subscription.settings_due);
      entry = forget_or_schedule(now, subscription) ? subscriber.subscriptions.erase(entry) : std::next(entry);
    }
  });
  deadline_ = std::min(deadline_, next_sweep_);
}

// What is not wanted is kept for a while with its settings, and longer only to know that it was refused. True: forget
// it.
bool Subscribing::forget_or_schedule(Instant now, Subscription& subscription) {
  if (subscription.wanted) {
    if (!subscription.negotiated() && next_sweep_ == kNever) next_sweep_ = now + kSweep;
    return false;
  }
  const Instant until = subscription.since + kSweep;
  if (now < until) {
    deadline_ = std::min(deadline_, until);
    return false;
  }
  subscription.settings.reset();
  subscription.settings_due = kNever;
  return !subscription.refused;
}

void Subscribing::reconcile_one(Instant now, Participant& subscriber, Subscription& subscription, Output& out) {
  if (!subscription.wanted) {
    unbind(now, subscriber, subscription, out);
    subscription.approval = {};
    subscription.told_allowed.reset();
    return;
  }
  const auto track = state_.roster.find_track(subscription.track_sid);
  // A hidden publisher's track would come from somebody whom the client cannot know.
  if (!track || !track.publication->live() || track.publisher->id == subscriber.id ||
      track.publisher->profile.hidden()) {
    if (now - subscription.since < kNotFoundAfter) return;
    refuse(now, subscriber, subscription, livekit::SE_TRACK_NOTFOUND, out);
    return;
  }
  bool allowed = lets_subscribe(*track.publisher, subscriber, subscription.track_sid);
  if (allowed && subscriber.profile.can_subscribe()) {
    const auto approved = state_.questions.may_subscribe(now, subscriber, *track.publisher, track.publication->info,
                                                         subscription.approval);
    if (!approved) return;
    allowed = *approved;
  }
  tell_allowed(subscriber, *track.publisher, subscription.track_sid, allowed, subscription.told_allowed, out);
  if (!allowed || !subscriber.profile.can_subscribe()) {
    unbind(now, subscriber, subscription, out);
    return;
  }
  if (subscription.negotiated()) return;
  if (!subscription.bound()) {
    if (is_over_limit(subscriber, *track.publication)) return;  // waits silently
    bind(now, subscriber, subscription, track, out);
  }
  report_stuck(now, subscriber, subscription, out);
}

bool Subscribing::is_over_limit(const Participant& subscriber, const Publication& publication) {
  const auto limit =
      publication.is_video() ? state_.options.video_subscription_limit : state_.options.audio_subscription_limit;
  if (limit == 0) return false;
  std::uint32_t bound = 0;
  for (const auto& [sid, other] : subscriber.subscriptions) {
    const auto track = other.bound() ? state_.roster.find_track(sid) : Roster::TrackRef();
    if (track && track.publication->is_video() == publication.is_video()) ++bound;
  }
  return bound >= limit;
}

// Nothing stands in its way, and still it does not come: the client may want to show that. It is tried all the same.
void Subscribing::report_stuck(Instant now, Participant& subscriber, Subscription& subscription, Output& out) {
  if (!subscription.wanted || !subscriber.profile.active()) return;
  if (subscription.stuck_since == kNever) subscription.stuck_since = now;
  if (subscription.told_stuck || now - subscription.stuck_since < kStuckAfter) return;
  subscription.told_stuck = true;
  send_subscription_error(subscriber, subscription, livekit::SE_UNKNOWN, out);
}

void Subscribing::repeat_permissions(Participant& subscriber) {
  for (auto& [sid, subscription] : subscriber.subscriptions) subscription.told_allowed.reset();
  state_.ask_reconcile(subscriber);
}

void Subscribing::refuse(Instant now, Participant& subscriber, Subscription& subscription,
                         livekit::SubscriptionError error, Output& out) {
  unbind(now, subscriber, subscription, out);
  subscription.wanted = subscription.awaited = false;
  subscription.since = now;
  auto& statistics = state_.statistics().subscribe;
  ++(error == livekit::SE_CODEC_UNSUPPORTED ? statistics.codec_unsupported : statistics.not_found);
  subscription.refused = error == livekit::SE_CODEC_UNSUPPORTED;  // it would fail again
  send_subscription_error(subscriber, subscription, error, out);
}

void Subscribing::bind_waiting(Instant now, Participant& subscriber, Output& out) {
  subscriber.reconcile = false;
  for (auto& [sid, subscription] : subscriber.subscriptions) reconcile_one(now, subscriber, subscription, out);
}

void Subscribing::sections_negotiated(Instant now, Participant& subscriber, Output& out) {
  for (auto& [sid, subscription] : subscriber.subscriptions) {
    if (!subscription.bound() || subscription.negotiated()) continue;
    if (const auto track = state_.roster.find_track(sid)) choose(now, subscriber, subscription, track, out);
  }
}

void Subscribing::connected(Instant now, Participant& subscriber, Output& out) {
  auto media_out = state_.media_output(out);
  for (auto& [sid, subscription] : subscriber.subscriptions) {
    const auto track = state_.roster.find_track(sid);
    auto* media = track ? track.publication->media(subscription.codec) : nullptr;
    if (!subscription.forwarding() || media == nullptr) continue;
    media->set_paused(now, subscription.forwarder, media::Pause::kNotConnected, false, media_out);
    state_.reschedule(*track.publication);
    tell_subscribed(subscriber, track, out);
  }
}

bool Subscribing::is_subscribed(const Participant& subscriber, const Participant& publisher) const {
  return std::ranges::any_of(subscriber.subscriptions, [&](const auto& entry) {
    return entry.second.forwarding() && entry.second.publisher == publisher.id;
  });
}

}  // namespace sfu::room

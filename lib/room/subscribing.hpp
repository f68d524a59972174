// SPDX-License-Identifier: Apache-2.0
// Who hears what (signalling 2.9): wishes are kept per participant, and reconciled with what is possible whenever
// something changes, and every three seconds. A subscription is waiting, bound (it has a section of the subscriber's
// connection), then forwarding (the section is negotiated).
#pragma once

#include "room/room_state.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class Subscribing {
 public:
  static constexpr Duration kSweep = std::chrono::seconds(3);
  static constexpr Duration kNotFoundAfter = std::chrono::seconds(60);
  static constexpr Duration kSettingsDebounce = std::chrono::milliseconds(100);
  static constexpr Duration kStuckAfter = std::chrono::seconds(15);
  static constexpr std::size_t kMaxWishes = 4096;  // per participant

  Subscribing(RoomState& state, Updates& updates) : state_(state), updates_(updates) {}

  void update(Instant now, Participant& subscriber, const livekit::UpdateSubscription& request);
  void update_settings(Instant now, Participant& subscriber, const livekit::UpdateTrackSettings& request);
  void set_permission(Participant& publisher, const livekit::SubscriptionPermission& request);
  // The host's policy has answered what reconcile() asked.
  void decided(Participant& subscriber, const std::string& sid, QuestionId question, bool allowed);

  // A track of `publisher` went live: the active participants with auto-subscribe want it.
  void track_live(Instant now, Participant& publisher, const Publication& publication);
  void track_gone(Instant now, Publication& publication, Output& out);
  // What comes in its section is another codec than its subscribers were offered: they negotiate again.
  void offer_changed(Instant now, Publication& publication, Output& out);
  // A backup came, or is preferred now: subscribers get what suits them best, on the line that they have.
  void codecs_changed(Instant now, Publication& publication, Output& out);
  // Another temporal layer may be what suits those who asked for a frame rate.
  void frame_rates_changed(Instant now, Publication& publication, Output& out);
  // Before its media goes.
  void codec_ends(Instant now, PublishedCodec& codec, Output& out);
  // Someone gets it, or waits for it.
  bool is_needed(const PublishedCodec& codec) const;
  // Auto-subscribe to all that is there.
  void want_all(Instant now, Participant& subscriber);
  void drop_all(Instant now, Participant& subscriber, Output& out);

  // Binds what can be bound, unbinds what must not be, where something was marked or the sweep is due.
  void reconcile(Instant now, Output& out);
  // The client may not have heard what it was told of them last: the next reconcile() says it again.
  void repeat_permissions(Participant& subscriber);
  // After an offer of the subscriber (v1): what had no section may find one now.
  void bind_waiting(Instant now, Participant& subscriber, Output& out);
  // After an answer, either way: bound sections begin to forward.
  void sections_negotiated(Instant now, Participant& subscriber, Output& out);
  // The subscriber's connection can send now.
  void connected(Instant now, Participant& subscriber, Output& out);
  // What the subscriber asked for, or gets as long as it has not.
  static livekit::VideoQuality quality_of(const Participant& subscriber, const Subscription& subscription,
                                          const livekit::TrackInfo& info);
  // The same of frames a second: the highest temporal layer.
  static std::uint8_t temporal_of(const Participant& subscriber, const Subscription& subscription,
                                  const livekit::TrackInfo& info, const media::PublishedTrack& media);
  // Whether `subscriber` gets media of `publisher`: then it may know its level and quality.
  bool is_subscribed(const Participant& subscriber, const Participant& publisher) const;

  // What is watched of a track may have changed.
  void update_dynacast(Instant now, Publication& publication);
  // What congestion leaves to this subscription: at most this layer, or nothing. True if it is paused or goes on by
  // that.
  bool set_allowance(Instant now, Participant& subscriber, Subscription& subscription, congestion::Allowance allowance,
                     Output& out);

  Instant deadline() const { return deadline_; }

 private:
  // --- subscribing.cpp
  void want(Instant now, Subscription& subscription);
  void give_up(Subscription& subscription);
  bool forget_or_schedule(Instant now, Subscription& subscription);
  void reconcile_one(Instant now, Participant& subscriber, Subscription& subscription, Output& out);
  // Gives up the wish, and says why.
  void refuse(Instant now, Participant& subscriber, Subscription& subscription, livekit::SubscriptionError error,
              Output& out);
  bool is_over_limit(const Participant& subscriber, const Publication& publication);
  void report_stuck(Instant now, Participant& subscriber, Subscription& subscription, Output& out);

  // --- subscribing_bind.cpp
  void bind(Instant now, Participant& subscriber, Subscription& subscription, Roster::TrackRef track, Output& out);
  void unbind(Instant now, Participant& subscriber, Subscription& subscription, Output& out);
  void start_forwarding(Instant now, Participant& subscriber, Subscription& subscription,
                        const peer::SendSection& section, Roster::TrackRef track, Output& out);
  void apply_settings(Instant now, Participant& subscriber, Subscription& subscription, Output& out);
  void apply_quality(Instant now, Participant& subscriber, Subscription& subscription, Publication& publication,
                     Output& out);
  void tell_subscribed(Participant& subscriber, Roster::TrackRef track, Output& out);

  // --- subscribing_codecs.cpp
  void choose(Instant now, Participant& subscriber, Subscription& subscription, Roster::TrackRef track, Output& out);
  void move_forwarder(Instant now, Participant& subscriber, Subscription& subscription,
                      const peer::SendSection& section, Publication& publication, CodecIndex to, Output& out);
  template <typename Visit>
  void for_each_subscription(const Publication& publication, Visit&& visit) const {
    for (const auto id : std::vector(publication.subscribers)) {
      auto* subscriber = state_.roster.find(id);
      if (subscriber == nullptr) continue;
      const auto found = subscriber->subscriptions.find(publication.sid());
      if (found != subscriber->subscriptions.end()) visit(*subscriber, found->second);
    }
  }

  RoomState& state_;
  Updates& updates_;
  Instant next_sweep_ = kNever;
  Instant deadline_ = kNever;
};

}  // namespace sfu::room

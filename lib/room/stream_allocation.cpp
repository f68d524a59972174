// SPDX-License-Identifier: Apache-2.0
#include "room/stream_allocation.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "room/announcement.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr std::uint8_t kScreenPriority = 255;
constexpr std::uint8_t kVideoPriority = 1;
// A layer that has just begun, until it is measured.
constexpr std::array<Bitrate, media::kMaxLayers> kPresumed = {Bitrate::kilobits(150), Bitrate::kilobits(500),
                                                              Bitrate::kilobits(1700)};

// Its client did not ask for it, or its publisher sends nothing: it takes no part.
bool is_idle(const media::Forwarder& forwarder) {
  constexpr auto kOthers =
      static_cast<std::uint8_t>(media::Pause::kBandwidth) | static_cast<std::uint8_t>(media::Pause::kNotConnected);
  return (forwarder.pause_bits() & ~kOthers) != 0;
}

// A screen of one encoding: there is nothing to choose, and it is what matters (media spec 3.8).
bool is_unmanaged(const livekit::TrackInfo& info, const media::PublishedTrack& media) {
  return info.source() == livekit::SCREEN_SHARE && (media.live_layers() & ~1u) == 0;
}

// To one who has just come it is not measured yet: then as its publisher sends it.
Bitrate sound_of(const media::Forwarder& forwarder, const media::PublishedTrack& media) {
  const Bitrate sent = forwarder.stats().bitrate;
  const auto received = media.stream_stats(0);
  return sent == Bitrate{} && received ? received->bitrate : sent;
}

std::uint8_t priority_of(const Subscription& subscription, const livekit::TrackInfo& info) {
  if (subscription.settings && subscription.settings->priority() != 0) {
    return static_cast<std::uint8_t>(std::min<std::uint32_t>(subscription.settings->priority(), kScreenPriority));
  }
  return info.source() == livekit::SCREEN_SHARE ? kScreenPriority : kVideoPriority;
}

void add_state(livekit::StreamStateUpdate& update, const Participant& publisher, const Subscription& subscription) {
  auto* told = update.add_stream_states();
  told->set_participant_sid(publisher.profile.sid());
  told->set_track_sid(subscription.track_sid);
  told->set_state(subscription.starved() ? livekit::PAUSED : livekit::ACTIVE);
}

}  // namespace

void StreamAllocation::set_cap(Instant now, Participant& subscriber, std::int64_t bps) {
  subscriber.capacity.set_cap(bps > 0 ? std::optional(Bitrate{bps}) : std::nullopt);
  due_ = now;
}

void StreamAllocation::estimated(Instant now, Participant& subscriber, Bitrate estimate) {
  if (!state_.options.congestion_control) return;
  Bitrate sent;
  std::uint64_t packets = 0;
  std::uint64_t asked_again = 0;
  for (const auto& [sid, subscription] : subscriber.subscriptions) {
    const auto track = state_.roster.find_track(sid);
    auto* media = track ? track.publication->media(subscription.codec) : nullptr;
    const auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
    if (forwarder == nullptr) continue;
    const auto stats = forwarder->stats();
    sent.bps += stats.bitrate.bps;
    packets += stats.packets;
    asked_again += stats.retransmissions.asked_again;
  }
  subscriber.capacity.on_estimate(now, estimate, sent);
  // Feedback on every packet tells of losses by itself.
  if (const auto* outbound = subscriber.downlink().endpoint().outbound();
      !outbound || !outbound->control().estimate()) {
    subscriber.capacity.on_nacks(now, packets, asked_again, sent);
  }
  if (!subscriber.limited && subscriber.capacity.value(now)) due_ = now;
}

void StreamAllocation::capacity_changed(Instant now, Participant& subscriber, Output& out) {
  if (!state_.options.congestion_control) return;
  serve(now, subscriber, out);
  if (subscriber.limited && due_ == kNever) due_ = now + kInterval;
}

void StreamAllocation::resumed(const Participant& subscriber, Output& out) {
  if (!subscriber.allow_pause) return;
  livekit::SignalResponse message;
  for (const auto& [sid, subscription] : subscriber.subscriptions) {
    if (!subscription.forwarding() || subscription.unallocated) continue;
    const auto track = state_.roster.find_track(sid);
    if (!track || !track.publication->is_video()) continue;
    add_state(*message.mutable_stream_state_update(), *track.publisher, subscription);
  }
  if (message.has_stream_state_update()) send(out, subscriber, std::move(message));
}

void StreamAllocation::serve_new(Instant now, Output& out) {
  for (const ParticipantId id : state_.unallocated) {
    auto* subscriber = state_.roster.find(id);
    if (subscriber == nullptr) continue;
    serve(now, *subscriber, out);
    if (subscriber->limited) due_ = std::min(due_, now + kInterval);
  }
  state_.unallocated.clear();
}

void StreamAllocation::advance(Instant now, Output& out) {
  serve_new(now, out);
  if (now < due_) return;
  due_ = kNever;
  state_.roster.for_each([&](Participant& subscriber) {
    serve(now, subscriber, out);
    if (subscriber.limited) due_ = now + kInterval;
  });
}

// Nothing known of its capacity: everything may be sent.
void StreamAllocation::serve(Instant now, Participant& subscriber, Output& out) {
  if (subscriber.is_copy()) return;  // nothing is sent to it
  auto* outbound = subscriber.downlink().endpoint().outbound();
  const auto estimate =
      outbound != nullptr && state_.options.congestion_control ? outbound->control().estimate() : std::nullopt;
  const auto told = subscriber.capacity.value(now);
  if (!estimate && !told && !subscriber.limited) return;
  subscriber.limited = estimate || told;
  const Bitrate sound = gather(subscriber);
  if (outbound != nullptr) outbound->control().set_unnumbered(sound);
  allowances_.assign(streams_.size(), {});
  if (subscriber.limited) {
    // Feedback by transport-wide numbers, and so the estimate, is of pictures alone.
    Bitrate capacity = estimate.value_or(Bitrate{std::numeric_limits<std::int64_t>::max()});
    if (told) capacity.bps = std::min(capacity.bps, std::max<std::int64_t>(0, told->bps - sound.bps));
    using congestion::MayPause;
    auto may_pause = subscriber.allow_pause ? MayPause::kAny : MayPause::kNone;
    // Only what is sent tells what the path carries.
    const bool knows = told || (outbound != nullptr && outbound->control().estimator().has_feedback());
    if (subscriber.allow_pause && !knows) may_pause = MayPause::kAllButOne;
    const auto division = congestion::allocate(capacity, demands_, may_pause, allowances_);
    if (division.starved != 0 && division.starved == demands_.size()) subscriber.capacity.all_paused(now);
    // More is of use only up to what was told.
    if (outbound != nullptr) {
      auto media_out = state_.media_output(out);
      outbound->set_wishes(now, std::min(division.everything, told.value_or(division.everything)), division.next_step,
                           division.starved != 0, media_out);
    }
  }
  apply(now, subscriber, out);
}

Bitrate StreamAllocation::gather(Participant& subscriber) {
  streams_.clear();
  demands_.clear();
  Bitrate sound;
  for (auto& [sid, subscription] : subscriber.subscriptions) {
    const auto track = state_.roster.find_track(sid);
    auto* media = track ? track.publication->media(subscription.codec) : nullptr;
    const auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
    // Once nothing is limited any more, nothing that waits for its turn may be left with what it was allowed.
    if (forwarder == nullptr || (subscriber.limited && is_idle(*forwarder))) continue;
    if (track.publication->is_video()) {
      add_demand(subscriber, subscription, track, *forwarder);
    } else {
      sound.bps += sound_of(*forwarder, *media).bps;
    }
  }
  return sound;
}

void StreamAllocation::add_demand(Participant& subscriber, Subscription& subscription, Roster::TrackRef track,
                                  const media::Forwarder& forwarder) {
  const auto& media = *track.publication->media(subscription.codec);
  auto& demand = demands_.emplace_back();
  demand.sent = media.live_layers();
  demand.bitrates = media.bitrates();
  for (std::size_t layer = 0; layer < media::kMaxLayers; ++layer) {
    if ((demand.sent >> layer & 1) != 0 && demand.bitrates[layer].back().bps == 0) {
      demand.bitrates[layer].fill(kPresumed[layer]);
    }
  }
  demand.max_layer =
      static_cast<std::uint8_t>(Subscribing::quality_of(subscriber, subscription, track.publication->info));
  demand.max_temporal = Subscribing::temporal_of(subscriber, subscription, track.publication->info, media);
  demand.priority = priority_of(subscription, track.publication->info);
  demand.unmanaged = is_unmanaged(track.publication->info, media);
  const auto current = forwarder.stats().layer;
  if (!subscription.starved() && current != media::kNoLayer) {
    demand.current = {current, subscription.allowance.temporal};
  }
  streams_.push_back({&subscription, track.publisher});
}

void StreamAllocation::apply(Instant now, Participant& subscriber, Output& out) {
  livekit::SignalResponse message;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    auto& [subscription, publisher] = streams_[i];
    const bool is_new = std::exchange(subscription->unallocated, false);
    const bool changed = subscribing_.set_allowance(now, subscriber, *subscription, allowances_[i], out);
    // Its client takes it that it is sent.
    if (is_new ? !subscription->starved() : !changed) continue;
    add_state(*message.mutable_stream_state_update(), *publisher, *subscription);
  }
  if (message.has_stream_state_update()) send(out, subscriber, std::move(message));
}

}  // namespace sfu::room

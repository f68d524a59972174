// SPDX-License-Identifier: Apache-2.0
#include "room/stream_allocation.hpp"

#include <algorithm>

#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr std::uint8_t kScreenPriority = 255;
constexpr std::uint8_t kVideoPriority = 1;

// Its client did not ask for it, or its publisher sends nothing: it takes no part.
bool is_idle(const media::Forwarder& forwarder) {
  return (forwarder.pause_bits() & ~static_cast<std::uint8_t>(media::Pause::kBandwidth)) != 0;
}

std::uint8_t priority_of(const Subscription& subscription, const livekit::TrackInfo& info) {
  if (subscription.settings && subscription.settings->priority() != 0) {
    return static_cast<std::uint8_t>(std::min<std::uint32_t>(subscription.settings->priority(), kScreenPriority));
  }
  return info.source() == livekit::SCREEN_SHARE ? kScreenPriority : kVideoPriority;
}

}  // namespace

void StreamAllocation::set_cap(Instant now, Participant& subscriber, std::int64_t bps) {
  subscriber.capacity.set_cap(bps > 0 ? std::optional(Bitrate{bps}) : std::nullopt);
  due_ = now;
}

void StreamAllocation::estimated(Instant now, Participant& subscriber, Bitrate estimate) {
  if (!state_.options.congestion_control) return;
  Bitrate sent;
  for (const auto& [sid, subscription] : subscriber.subscriptions) {
    const auto track = state_.roster.find_track(sid);
    auto* media = track ? track.publication->media(subscription.codec) : nullptr;
    const auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
    if (forwarder != nullptr) sent.bps += forwarder->stats().bitrate.bps;
  }
  subscriber.capacity.on_estimate(now, estimate, sent);
  if (!subscriber.limited && subscriber.capacity.value(now)) due_ = now;
}

void StreamAllocation::advance(Instant now, Output& out) {
  if (now < due_) return;
  due_ = kNever;
  state_.roster.for_each([&](Participant& subscriber) {
    const auto capacity = subscriber.capacity.value(now);
    if (capacity || subscriber.limited) divide(now, subscriber, capacity, out);
    subscriber.limited = capacity.has_value();
    if (subscriber.limited) due_ = now + kInterval;
  });
}

Bitrate StreamAllocation::gather(Participant& subscriber) {
  streams_.clear();
  demands_.clear();
  Bitrate others;
  for (auto& [sid, subscription] : subscriber.subscriptions) {
    const auto track = state_.roster.find_track(sid);
    auto* media = track ? track.publication->media(subscription.codec) : nullptr;
    const auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
    if (forwarder == nullptr || is_idle(*forwarder)) continue;
    if (track.publication->is_video()) {
      add_demand(subscriber, subscription, track, *forwarder);
    } else {
      others.bps += forwarder->stats().bitrate.bps;
    }
  }
  return others;
}

void StreamAllocation::add_demand(Participant& subscriber, Subscription& subscription, Roster::TrackRef track,
                                  const media::Forwarder& forwarder) {
  const auto& media = *track.publication->media(subscription.codec);
  auto& demand = demands_.emplace_back();
  demand.sent = media.live_layers();
  for (std::uint8_t layer = 0; layer < media::kMaxLayers; ++layer) {
    if (const auto stats = media.stream_stats(layer)) demand.bitrates[layer] = stats->bitrate;
  }
  demand.max_layer =
      static_cast<std::uint8_t>(Subscribing::quality_of(subscriber, subscription, track.publication->info));
  demand.priority = priority_of(subscription, track.publication->info);
  const auto current = forwarder.stats().layer;
  demand.current = subscription.starved || current == media::kNoLayer ? congestion::kPausedLayer : current;
  streams_.push_back({&subscription, track.publisher});
}

void StreamAllocation::divide(Instant now, Participant& subscriber, std::optional<Bitrate> capacity, Output& out) {
  const auto others = gather(subscriber);
  layers_.assign(streams_.size(), media::kMaxLayers - 1);
  if (capacity) {
    congestion::allocate(Bitrate{std::max<std::int64_t>(0, capacity->bps - others.bps)}, demands_,
                         subscriber.allow_pause, layers_);
  }
  livekit::SignalResponse message;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    auto& [subscription, publisher] = streams_[i];
    if (!subscribing_.set_allowance(now, subscriber, *subscription, layers_[i], out)) continue;
    auto* told = message.mutable_stream_state_update()->add_stream_states();
    told->set_participant_sid(publisher->profile.sid());
    told->set_track_sid(subscription->track_sid);
    told->set_state(subscription->starved ? livekit::PAUSED : livekit::ACTIVE);
  }
  if (message.has_stream_state_update()) send(out, subscriber, std::move(message));
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
// Which of a track's codecs each subscriber gets, and what the publisher is therefore asked for (signalling 2.8, 2.10).
#include "room/codec_choice.hpp"
#include "room/forwarded_participants.hpp"
#include "room/media_setup.hpp"
#include "room/subscribing.hpp"
#include "room/wanted_layers.hpp"

namespace sfu::room {

void Subscribing::choose(Instant now, Participant& subscriber, Subscription& subscription, Roster::TrackRef track,
                         Output& out) {
  const auto* section = subscriber.downlink().send_section(subscription.mid);
  if (section == nullptr || !section->negotiated) return;
  auto& publication = *track.publication;
  const auto chosen = section->codec_unsupported ? std::nullopt : choose_codec(publication, section->codecs);
  if (!chosen) {
    refuse(now, subscriber, subscription, livekit::SE_CODEC_UNSUPPORTED, out);
    return;
  }
  subscription.stuck_since = kNever;
  subscription.told_stuck = false;
  if (!subscription.forwarding()) {
    subscription.codec = chosen;
    if (publication.media(chosen) != nullptr) start_forwarding(now, subscriber, subscription, *section, track, out);
  } else if (subscription.codec != chosen && publication.media(chosen) != nullptr) {
    move_forwarder(now, subscriber, subscription, *section, publication, *chosen, out);
  }
  update_dynacast(now, publication);
}

void Subscribing::move_forwarder(Instant now, Participant& subscriber, Subscription& subscription,
                                 const peer::SendSection& section, Publication& publication, CodecIndex to,
                                 Output& out) {
  auto& from = *publication.media(subscription.codec);
  auto& target = *publication.media(to);
  const auto payloads =
      payload_mappings(publication.codecs[to]->offered, section.codecs, publication.codecs[to]->makes_red);
  auto media_out = state_.media_output(out);
  subscription.forwarder = target.take_over(now, from, subscription.forwarder, payloads, media_out);
  subscription.codec = to;
  subscriber.downlink().endpoint().add_forwarder(subscription.ssrc, target, subscription.forwarder);
  state_.reschedule(publication);
}

void Subscribing::offer_changed(Instant now, Publication& publication, Output& out) {
  for_each_subscription(publication, [&](Participant& subscriber, Subscription& subscription) {
    unbind(now, subscriber, subscription, out);
    state_.ask_reconcile(subscriber);
  });
}

void Subscribing::codecs_changed(Instant now, Publication& publication, Output& out) {
  const auto track = state_.roster.find_track(publication.sid());
  if (!track) return;
  for_each_subscription(publication, [&](Participant& subscriber, Subscription& subscription) {
    if (subscription.negotiated()) choose(now, subscriber, subscription, track, out);
  });
}

void Subscribing::codec_ends(Instant now, PublishedCodec& codec, Output& out) {
  auto& publication = *codec.publication;
  codecs_changed(now, publication, out);
  for_each_subscription(publication, [&](Participant& subscriber, Subscription& subscription) {
    if (subscription.codec != codec.index || !subscription.forwarding()) return;
    unbind(now, subscriber, subscription, out);  // it may come again, with other numbers
    state_.ask_reconcile(subscriber);
  });
}

bool Subscribing::is_needed(const PublishedCodec& codec) const {
  const auto* publisher = state_.roster.find(codec.publication->publisher);
  bool needed = publisher != nullptr && watched_elsewhere(*publisher, codec) != livekit::OFF;
  for_each_subscription(*codec.publication, [&](const Participant&, const Subscription& subscription) {
    needed |= subscription.codec == codec.index;
  });
  return needed;
}

// With adaptive_stream the client has yet to say how large it shows the track.
livekit::VideoQuality Subscribing::quality_of(const Participant& subscriber, const Subscription& subscription,
                                              const livekit::TrackInfo& info) {
  if (subscription.settings) return wanted_quality(info, *subscription.settings);
  return subscriber.adaptive_stream ? livekit::LOW : livekit::HIGH;
}

std::uint8_t Subscribing::temporal_of(const Participant& subscriber, const Subscription& subscription,
                                      const livekit::TrackInfo& info, const media::PublishedTrack& media) {
  return wanted_temporal_layer(subscription.settings ? subscription.settings->fps() : 0,
                               quality_of(subscriber, subscription, info), media.frame_rates());
}

void Subscribing::frame_rates_changed(Instant now, Publication& publication, Output& out) {
  for_each_subscription(publication, [&](Participant& subscriber, Subscription& subscription) {
    const bool asked = subscription.settings && subscription.settings->fps() != 0;
    if (asked && subscription.forwarding()) apply_quality(now, subscriber, subscription, publication, out);
  });
}

void Subscribing::update_dynacast(Instant now, Publication& publication) {
  if (!publication.is_video() && publication.codecs.size() == 1) return;
  WatchedQualities wanted(publication.codecs.size(), livekit::OFF);
  if (const auto* publisher = state_.roster.find(publication.publisher)) {
    for (const auto& codec : publication.codecs) wanted[codec->index] = watched_elsewhere(*publisher, *codec);
  }
  for_each_subscription(publication, [&](const Participant& subscriber, const Subscription& subscription) {
    if (!subscription.codec || (subscription.settings && subscription.settings->disabled())) return;
    auto& highest = wanted[*subscription.codec];
    const auto quality = quality_of(subscriber, subscription, publication.info);
    if (highest == livekit::OFF || quality > highest) highest = quality;
  });
  for (const auto& codec : publication.codecs) {
    codec->dynacast.set_wanted(now, wanted[codec->index], state_.options.dynacast_pause_delay);
  }
}

}  // namespace sfu::room

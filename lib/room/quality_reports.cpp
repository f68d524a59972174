// SPDX-License-Identifier: Apache-2.0
#include "room/quality_reports.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "room/announcement.hpp"
#include "room/figures.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr int kQualityProtocol = 5;
constexpr int kLostQualityProtocol = 11;
constexpr Duration kSilence = std::chrono::seconds(30);  // without a receiver report of what is sent

std::string codec_name(const std::string& mime_type) {
  std::string name = mime_type.substr(mime_type.find('/') + 1);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

// What was told last of each codec. The first one is presumed to be watched until something was; of a backup nothing is
// said before someone needs it.
template <typename Tell>
void for_each_codec(const Publication& publication, Tell&& tell) {
  for (const auto& codec : publication.codecs) {
    auto highest = codec->dynacast.reported();
    if (!highest && codec->index == 0) highest = livekit::HIGH;
    if (highest) tell(codec_name(publication.info.codecs(static_cast<int>(codec->index)).mime_type()), *highest);
  }
}

livekit::SignalResponse watched_update(const Publication& publication) {
  livekit::SignalResponse response;
  auto* update = response.mutable_subscribed_quality_update();
  update->set_track_sid(publication.sid());
  for_each_codec(publication, [&](const std::string& name, livekit::VideoQuality highest) {
    auto* codec = update->add_subscribed_codecs();
    codec->set_codec(name);
    for (const auto quality : {livekit::LOW, livekit::MEDIUM, livekit::HIGH}) {
      auto* entry = codec->add_qualities();
      entry->set_quality(quality);
      entry->set_enabled(highest != livekit::OFF && quality <= highest);
    }
  });
  *update->mutable_subscribed_qualities() = update->subscribed_codecs(0).qualities();
  return response;
}

livekit::SignalResponse heard_update(const Publication& publication) {
  livekit::SignalResponse response;
  auto* update = response.mutable_subscribed_audio_codec_update();
  update->set_track_sid(publication.sid());
  for_each_codec(publication, [&](const std::string& name, livekit::VideoQuality highest) {
    auto* codec = update->add_subscribed_audio_codecs();
    codec->set_codec(name);
    codec->set_enabled(highest != livekit::OFF);
  });
  return response;
}

// The best layer that the publisher was asked for in this codec; -1: nothing. As in for_each_codec().
int asked_for(const PublishedCodec& codec) {
  const auto reported = codec.dynacast.reported();
  if (!reported) return codec.index == 0 ? livekit::HIGH : -1;
  return *reported == livekit::OFF ? -1 : static_cast<int>(*reported);
}

// How many of the encodings up to `asked` that were there once are not sent now, from the best one down.
int missing_below(const media::PublishedTrack& media, int asked) {
  int missing = 0;
  for (int layer = std::min<int>(asked, media::kMaxLayers - 1); layer > 0; --layer) {
    const auto* stream = media.encodings().stream(static_cast<std::uint8_t>(layer));
    if (stream == nullptr || !stream->started()) continue;
    if (stream->live()) break;
    ++missing;
  }
  return missing;
}

void add_quality(livekit::ConnectionQualityUpdate& message, const Participant& recipient, const Participant& subject) {
  auto quality = subject.score.quality();
  if (quality == livekit::LOST && recipient.profile.protocol() < kLostQualityProtocol) quality = livekit::POOR;
  auto* update = message.add_updates();
  update->set_participant_sid(subject.profile.sid());
  update->set_quality(quality);
  update->set_score(subject.score.mos());
}

bool corrects_errors(std::span<const peer::PayloadCodec> codecs) {
  return std::ranges::any_of(codecs, [](const peer::PayloadCodec& codec) {
    return codec.codec == rtp::Codec::kOpus && codec.fmtp.find("useinbandfec=1") != std::string::npos;
  });
}

}  // namespace

void QualityReports::became_active(Instant now) {
  if (due_ == kNever) due_ = now + kInterval;
}

void QualityReports::report_watched(Instant now, Output& out) {
  watched_due_ = kNever;
  state_.roster.for_each([&](Participant& publisher) {
    for (const auto& publication : publisher.publications) {
      if (!publication->live()) continue;
      bool due = false;
      for (const auto& codec : publication->codecs) {
        const bool raises = codec->dynacast.raises();
        const bool reports = codec->dynacast.take_report(now).has_value();
        if (raises && reports && codec->live()) codec->media->expect_layers();
        due |= reports;
        watched_due_ = std::min(watched_due_, codec->dynacast.deadline());
      }
      if (due)
        send(out, publisher, publication->is_video() ? watched_update(*publication) : heard_update(*publication));
    }
  });
}

void QualityReports::advance(Instant now, Output& out) {
  if (now < due_) return;
  bool anyone = false;
  bool changed = false;
  state_.roster.for_each([&](Participant& participant) {
    if (!participant.profile.active()) return;
    anyone = true;
    participant.score.update(worst_score(now, participant));
    changed |= participant.score.told != static_cast<int>(participant.score.quality());
    state_.statistics().quality_rating.observe(participant.score.quality());
    state_.statistics().quality_score.observe(participant.score.mos());
  });
  std::swap(published_, next_published_);
  std::swap(subscribed_, next_subscribed_);
  next_published_.clear();
  next_subscribed_.clear();
  if (changed) tell(out);
  due_ = anyone ? now + kInterval : kNever;
}

double QualityReports::worst_score(Instant now, Participant& participant) {
  double worst = 100;
  for (const auto& publication : participant.publications) {
    if (publication->live()) worst = std::min(worst, published_score(now, participant, *publication));
  }
  for (const auto& [sid, subscription] : participant.subscriptions) {
    if (subscription.forwarding()) worst = std::min(worst, subscribed_score(now, participant, subscription));
  }
  return worst;
}

double QualityReports::published_score(Instant now, const Participant& publisher, Publication& publication) {
  Counts counts;
  StreamWindow figures;
  Instant reported = Instant::min();
  bool fec = false;
  int wanted = -1;
  int missing_layers = 0;
  for (const auto& codec : publication.codecs) {
    if (!codec->live()) continue;
    const int asked = asked_for(*codec);
    wanted = std::max(wanted, asked);
    missing_layers = std::max(missing_layers, missing_below(*codec->media, asked));
    figures.round_trip = codec->media->rtt();
    fec |= corrects_errors(codec->section.codecs);
    for (std::uint8_t layer = 0; layer < media::kMaxLayers; ++layer) {
      const auto stats = codec->media->stream_stats(layer);
      if (!stats) continue;
      counts.expected += stats->reception.expected;
      counts.lost += static_cast<std::uint64_t>(std::max<std::int64_t>(0, stats->reception.lost));
      counts.out_of_order += stats->reception.out_of_order;
      figures.jitter = std::max(figures.jitter, stats->reception.jitter);
      const auto& clock = codec->media->encodings().stream(layer)->clock();
      if (clock.known()) reported = std::max(reported, clock.arrival());
    }
  }
  const auto known = published_.find(publication.sid());
  const bool first = known == published_.end();
  Observed& track = next_published_[publication.sid()] = first ? Observed() : std::move(known->second);
  const Counts before = std::exchange(track.counts, counts);
  const int wanted_before = std::exchange(track.wanted, wanted);
  // Its window is not whole, or counters began afresh.
  if (first || counts.expected < before.expected) return track.score.value();
  figures.expected = counts.expected - before.expected;
  figures.lost = counts.lost - std::min(counts.lost, before.lost);
  figures.out_of_order = counts.out_of_order - std::min(counts.out_of_order, before.out_of_order);
  if (!publisher.is_copy()) {
    observe_window(state_.statistics(), stream_key(StreamDirection::kIncoming, publication.info), figures);
  }
  // Who is watched by nobody may send nothing, and who was not all the time may just have begun.
  const bool watched = wanted >= 0 && wanted_before >= 0 && !publication.subscribers.empty();
  if (publication.info.muted() || !watched) {
    track.score.mute();
  } else if (now - publication.unmuted_at > kInterval / 2) {
    TrackWindow window;
    window.length = kInterval;
    window.loss_weight = loss_weight(announced_codec(publication.info, publication.preferred), fec);
    window.expected = figures.expected;
    window.lost = figures.lost;
    window.out_of_order = figures.out_of_order;
    if (wanted <= wanted_before) window.layer_distance = missing_layers;
    window.reports_stale = reported != Instant::min() && now - reported > kInterval;
    track.score.update(now, window);
  }
  return track.score.value();
}

double QualityReports::subscribed_score(Instant now, const Participant& subscriber, const Subscription& subscription) {
  const auto found = state_.roster.find_track(subscription.track_sid);
  auto* media = found ? found.publication->media(subscription.codec) : nullptr;
  auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
  if (forwarder == nullptr) return 100;
  const auto& publication = *found.publication;
  const auto stats = forwarder->stats();
  const Counts counts{.expected = stats.highest_sequence,
                      .lost = static_cast<std::uint64_t>(std::max(0, stats.total_lost)),
                      .out_of_order = stats.out_of_order,
                      .newest = stats.newest_sequence,
                      .sent = stats.packets,
                      .layers = stats.layers,
                      .layer_samples = stats.layer_samples};
  const auto known = subscribed_.find(subscription.ssrc);
  const bool first = known == subscribed_.end();
  Observed& track = next_subscribed_[subscription.ssrc] = first ? Observed() : std::move(known->second);
  const Counts before = std::exchange(track.counts, counts);
  if (subscription.starved()) {
    track.score.pause();
    return track.score.value();
  }
  if (forwarder->paused()) {
    track.score.mute();
    return track.score.value();
  }
  if (first || counts.sent == before.sent) {
    track.sending_since = kNever;
    return track.score.value();
  }
  if (track.sending_since == kNever) track.sending_since = now;

  TrackWindow window;
  window.length = kInterval;
  window.loss_weight = loss_weight(announced_codec(publication.info, *subscription.codec),
                                   corrects_errors(publication.codecs[*subscription.codec]->offered));
  const auto expected = rtp::distance(static_cast<std::uint32_t>(before.expected), stats.highest_sequence);
  if (expected <= 0 || !stats.has_report) {
    // Who gets what is sent says so.
    const Instant last = stats.has_report ? std::max(track.sending_since, stats.last_report) : track.sending_since;
    if (now - last > kSilence) track.score.update(now, window);
    return track.score.value();
  }
  window.expected = static_cast<std::uint64_t>(expected);
  window.lost = counts.lost - std::min(counts.lost, before.lost);
  window.out_of_order = counts.out_of_order - before.out_of_order;
  const auto numbers = static_cast<std::uint64_t>(std::max<std::int64_t>(0, counts.newest - before.newest));
  const std::uint64_t sent = counts.sent - before.sent;
  window.missing = numbers - std::min(numbers, sent);
  observe_window(state_.statistics(), stream_key(StreamDirection::kOutgoing, publication.info),
                 {window.expected, window.lost, 0, stats.jitter, stats.rtt});
  if (publication.is_video() && counts.layer_samples > before.layer_samples) {
    const auto wanted = static_cast<unsigned>(subscribing_.quality_of(subscriber, subscription, publication.info));
    const auto there = static_cast<unsigned>(media->live_layers() & ((2U << wanted) - 1));
    const double shown = static_cast<double>(counts.layers - before.layers) /
                         static_cast<double>(counts.layer_samples - before.layer_samples);
    if (there != 0) window.layer_distance = std::max(0.0, static_cast<double>(std::bit_width(there)) - 1 - shown);
  }
  if (now - stats.resumed_at > kInterval / 2) track.score.update(now, window);
  return track.score.value();
}

void QualityReports::tell_of(const Participant& recipient, const Participant& subject, Output& out) const {
  if (subject.score.told < 0 || !recipient.profile.active() || recipient.profile.protocol() < kQualityProtocol) return;
  livekit::SignalResponse message;
  add_quality(*message.mutable_connection_quality(), recipient, subject);
  send(out, recipient, std::move(message));
}

void QualityReports::tell(Output& out) {
  state_.roster.for_each([&](Participant& recipient) {
    if (!recipient.profile.active() || recipient.profile.protocol() < kQualityProtocol) return;
    livekit::SignalResponse message;
    state_.roster.for_each([&](Participant& subject) {
      if (!subject.profile.active()) return;
      if (subject.id != recipient.id && !subscribing_.is_subscribed(recipient, subject)) return;
      add_quality(*message.mutable_connection_quality(), recipient, subject);
    });
    send(out, recipient, std::move(message));
  });
  state_.roster.for_each([](Participant& participant) {
    if (participant.profile.active()) participant.score.told = static_cast<int>(participant.score.quality());
  });
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "room/quality_reports.hpp"

#include <algorithm>

#include "room/announcement.hpp"
#include "room/figures.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr int kQualityProtocol = 5;
constexpr int kLostQualityProtocol = 11;
constexpr double kStarved = 30;  // a track is paused for want of bandwidth

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

void add_quality(livekit::ConnectionQualityUpdate& message, const Participant& recipient, const Participant& subject) {
  auto quality = subject.score.quality();
  if (quality == livekit::LOST && recipient.profile.protocol() < kLostQualityProtocol) quality = livekit::POOR;
  auto* update = message.add_updates();
  update->set_participant_sid(subject.profile.sid());
  update->set_quality(quality);
  update->set_score(subject.score.mos());
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
        due |= codec->dynacast.take_report(now).has_value();
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
    participant.score.update(worst_score(participant));
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

double QualityReports::worst_score(Participant& participant) {
  double worst = 100;
  for (const auto& publication : participant.publications) {
    if (publication->live()) worst = std::min(worst, published_score(participant, *publication));
  }
  for (const auto& [sid, subscription] : participant.subscriptions) {
    if (subscription.forwarding()) worst = std::min(worst, subscribed_score(subscription));
  }
  return worst;
}

double QualityReports::published_score(const Participant& publisher, Publication& publication) {
  Counts counts;
  StreamWindow figures;
  for (const auto& codec : publication.codecs) {
    if (codec->live()) figures.round_trip = codec->media->rtt();
    for (std::uint8_t layer = 0; layer < media::kMaxLayers; ++layer) {
      const auto stats = codec->live() ? codec->media->stream_stats(layer) : std::nullopt;
      if (!stats) continue;
      counts.expected += stats->reception.expected;
      counts.lost += static_cast<std::uint64_t>(std::max<std::int64_t>(0, stats->reception.lost));
      counts.out_of_order += stats->reception.out_of_order;
      figures.jitter = std::max(figures.jitter, stats->reception.jitter);
    }
  }
  const auto before = published_.find(publication.sid());
  next_published_[publication.sid()] = counts;
  if (before == published_.end()) return 100;  // the first window is not whole
  figures.expected = counts.expected - std::min(counts.expected, before->second.expected);
  figures.lost = counts.lost - std::min(counts.lost, before->second.lost);
  figures.out_of_order = counts.out_of_order - std::min(counts.out_of_order, before->second.out_of_order);
  if (!publisher.is_copy()) {
    observe_window(state_.statistics(), stream_key(StreamDirection::kIncoming, publication.info), figures);
  }
  if (publication.subscribers.empty()) return 100;  // who is watched by nobody may send nothing
  TrackWindow window;
  window.codec = announced_codec(publication.info, publication.preferred);
  window.muted = publication.info.muted();
  window.expected = figures.expected;
  window.lost = figures.lost;
  return window_score(window);
}

double QualityReports::subscribed_score(const Subscription& subscription) {
  const auto track = state_.roster.find_track(subscription.track_sid);
  auto* media = track ? track.publication->media(subscription.codec) : nullptr;
  auto* forwarder = media != nullptr ? media->forwarder(subscription.forwarder) : nullptr;
  if (forwarder == nullptr) return 100;
  if (subscription.starved) return kStarved;
  const auto stats = forwarder->stats();
  const Counts counts{stats.highest_sequence, static_cast<std::uint64_t>(std::max(0, stats.total_lost)), 0};
  const auto key = subscription.ssrc;
  const auto before = subscribed_.find(key);
  next_subscribed_[key] = counts;
  const bool nothing_new = before == subscribed_.end() || counts.expected <= before->second.expected;
  if (nothing_new || !stats.has_report) return 100;  // not the subscriber's connection's fault
  TrackWindow window;
  window.codec = announced_codec(track.publication->info, *subscription.codec);
  window.muted = forwarder->paused();
  window.expected = counts.expected - before->second.expected;
  window.lost = counts.lost - std::min(counts.lost, before->second.lost);
  observe_window(state_.statistics(), stream_key(StreamDirection::kOutgoing, track.publication->info),
                 {window.expected, window.lost, 0, stats.jitter, stats.rtt});
  return window_score(window);
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

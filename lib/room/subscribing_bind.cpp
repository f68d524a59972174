// SPDX-License-Identifier: Apache-2.0
// How a subscription gets its section, its packets and its layer.
#include <algorithm>

#include "room/codec_choice.hpp"
#include "room/events.hpp"
#include "room/figures.hpp"
#include "room/media_setup.hpp"
#include "room/outbox.hpp"
#include "room/subscribing.hpp"

namespace sfu::room {

namespace {

constexpr int kPackedStreamIds = 1;  // protocol versions (signalling 3.9)
constexpr int kSyncStreamIds = 10;

constexpr std::size_t kMaxStreamName = 100;

// As a word of SDP (RFC 8866 9, token), since the name is whatever the publisher says: other bytes are written in hex.
// livekit-client takes what begins with TR for a track's sid.
std::string stream_word(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string word = name.starts_with("TR") ? "+" : "";
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                       c == '_' || c == '+' || c == '-';
    if (word.size() + (plain ? 1 : 3) > kMaxStreamName) break;
    if (plain) {
      word += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      word.append({'+', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return word;
}

// The msid's first word (signalling 2.6): clients read the publisher, and mostly the track, out of it.
std::string stream_id(const Profile& subscriber, const Profile& publisher, const livekit::TrackInfo& info, bool sync) {
  if (subscriber.protocol() < kPackedStreamIds) return publisher.sid();
  const bool by_stream = sync && subscriber.protocol() >= kSyncStreamIds && !subscriber.is_firefox();
  return publisher.sid() + '|' + (by_stream ? stream_word(info.stream()) : info.sid());
}

rtp::Ssrc random_ssrc(Random& random) {
  return std::max<rtp::Ssrc>(random.u32(), 1);
}

}  // namespace

void Subscribing::bind(Instant now, Participant& subscriber, Subscription& subscription, Roster::TrackRef track,
                       Output& out) {
  auto& downlink = subscriber.downlink();
  // Where the client offers, its first offer brings the sections.
  if (!subscriber.subscriber && !downlink.negotiation.described) return;
  const auto& info = track.publication->info;
  // By the time that the answer comes, so does a key frame.
  if (!(subscription.settings && subscription.settings->disabled())) {
    auto media_out = state_.media_output(out);
    const auto quality = quality_of(subscriber, subscription, info);
    track.publication->primary().media->expect_subscriber(now, static_cast<std::uint8_t>(quality), media_out);
  }

  peer::SenderSpec spec;
  spec.kind = track.publication->is_video() ? rtp::MediaKind::kVideo : rtp::MediaKind::kAudio;
  spec.stream_id = stream_id(subscriber.profile, track.publisher->profile, info, state_.options.sync_streams);
  spec.track_id = info.sid();
  spec.cname = spec.stream_id;
  spec.codecs = offered_to_subscribers(*track.publication);
  spec.stereo = info.stereo();
  spec.ssrc = random_ssrc(state_.random());
  spec.rtx_ssrc = spec.kind == rtp::MediaKind::kVideo ? random_ssrc(state_.random()) : 0;
  const auto ssrc = spec.ssrc;
  const auto rtx_ssrc = spec.rtx_ssrc;

  auto mid = downlink.bind_sender(std::move(spec));
  if (!mid && mid.error().code == Errc::kUnsupported) {
    refuse(now, subscriber, subscription, livekit::SE_CODEC_UNSUPPORTED, out);
    return;
  }
  subscription.missing_section = !mid.has_value();
  downlink.negotiation.request(now);
  if (!mid) return;
  updates_.ensure_seen(subscriber, *track.publisher, out);
  subscription.mid = *std::move(mid);
  subscription.publisher = track.publisher->id;
  subscription.bound_at = now;
  subscription.ssrc = ssrc;
  subscription.rtx_ssrc = rtx_ssrc;
  if (subscriber.adaptive_stream && subscription.settings) subscription.settings->set_disabled(false);
  track.publication->subscribers.push_back(subscriber.id);
  if (downlink.local() != nullptr) choose(now, subscriber, subscription, track, out);
}

void Subscribing::unbind(Instant now, Participant& subscriber, Subscription& subscription, Output& out) {
  subscription.missing_section = false;
  subscription.stuck_since = kNever;
  subscription.told_stuck = false;
  if (!subscription.bound()) return;
  auto& downlink = subscriber.downlink();
  const auto track = state_.roster.find_track(subscription.track_sid);
  if (track && subscription.forwarding()) {
    downlink.endpoint().remove_forwarder(subscription.ssrc);
    auto media_out = state_.media_output(out);
    auto& media = *track.publication->media(subscription.codec);
    if (downlink.local() == nullptr) media.send_blank_frames(now, subscription.forwarder, media_out);
    media.remove_forwarder(subscription.forwarder, media_out);
    state_.reschedule(*track.publication);
    auto& event = raise_track_event(state_, Event::Type::kTrackUnsubscribed, subscriber, *track.publication, out);
    event.publisher_sid = track.publisher->profile.sid();
  }
  downlink.unbind_sender(subscription.mid);
  downlink.negotiation.request(now);
  subscription.forwarder = {};
  subscription.codec.reset();
  subscription.allowance = {};
  subscription.mid.clear();
  if (!track) return;
  std::erase(track.publication->subscribers, subscriber.id);
  update_dynacast(now, *track.publication);
}

void Subscribing::start_forwarding(Instant now, Participant& subscriber, Subscription& subscription,
                                   const peer::SendSection& section, Roster::TrackRef track, Output& out) {
  auto& downlink = subscriber.downlink();
  auto& media = *track.publication->media(subscription.codec);
  media::ForwarderConfig config;
  config.sink = &downlink;
  config.lossless = downlink.local() != nullptr;
  config.ssrc = subscription.ssrc;
  const auto& published = *track.publication->codecs[*subscription.codec];
  const auto& info = track.publication->info;
  config.payloads = payload_mappings(published.offered, section.codecs, published.makes_red);
  const bool rtx = std::ranges::any_of(config.payloads, [](const media::PayloadMapping& mapping) {
    return mapping.rtx != media::PayloadMapping::kNone;
  });
  config.rtx_ssrc = rtx ? subscription.rtx_ssrc : 0;
  config.extensions = section.extensions;
  // Who gives feedback on all packets is sent them under congestion control.
  if (controls_sending(state_.options) && std::ranges::any_of(section.codecs, &peer::PayloadCodec::transport_cc)) {
    downlink.endpoint().control_sending();
  }
  if (has_playout_delay(state_.options)) {
    const auto& delay = state_.options.playout_delay;
    config.playout_delay = rtp::PlayoutDelay{delay.min, delay.max};
  }
  config.screenshare = info.source() == livekit::SCREEN_SHARE;
  config.equal_sizes =
      state_.options.equal_packet_sizes && track.publication->is_video() && downlink.local() == nullptr;
  config.strip_trailer = info.packet_trailer_features_size() > 0 && !subscriber.profile.knows_packet_trailer();
  config.mid = section.mid;
  config.cname = section.sender.cname;
  if (!downlink.can_send()) config.paused |= static_cast<std::uint8_t>(media::Pause::kNotConnected);
  if (subscription.settings && subscription.settings->disabled()) {
    config.paused |= static_cast<std::uint8_t>(media::Pause::kDisabled);
  }
  config.max_layer = static_cast<std::uint8_t>(quality_of(subscriber, subscription, track.publication->info));
  // Where a capacity is known, it is divided anew before anything is sent.
  const auto* outbound = downlink.endpoint().outbound();
  subscription.unallocated = track.publication->is_video() && outbound != nullptr && outbound->control().estimate();
  if (subscription.unallocated) {
    subscription.allowance = congestion::kPaused;
    config.paused |= static_cast<std::uint8_t>(media::Pause::kBandwidth);
    state_.unallocated.push_back(subscriber.id);
  }
  config.max_temporal = temporal_of(subscriber, subscription, info, media);

  auto media_out = state_.media_output(out);
  if (!is_subscribed(subscriber, *track.publisher)) {
    state_.first_contacts.emplace_back(subscriber.id, track.publisher->id);
  }
  subscription.forwarder = media.add_forwarder(now, config, media_out);
  subscription.settings_due = kNever;
  downlink.endpoint().add_forwarder(subscription.ssrc, media, subscription.forwarder);
  state_.reschedule(*track.publication);
  if (std::exchange(subscription.awaited, false)) {
    ++state_.statistics().subscribe.successes;
    observe_pubsub(state_.statistics(), true, track.publication->info, subscriber, now - subscription.since);
  }
  auto& event = raise_track_event(state_, Event::Type::kTrackSubscribed, subscriber, *track.publication, out);
  event.publisher_sid = track.publisher->profile.sid();
  tell_subscribed(subscriber, track, out);
}

void Subscribing::apply_settings(Instant now, Participant& subscriber, Subscription& subscription, Output& out) {
  subscription.settings_due = kNever;
  const auto track = state_.roster.find_track(subscription.track_sid);
  if (!track || !subscription.bound() || !subscription.settings) return;
  if (subscription.forwarding()) {
    auto media_out = state_.media_output(out);
    track.publication->media(subscription.codec)
        ->set_paused(now, subscription.forwarder, media::Pause::kDisabled, subscription.settings->disabled(),
                     media_out);
    apply_quality(now, subscriber, subscription, *track.publication, out);
  }
  update_dynacast(now, *track.publication);
}

void Subscribing::apply_quality(Instant now, Participant& subscriber, Subscription& subscription,
                                Publication& publication, Output& out) {
  const auto wanted = static_cast<std::uint8_t>(quality_of(subscriber, subscription, publication.info));
  auto& media = *publication.media(subscription.codec);
  const auto temporal = temporal_of(subscriber, subscription, publication.info, media);
  const auto& allowance = subscription.allowance;
  if (allowance.paused()) return;  // what it may have is said when it goes on
  auto media_out = state_.media_output(out);
  media.set_max_quality(now, subscription.forwarder, std::min(wanted, allowance.layer),
                        wanted < allowance.layer ? temporal : std::min(temporal, allowance.temporal), media_out,
                        allowance.layer < wanted);
  state_.reschedule(publication);
}

bool Subscribing::set_allowance(Instant now, Participant& subscriber, Subscription& subscription,
                                congestion::Allowance allowance, Output& out) {
  const auto track = state_.roster.find_track(subscription.track_sid);
  if (!track || !subscription.forwarding()) return false;
  if (allowance == subscription.allowance) return false;
  const bool was_starved = std::exchange(subscription.allowance, allowance).paused();
  apply_quality(now, subscriber, subscription, *track.publication, out);
  if (was_starved == subscription.starved()) return false;
  auto media_out = state_.media_output(out);
  track.publication->media(subscription.codec)
      ->set_paused(now, subscription.forwarder, media::Pause::kBandwidth, subscription.starved(), media_out);
  state_.reschedule(*track.publication);
  return true;
}

void Subscribing::tell_subscribed(Participant& subscriber, Roster::TrackRef track, Output& out) {
  if (track.publication->told_subscribed || subscriber.profile.hidden() || !subscriber.downlink().can_send()) {
    return;
  }
  track.publication->told_subscribed = true;
  const auto& client = track.publisher->profile.client();
  if (client.sdk() == livekit::ClientInfo::RUST && client.protocol() < 10) return;
  livekit::SignalResponse response;
  response.mutable_track_subscribed()->set_track_sid(track.publication->sid());
  send(out, *track.publisher, std::move(response));
}

}  // namespace sfu::room

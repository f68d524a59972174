// SPDX-License-Identifier: Apache-2.0
// Making the peers, and the rounds that the server starts.
#include <algorithm>

#include "room/negotiation.hpp"
#include "room/outbox.hpp"
#include "room/peer_transport.hpp"

namespace sfu::room {

namespace {

constexpr int kTransceiverReuseProtocol = 4;

std::vector<rtp::Codec> known_codecs(const std::vector<livekit::Codec>& codecs) {
  std::vector<rtp::Codec> known;
  for (const auto& codec : codecs) {
    const auto name = rtp::codec_from_mime(codec.mime());
    if (name != rtp::Codec::kUnknown && name != rtp::Codec::kRtx) known.push_back(name);
  }
  return known;
}

// The channels that the server makes for a client whose primary connection it offers (signalling 2.6).
void open_channels(Instant now, peer::Peer& peer, bool data_tracks, peer::Output& sink) {
  (void)peer.open_channel(now, {std::string(kReliableLabel), true, std::nullopt, {}}, sink);
  (void)peer.open_channel(now, {std::string(kLossyLabel), false, 0, {}}, sink);
  if (data_tracks) (void)peer.open_channel(now, {std::string(kDataTrackLabel), false, 0, {}}, sink);
}

}  // namespace

Result<void> Negotiation::create_transports(Room& room, Participant& participant,
                                            const std::vector<livekit::Codec>& codecs) {
  SFU_TRY(auto publisher, create_transport(room, participant, livekit::PUBLISHER, codecs));
  if (!participant.single_peer_connection) {
    auto subscriber = create_transport(room, participant, livekit::SUBSCRIBER, codecs);
    if (!subscriber) {
      state_.environment.registry->remove_peer(publisher->key());
      return Failure{std::move(subscriber).error()};
    }
    participant.subscriber = *std::move(subscriber);
  }
  participant.publisher = std::move(publisher);
  for (auto* transport : participant.peer_transports()) {
    state_.roster.add_peer(transport->key(), transport);
    lifecycle_.count_stage(*transport, ConnectionStage::kStarted);
  }
  return {};
}

Result<std::unique_ptr<PeerTransport>> Negotiation::create_transport(Room& room, Participant& participant,
                                                                     livekit::SignalTarget target,
                                                                     const std::vector<livekit::Codec>& codecs) {
  const auto& environment = state_.environment;
  const auto& profile = participant.profile;
  auto ticket = environment.registry->add_peer(room);
  peer::PeerConfig config;
  config.ufrag = std::move(ticket.ufrag);
  config.certificate = environment.certificate;
  config.candidates.assign(environment.candidates.begin(), environment.candidates.end());
  config.tcp_candidates.assign(environment.tcp_candidates.begin(), environment.tcp_candidates.end());
  config.random = environment.random;
  config.consent_timeout = kConsentTimeout;
  config.negotiation.codecs = known_codecs(codecs);
  config.negotiation.single_pc = participant.single_peer_connection;
  config.negotiation.reuse_sections =
      !profile.is_safari() && profile.protocol() >= kTransceiverReuseProtocol && !state_.options.sync_streams;
  config.negotiation.send_side_bwe = controls_sending(state_.options);
  config.negotiation.playout_delay = has_playout_delay(state_.options);
  config.negotiation.keep_audio_nack_with_red = profile.is_firefox() || profile.is_safari();
  auto peer = peer::Peer::create(std::move(config));
  if (!peer) {
    environment.registry->remove_peer(ticket.key);
    return Failure{std::move(peer).error()};
  }
  (*peer)->set_tcp_only(participant.tcp_only);
  const rtp::Ssrc rtcp_ssrc = std::max<std::uint32_t>(state_.random().u32(), 1);
  return std::make_unique<PeerTransport>(participant.id, ticket.key, ticket.outlet, target, *std::move(peer),
                                         rtcp_ssrc);
}

void Negotiation::start(Instant now, Participant& participant, Output& out) {
  if (!participant.subscriber || !participant.subscriber_primary) return;
  auto& transport = *participant.subscriber->peer_transport();
  transport.negotiation.offer_id = state_.random().below(100);
  const bool data_tracks = state_.options.data_tracks;
  state_.with_peer(transport, out,
                   [&](peer::Output& sink) { open_channels(now, transport.peer(), data_tracks, sink); });
  send_offer(now, participant, out);
}

void Negotiation::restart(Instant now, Participant& participant, Output& out) {
  if (!participant.subscriber) return;
  auto& transport = *participant.subscriber->peer_transport();
  if (transport.negotiation.offer_id == 0 && !transport.was_connected) return;  // nothing was ever offered
  // An offer that is not answered may be lost with the old connection, or its answer: this one takes its place.
  transport.negotiation.offered_at = kNever;
  transport.negotiation.again = false;
  state_.with_peer(transport, out, [&](peer::Output& sink) { transport.peer().restart_ice(sink); });
  transport.negotiation.candidates_sent = false;
  send_offer(now, participant, out);
}

void Negotiation::send_offer(Instant now, Participant& participant, Output& out) {
  auto& transport = *participant.subscriber->peer_transport();
  auto& negotiation = transport.negotiation;
  negotiation.due = kNever;
  if (negotiation.offered_at != kNever) {
    negotiation.again = true;
    return;
  }
  auto sdp = state_.with_peer(transport, out, [&](peer::Output&) { return transport.peer().create_offer(); });
  if (!sdp) {
    ++state_.statistics().signal.offers_failed;
    lifecycle_.require_full_reconnect(now, participant, out);
    return;
  }
  ++state_.statistics().signal.offers;
  livekit::SignalResponse response;
  auto* offer = response.mutable_offer();
  offer->set_type("offer");
  offer->set_sdp(*std::move(sdp));
  if (++negotiation.offer_id == 0) ++negotiation.offer_id;
  offer->set_id(negotiation.offer_id);
  for (const auto& [mid, track_id] : transport.sections().mid_to_track_id()) {
    (*offer->mutable_mid_to_track_id())[mid] = track_id;
  }
  send(out, participant, std::move(response));
  send_candidates(transport, participant, out);
  negotiation.offered_at = now;
  negotiation.begin(now);
  deadline_ = std::min(deadline_, now + kAnswerTimeout);
}

// 0/0 is a request too: "offer again", for a section that is there already.
void Negotiation::ask_for_offer(Instant now, Participant& participant, Output& out) {
  auto& negotiation = participant.publisher->negotiation;
  negotiation.due = kNever;
  if (!negotiation.described) return;
  std::uint32_t audios = 0;
  std::uint32_t videos = 0;
  for (const auto& [sid, subscription] : participant.subscriptions) {
    if (!subscription.missing_section) continue;
    const auto track = state_.roster.find_track(sid);
    if (track) ++(track.publication->is_video() ? videos : audios);
  }
  const auto more_audios = audios - std::min(audios, negotiation.asked_audios);
  const auto more_videos = videos - std::min(videos, negotiation.asked_videos);
  const bool changed = participant.publisher->peer_transport()->sections().needs_negotiation() && !negotiation.asked;
  if (more_audios == 0 && more_videos == 0 && !changed) return;
  negotiation.asked = true;
  negotiation.asked_audios += more_audios;
  negotiation.asked_videos += more_videos;
  negotiation.begin(now);
  livekit::SignalResponse response;
  response.mutable_media_sections_requirement()->set_num_audios(more_audios);
  response.mutable_media_sections_requirement()->set_num_videos(more_videos);
  send(out, participant, std::move(response));
}

void Negotiation::advance(Instant now, Output& out) {
  deadline_ = kNever;
  state_.roster.for_each([&](Participant& participant) { advance_one(now, participant, out); });
}

void Negotiation::advance_one(Instant now, Participant& participant, Output& out) {
  if (participant.is_copy() || participant.is_local()) return;
  auto& negotiation = participant.downlink().negotiation;
  const bool unanswered = negotiation.offered_at != kNever && now - negotiation.offered_at >= kAnswerTimeout;
  if (unanswered && participant.downlink().peer_transport()->peer().state() == peer::State::kConnected) {
    lifecycle_.require_full_reconnect(now, participant, out);
    return;
  }
  if (now >= negotiation.due) {
    if (participant.subscriber) {
      send_offer(now, participant, out);
    } else {
      ask_for_offer(now, participant, out);
    }
  }
  // While the participant is gone, `negotiation` is kept alive by RoomState::departed.
  deadline_ = std::min(deadline_, negotiation.due);
  if (negotiation.offered_at != kNever && !unanswered) {
    deadline_ = std::min(deadline_, negotiation.offered_at + kAnswerTimeout);
  }
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "participant.hpp"

#include <algorithm>

namespace sfu::sim {

void Participant::add_media(const std::string& cid, const MediaPlan& plan, std::uint64_t seed) {
  media_.push_back({cid, plan, seed});
}

void Participant::join(LinkId up, LinkId down) {
  joined_at_ = simulation_.now();
  client_ = &simulation_.join_over(kRoom, identity_, up, down, this,
                                   {.auto_subscribe = !watch_.nothing && watch_.identities.empty(),
                                    .adaptive_stream = watch_.adaptive,
                                    .allow_pause = watch_.allow_pause,
                                    .audio_redundancy = audio_redundancy_});
  for (const Media& media : media_) {
    publishers_.push_back(std::make_unique<Publisher>(simulation_, *client_, media.cid, media.plan, media.seed));
  }
}

void Participant::leave() {
  left_ = true;
  client_->leave();
}

void Participant::set_muted(bool muted) {
  for (const auto& publisher : publishers_) publisher->set_muted(muted);
}

void Participant::set_paused(bool paused) {
  paused_ = paused;
  for (auto& [sid, track] : tracks_) {
    track.video_model.interrupt();
    track.audio_model.interrupt();
    if (!track.audio) wish(sid);
  }
}

void Participant::poll() {
  if (!is_present()) return;
  for (const client::Event& event : client_->take_events()) {
    for (const auto& publisher : publishers_) publisher->on_event(event);
    if (const auto* signal = std::get_if<client::SignalReceived>(&event)) on_signal(signal->message);
    if (const auto* started = std::get_if<client::SubscriptionStarted>(&event)) {
      tracks_.try_emplace(started->track_sid, rtp::kind_of(started->codec) == rtp::MediaKind::kAudio,
                          simulation_.now());
      if (!tracks_.at(started->track_sid).audio) wish(started->track_sid);
    }
  }
  for (auto& [sid, track] : tracks_) {
    if (!track.audio && track.video_model.wants_keyframe(simulation_.now())) client_->request_key_frame(sid);
  }
}

void Participant::on_signal(const livekit::SignalResponse& message) {
  if (message.has_join()) {
    for (const auto& publisher : publishers_) publisher->publish();
    for (const auto& info : message.join().other_participants()) learn(info);
  }
  for (const auto& info : message.update().participants()) learn(info);
  for (const auto& state : message.stream_state_update().stream_states()) {
    const auto track = tracks_.find(state.track_sid());
    if (track == tracks_.end()) continue;
    track->second.paused = state.state() == livekit::PAUSED;
    track->second.video_model.interrupt();
  }
}

void Participant::learn(const livekit::ParticipantInfo& info) {
  if (info.identity() == identity_) return;
  livekit::SignalRequest request;
  for (const auto& track : info.tracks()) {
    Known& known = known_[track.sid()];
    const bool changed = known.muted != track.muted();
    known = {info.identity(), track.type() == livekit::AUDIO, track.muted()};
    if (const auto watched = tracks_.find(track.sid()); watched != tracks_.end() && changed) {
      watched->second.video_model.interrupt();
      watched->second.audio_model.interrupt();
    }
    if (watch_.nothing || std::ranges::find(watch_.identities, info.identity()) == watch_.identities.end()) continue;
    if (asked_for_.insert(track.sid()).second) request.mutable_subscription()->add_track_sids(track.sid());
  }
  if (!request.has_subscription()) return;
  request.mutable_subscription()->set_subscribe(true);
  client_->request(request);
}

std::string Participant::publisher_of(const std::string& track_sid) const {
  const auto known = known_.find(track_sid);
  return known == known_.end() ? std::string() : known->second.identity;
}

void Participant::wish(const std::string& track_sid) {
  livekit::SignalRequest request;
  livekit::UpdateTrackSettings& settings = *request.mutable_track_setting();
  settings.add_track_sids(track_sid);
  settings.set_disabled(paused_);
  settings.set_quality(watch_.quality);
  if (watch_.adaptive) {
    // As a page would show it.
    constexpr std::uint32_t kHeights[] = {180, 360, 720};
    const std::uint32_t height = kHeights[std::clamp<int>(watch_.quality, 0, 2)];
    settings.set_width(height * 16 / 9);
    settings.set_height(height);
  }
  client_->request(request);
}

void Participant::on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) {
  const auto mix = [this](std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001b3; };
  mix(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  mix(packet.sequence_number());
  mix(packet.timestamp());
  const auto tag = MediaTag::read(packet.payload());
  if (!tag) return;
  WatchedTrack& track = tracks_.try_emplace(track_sid, tag->is_audio, now).first->second;
  mix(tag->frame);
  track.bytes += packet.payload().size();
  if (recovered) {
    ++track.repaired;
  } else {
    track.delay.add(now - tag->sent);
  }
  if (track.audio) {
    track.audio_model.receive(now, *tag);
  } else {
    track.video_model.receive(now, *tag, packet.marker());
  }
}

}  // namespace sfu::sim

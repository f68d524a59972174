// SPDX-License-Identifier: Apache-2.0
#include "passage.hpp"

#include <cstdio>
#include <vector>

// The worker tells of the room before join() has returned what asks for key frames.
Passage::Passage(sfu::Room from, sfu::Room to) : from_(std::move(from)), to_(std::move(to)) {
  work_.post([this] { joined_.wait(); });
}

sfu::Result<std::unique_ptr<Passage>> Passage::open(const sfu::Room& from, const sfu::Room& to) {
  sfu::LocalParticipantOptions options;
  options.claims.identity = "bridge to " + to.name();
  options.claims.kind = sfu::ParticipantKind::kBridge;
  auto& grant = options.claims.video.emplace();
  grant.hidden = grant.recorder = true;  // a recorder keeps no room open
  grant.can_publish = grant.can_publish_data = false;
  options.receive_frames = false;
  std::unique_ptr<Passage> passage(new Passage(from, to));
  auto joined = from.join(options, *passage);
  if (joined) passage->me_ = *std::move(joined);
  passage->joined_.count_down();
  if (!joined) return sfu::Failure{joined.error()};
  return passage;
}

Passage::~Passage() {
  work_.post([this] {
    me_.reset();
    while (!doubles_.empty()) remove_double(doubles_.begin()->first);
  });
}

void Passage::on_participant_joined(const sfu::ParticipantInfo& info) {
  if (!is_double(info.identity)) work_.post([this, info] { make_double(info); });
}

void Passage::on_participant_changed(const sfu::ParticipantInfo& info) {
  with_double(info.identity, [info](Double& there) { there.update(info); });
}

void Passage::on_participant_left(const sfu::ParticipantInfo& info) {
  work_.post([this, identity = info.identity] { remove_double(identity); });
}

void Passage::on_track_published(const std::string&, const sfu::TrackInfo& track) {
  tracks_[track.sid] = track;
}

void Passage::on_track_changed(const std::string& identity, const sfu::TrackInfo& track) {
  const bool was_muted = std::exchange(tracks_[track.sid], track).muted;
  if (track.muted == was_muted) return;
  with_double(identity, [track](Double& there) { there.set_muted(track.sid, track.muted); });
}

void Passage::on_track_unpublished(const std::string&, const sfu::TrackInfo& track) {
  tracks_.erase(track.sid);
}

void Passage::on_subscribed(const std::string& sid, const std::string& identity, sfu::MediaCodec codec) {
  publishers_[sid] = identity;
  with_double(identity, [this, track = tracks_[sid], codec](Double& there) {
    there.publish(track, codec);
    const std::lock_guard lock(mutex_);
    routes_[track.sid] = &there;
  });
}

void Passage::on_unsubscribed(const std::string& sid) {
  const auto publisher = publishers_.extract(sid);
  if (publisher.empty()) return;
  with_double(publisher.mapped(), [this, sid](Double& there) {
    {
      const std::lock_guard lock(mutex_);
      routes_.erase(sid);
    }
    there.unpublish(sid);
  });
}

// Passed on as it is: numbers, timestamps and payload stay, so that what the codec refers to stays right.
void Passage::on_rtp(const std::string& sid, std::span<const std::uint8_t> packet, bool) {
  const std::lock_guard lock(mutex_);
  const auto route = routes_.find(sid);
  if (route != routes_.end()) route->second->write_rtp(sid, packet);
}

void Passage::on_data(const sfu::DataMessage& message) {
  with_double(message.sender, [sender = message.sender, topic = message.topic, reliable = message.reliable,
                               payload = std::vector(message.payload.begin(), message.payload.end())](Double& there) {
    there.send_data({.sender = sender, .topic = topic, .payload = payload, .reliable = reliable});
  });
}

void Passage::on_text(const sfu::StreamInfo& info, const std::string& text) {
  with_double(info.sender, [info, text](Double& there) { there.send_text(info, text); });
}

void Passage::on_disconnected(const sfu::Disconnect&) {
  work_.post([this] {
    while (!doubles_.empty()) remove_double(doubles_.begin()->first);
    ended_ = true;
  });
}

void Passage::make_double(const sfu::ParticipantInfo& info) {
  auto made = Double::create(to_, from_.name() + '/' + info.identity, info, [this](const std::string& sid) {
    work_.post([this, sid] {
      if (me_) me_->request_key_frame(sid);
    });
  });
  if (!made) {
    std::printf("not bridged identity=%s error=%s\n", info.identity.c_str(), made.error().message.c_str());
    return;
  }
  doubles_[info.identity] = *std::move(made);
  std::printf("bridged identity=%s to=%s\n", info.identity.c_str(), to_.name().c_str());
}

void Passage::remove_double(const std::string& identity) {
  const auto there = doubles_.extract(identity);
  if (there.empty()) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(routes_, [&](const auto& route) { return route.second == there.mapped().get(); });
}

void Passage::with_double(const std::string& identity, std::function<void(Double&)> action) {
  work_.post([this, identity, action = std::move(action)] {
    const auto there = doubles_.find(identity);
    if (there != doubles_.end()) action(*there->second);
  });
}

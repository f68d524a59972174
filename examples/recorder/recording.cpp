// SPDX-License-Identifier: Apache-2.0
#include "recording.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>

#include "sfu/room.hpp"

std::string safe_name(std::string_view text) {
  constexpr std::size_t kLongest = 48;
  std::string name(text.substr(0, kLongest));
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!plain) c = '_';
  }
  return name;
}

Recording::Recording(sfu::Server& server, const sfu::RoomInfo& room, const std::string& folder,
                     const std::string& webhook)
    : prefix_(folder + '/' + safe_name(room.name)), egress_(server, room, webhook) {}

sfu::Result<std::unique_ptr<Recording>> Recording::begin(sfu::Server& server, const std::string& room,
                                                         const std::string& folder, const std::string& webhook) {
  const sfu::Room handle = server.engine().room(room);
  const auto info = handle.info();
  if (!info) return sfu::Failure{info.error()};
  sfu::LocalParticipantOptions options;
  options.claims.identity = "recorder";
  options.claims.kind = sfu::ParticipantKind::kEgress;
  auto& grant = options.claims.video.emplace();
  grant.hidden = grant.recorder = true;
  grant.can_publish = grant.can_publish_data = false;
  std::unique_ptr<Recording> recording(new Recording(server, *info, folder, webhook));
  Egress& egress = recording->egress_;
  recording->disk_.post([&egress] { egress.start(); });
  auto joined = handle.join(options, *recording);
  if (!joined) {
    recording->disk_.post([&egress] { egress.end(); });
    return sfu::Failure{joined.error()};
  }
  recording->participant_ = *std::move(joined);
  return recording;
}

Recording::~Recording() {
  participant_.reset();  // on_disconnected() has come when this returns
}

void Recording::on_track_published(const std::string&, const sfu::TrackInfo& track) {
  published_[track.sid] = track;
}

void Recording::on_track_changed(const std::string&, const sfu::TrackInfo& track) {
  const bool was_muted = std::exchange(published_[track.sid], track).muted;
  if (was_muted && !track.muted) with_track(track.sid, [](TrackRecorder& recorder) { recorder.resume(); });
}

void Recording::on_track_unpublished(const std::string&, const sfu::TrackInfo& track) {
  published_.erase(track.sid);
}

void Recording::on_subscribed(const std::string& sid, const std::string& identity, sfu::MediaCodec codec) {
  if (TrackFile::extension(codec) == nullptr) std::printf("left out track=%s\n", sid.c_str());
  std::string source(to_string(published_[sid].source));
  std::ranges::transform(source, source.begin(), [](unsigned char c) { return std::tolower(c); });
  // The sid makes it unique; it is the server's own.
  const std::string stem = prefix_ + '-' + safe_name(identity) + '-' + safe_name(source) + '-' + safe_name(sid);
  disk_.post([this, sid, stem] {
    egress_.begin();
    tracks_[sid] = std::make_unique<TrackRecorder>(
        stem, [this](const sfu::EgressFile& file, bool whole) { egress_.add(file, whole); });
  });
}

void Recording::on_unsubscribed(const std::string& sid) {
  disk_.post([this, sid] { tracks_.erase(sid); });
}

void Recording::on_frame(const std::string& sid, sfu::MediaCodec codec, const sfu::MediaFrame& frame) {
  const auto arrival = Timeline::Clock::now();
  auto work = [this, sid, codec, arrival, bytes = std::vector(frame.bytes.begin(), frame.bytes.end()),
               timestamp = frame.timestamp, is_keyframe = frame.is_keyframe] {
    const auto track = tracks_.find(sid);
    if (track == tracks_.end()) return;
    track->second->write(codec, {.bytes = bytes, .timestamp = timestamp, .is_keyframe = is_keyframe}, arrival);
  };
  if (disk_.offer(std::move(work), frame.bytes.size())) return;
  with_track(sid, [](TrackRecorder& recorder) { recorder.skip(); });
}

void Recording::on_disconnected(const sfu::Disconnect&) {
  disk_.post([this] {
    tracks_.clear();
    egress_.end();
    ended_ = true;
  });
}

void Recording::with_track(const std::string& sid, std::function<void(TrackRecorder&)> operation) {
  disk_.post([this, sid, operation = std::move(operation)] {
    const auto track = tracks_.find(sid);
    if (track != tracks_.end()) operation(*track->second);
  });
}

// SPDX-License-Identifier: Apache-2.0
// One of a scenario's people: what it publishes, what it watches, and what came of that.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "audio_playout_model.hpp"
#include "decoder_model.hpp"
#include "publisher.hpp"
#include "simulation.hpp"

namespace sfu::sim {

struct WatchPlan {
  bool nothing = false;                   // a mere publisher
  std::vector<std::string> identities{};  // to be subscribed to; empty: all
  livekit::VideoQuality quality = livekit::HIGH;
  bool allow_pause = false;
  bool adaptive = false;
};

// A track that it is sent.
struct WatchedTrack {
  WatchedTrack(bool is_audio, Instant now) : audio(is_audio), begin(now), video_model(now) {}

  bool audio;
  Instant begin;  // of the subscription
  VideoDecoderModel video_model;
  AudioPlayoutModel audio_model;
  bool paused = false;  // the server said so
  std::uint64_t bytes = 0;
  std::uint64_t repaired = 0;
  DelayHistogram delay;  // one-way, from the capture on; of what came at once
};

class Participant final : public client::RtpObserver {
 public:
  static constexpr const char* kRoom = "room";

  Participant(Simulation& simulation, std::string identity, WatchPlan watch, bool audio_redundancy = false)
      : simulation_(simulation),
        identity_(std::move(identity)),
        watch_(std::move(watch)),
        audio_redundancy_(audio_redundancy) {}

  const std::string& identity() const { return identity_; }
  const WatchPlan& watch() const { return watch_; }
  void add_media(const std::string& cid, const MediaPlan& plan, std::uint64_t seed);
  void join(LinkId up, LinkId down);
  void leave();
  bool is_present() const { return client_ != nullptr && !left_; }
  Instant joined_at() const { return joined_at_; }
  const Client* client() const { return client_; }

  void set_muted(bool muted);
  // Watches nothing for a while (UpdateTrackSettings.disabled).
  void set_paused(bool paused);

  // Acts on what has come. Several times a second at least.
  void poll();
  void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) override;

  // Who publishes it; empty if that is not known.
  std::string publisher_of(const std::string& track_sid) const;
  const std::map<std::string, WatchedTrack>& tracks() const { return tracks_; }
  std::map<std::string, WatchedTrack>& tracks() { return tracks_; }
  // Over all packets that came, in order; equal for equal runs.
  std::uint64_t trace() const { return trace_; }

 private:
  struct Media {
    std::string cid;
    MediaPlan plan;
    std::uint64_t seed;
  };
  struct Known {
    std::string identity;
    bool audio = false;
    bool muted = false;
  };
  void on_signal(const livekit::SignalResponse& message);
  void learn(const livekit::ParticipantInfo& info);
  void wish(const std::string& track_sid);

  Simulation& simulation_;
  std::string identity_;
  WatchPlan watch_;
  bool audio_redundancy_;
  std::vector<Media> media_;
  Client* client_ = nullptr;
  Instant joined_at_{};
  bool left_ = false;
  bool paused_ = false;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::map<std::string, Known> known_;  // tracks of others, by sid
  std::set<std::string> asked_for_;
  std::map<std::string, WatchedTrack> tracks_;
  std::uint64_t trace_ = 0xcbf29ce484222325;
};

}  // namespace sfu::sim

// SPDX-License-Identifier: Apache-2.0
// One published track of a client: its encoder, run as libwebrtc and livekit-client run theirs. Key frames come of what
// is asked for, layers pause when nobody watches them (Dynacast), and a frame is spread over the time to the next one.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "simulation.hpp"
#include "synthetic_encoder.hpp"

namespace sfu::sim {

enum class MediaKind : std::uint8_t { kSimulcast, kSvc, kSingle, kAudio };

struct MediaPlan {
  MediaKind kind = MediaKind::kSimulcast;
  std::vector<VideoLayer> layers{};  // lowest first
  Bitrate audio_bitrate = Bitrate::kilobits(32);
  unsigned frames_per_second = 30;
  unsigned temporal_layers = 3;
  bool screen_share = false;
};

class Publisher {
 public:
  // Between two key frames of one encoding that are asked for, as libwebrtc's encoder has it.
  static constexpr Duration kKeyframeInterval = std::chrono::milliseconds(300);

  Publisher(Simulation& simulation, Client& client, std::string cid, MediaPlan plan, std::uint64_t seed);

  // Announces the track; after the join.
  void publish();
  void on_event(const client::Event& event);
  void set_muted(bool muted);
  bool muted() const { return muted_; }
  bool is_audio() const { return plan_.kind == MediaKind::kAudio; }
  const std::string& cid() const { return cid_; }

 private:
  struct Encoding {
    bool active = true;
    bool keyframe_wanted = true;
    Instant last_keyframe = Instant::min();
  };
  struct Queued {
    std::size_t layer;
    Packet packet;
  };
  void capture();
  void encode();
  void send_slice();
  void set_qualities(const livekit::SubscribedQualityUpdate& update);
  std::uint32_t timestamp(std::size_t encoding) const;
  Duration interval() const;

  Simulation& simulation_;
  Client& client_;
  std::string cid_;
  std::string sid_;
  MediaPlan plan_;
  SeededRandom random_;
  std::vector<Encoding> encodings_;
  std::vector<std::uint32_t> first_timestamps_;
  std::vector<Vp8Encoder> vp8_;
  std::unique_ptr<Vp9SvcEncoder> vp9_;
  Instant started_{};
  std::uint32_t frame_ = 0;
  std::deque<Queued> queue_;
  std::size_t slice_ = 0;  // packets each time
  bool muted_ = false;
};

}  // namespace sfu::sim

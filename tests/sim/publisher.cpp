// SPDX-License-Identifier: Apache-2.0
#include "publisher.hpp"

#include <algorithm>
#include <array>

namespace sfu::sim {
namespace {

constexpr std::array<const char*, 3> kRids = {"q", "h", "f"};
// A pacer's turns, and over how many of them a frame is spread.
constexpr Duration kTurn = std::chrono::milliseconds(5);
constexpr std::size_t kTurns = 5;

}  // namespace

Publisher::Publisher(Simulation& simulation, Client& client, std::string cid, MediaPlan plan, std::uint64_t seed)
    : simulation_(simulation), client_(client), cid_(std::move(cid)), plan_(std::move(plan)), random_(seed) {
  const std::size_t encodings = plan_.kind == MediaKind::kSimulcast ? plan_.layers.size() : 1;
  for (std::size_t i = 0; i < encodings; ++i) {
    encodings_.emplace_back();
    first_timestamps_.push_back(random_.u32());
    if (plan_.kind == MediaKind::kSimulcast || plan_.kind == MediaKind::kSingle) {
      vp8_.emplace_back(plan_.layers[i], static_cast<std::uint8_t>(i), plan_.frames_per_second, plan_.temporal_layers,
                        random_.next());
    }
  }
  if (plan_.kind == MediaKind::kSvc) {
    vp9_ =
        std::make_unique<Vp9SvcEncoder>(plan_.layers, plan_.frames_per_second, plan_.temporal_layers, random_.next());
  }
}

void Publisher::publish() {
  client::PublishOptions options{.cid = cid_, .name = cid_, .codec = rtp::Codec::kVp8};
  if (is_audio()) {
    options.codec = rtp::Codec::kOpus;
    options.source = livekit::MICROPHONE;
    client_.publish(options);
    return;
  }
  if (plan_.screen_share) options.source = livekit::SCREEN_SHARE;
  options.width = plan_.layers.back().width;
  options.height = plan_.layers.back().height;
  std::vector<participant::Layer> layers;
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    const VideoLayer& layer = plan_.layers[i];
    layers.push_back({.rid = kRids[i],
                      .width = layer.width,
                      .height = layer.height,
                      .bitrate = static_cast<std::uint32_t>(layer.bitrate.bps)});
  }
  if (plan_.kind == MediaKind::kSvc) {
    options.codec = rtp::Codec::kVp9;
    client_.publish(options, layers);
  } else {
    options.layers = std::move(layers);
    client_.publish(options);
  }
}

void Publisher::on_event(const client::Event& event) {
  if (const auto* ready = std::get_if<client::PublishReady>(&event); ready != nullptr && ready->cid == cid_) {
    sid_ = ready->track_sid;
    if (started_ != Instant{}) return;
    // Cameras are not in step.
    started_ = simulation_.now() + Duration(random_.below(static_cast<std::uint32_t>(interval().count())));
    simulation_.at(started_, [this] { capture(); });
  } else if (const auto* wanted = std::get_if<client::KeyframeRequested>(&event);
             wanted != nullptr && wanted->cid == cid_ && wanted->layer < encodings_.size()) {
    encodings_[wanted->layer].keyframe_wanted = true;
  } else if (const auto* signal = std::get_if<client::SignalReceived>(&event);
             signal != nullptr && signal->message.has_subscribed_quality_update()) {
    set_qualities(signal->message.subscribed_quality_update());
  }
}

void Publisher::set_qualities(const livekit::SubscribedQualityUpdate& update) {
  if (sid_.empty() || update.track_sid() != sid_) return;
  const auto& qualities =
      update.subscribed_codecs_size() > 0 ? update.subscribed_codecs(0).qualities() : update.subscribed_qualities();
  bool any = false;
  for (const livekit::SubscribedQuality& quality : qualities) any |= quality.enabled();
  for (std::size_t i = 0; i < encodings_.size(); ++i) {
    bool active = any;
    if (encodings_.size() > 1) {
      // The top encoding is HIGH, however many there are.
      const auto named = i + 1 == encodings_.size() ? livekit::HIGH : static_cast<livekit::VideoQuality>(i);
      for (const livekit::SubscribedQuality& quality : qualities) {
        if (quality.quality() == named) active = quality.enabled();
      }
    }
    if (active && !encodings_[i].active) {
      encodings_[i].keyframe_wanted = true;
      encodings_[i].last_keyframe = Instant::min();
    }
    encodings_[i].active = active;
  }
}

void Publisher::set_muted(bool muted) {
  muted_ = muted;
  client_.set_muted(cid_, muted);
  if (muted) return;
  for (Encoding& encoding : encodings_) encoding.keyframe_wanted = true;  // its decoder starts over
}

Duration Publisher::interval() const {
  return is_audio() ? Duration(std::chrono::milliseconds(20)) : Duration(1'000'000'000 / plan_.frames_per_second);
}

std::uint32_t Publisher::timestamp(std::size_t encoding) const {
  const auto ticks = (simulation_.now() - started_).count() * 9 / 100'000;
  return first_timestamps_[encoding] + static_cast<std::uint32_t>(ticks);
}

void Publisher::capture() {
  if (client_.closed()) return;
  if (!muted_) encode();
  ++frame_;
  simulation_.at(simulation_.now() + interval(), [this] { capture(); });
}

void Publisher::encode() {
  const Instant now = simulation_.now();
  if (is_audio()) {
    Packet packet = opus_packet(now, frame_, plan_.audio_bitrate);
    client_.write(cid_, packet);
    return;
  }
  const bool was_idle = queue_.empty();
  for (std::size_t i = 0; i < encodings_.size(); ++i) {
    Encoding& encoding = encodings_[i];
    if (!encoding.active) continue;
    const bool is_keyframe = encoding.keyframe_wanted && (encoding.last_keyframe == Instant::min() ||
                                                          now - encoding.last_keyframe >= kKeyframeInterval);
    if (is_keyframe) {
      encoding.keyframe_wanted = false;
      encoding.last_keyframe = now;
    }
    auto packets = vp9_ ? vp9_->encode(now, frame_, timestamp(i), is_keyframe)
                        : vp8_[i].encode(now, frame_, timestamp(i), is_keyframe);
    for (Packet& packet : packets) queue_.push_back({i, std::move(packet)});
  }
  slice_ = (queue_.size() + kTurns - 1) / kTurns;
  if (was_idle && !queue_.empty()) send_slice();
}

void Publisher::send_slice() {
  for (std::size_t i = 0; i < slice_ && !queue_.empty(); ++i) {
    client_.write(cid_, queue_.front().packet, queue_.front().layer);
    queue_.pop_front();
  }
  if (!queue_.empty()) simulation_.at(simulation_.now() + kTurn, [this] { send_slice(); });
}

}  // namespace sfu::sim

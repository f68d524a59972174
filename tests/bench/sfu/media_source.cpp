// SPDX-License-Identifier: Apache-2.0
#include "media_source.hpp"

#include <algorithm>
#include <array>

namespace sfu::load {
namespace {

constexpr Duration kHeldUp = std::chrono::milliseconds(200);
constexpr Duration kOpusFrame = std::chrono::milliseconds(20);
constexpr Duration kPicture = Duration(std::chrono::seconds(1)) / kFramesPerSecond;

// As livekit-client's presets go: a quarter and a half of each side.
struct Encoding {
  const char* rid;
  std::uint32_t divisor;
  double share;  // of the highest one's bitrate
};
constexpr std::array<Encoding, 3> kSimulcast = {{{"q", 4, 0.09}, {"h", 2, 0.27}, {"f", 1, 1}}};
constexpr std::array<Encoding, 1> kSingle = {{{"", 1, 1}}};
constexpr std::uint32_t kWidth = 1280;
constexpr std::uint32_t kHeight = 720;

class Camera final : public MediaSource {
 public:
  Camera(rtp::Codec codec, Bitrate bitrate, std::span<const Encoding> encodings, Random& random)
      : codec_(codec), phase_(random.below(static_cast<std::uint32_t>(kPicture.count()))) {
    for (const Encoding& one : encodings) {
      const sim::VideoLayer layer{kWidth / one.divisor, kHeight / one.divisor,
                                  Bitrate{static_cast<std::int64_t>(static_cast<double>(bitrate.bps) * one.share)}};
      encoders_.push_back(make_video_encoder(codec, layer, static_cast<std::uint8_t>(encoders_.size()), random));
      layers_.push_back({one.rid, layer.width, layer.height, static_cast<std::uint32_t>(layer.bitrate.bps)});
    }
    keyframes_.assign(encoders_.size(), true);
  }

  participant::PublishOptions announcement() const override {
    participant::PublishOptions options{.cid = "camera", .name = "camera", .codec = codec_};
    options.width = kWidth;
    options.height = kHeight;
    if (layers_.size() > 1) options.layers = layers_;
    if (codec_ == rtp::Codec::kAv1)
      options.extensions.set(kDependencyDescriptorId, rtp::Extension::kDependencyDescriptor);
    return options;
  }
  void start(Instant now) override { next_ = now + phase_; }
  void want_keyframe(std::size_t layer) override {
    if (layer < keyframes_.size()) keyframes_[layer] = true;
  }

  void advance(Instant now, const Clock& clock, const Emit& emit) override {
    while (next_ <= now) {
      ++frame_;
      for (std::size_t layer = 0; layer < encoders_.size(); ++layer) {
        const bool is_keyframe = keyframes_[layer];
        keyframes_[layer] = false;
        for (sim::Packet& packet : encoders_[layer]->encode(clock.now(), frame_, is_keyframe)) emit(layer, packet);
      }
      schedule(now, kPicture);
    }
  }

 private:
  rtp::Codec codec_;
  Duration phase_;  // so that the pictures of many do not come at the same moment
  std::vector<std::unique_ptr<VideoEncoder>> encoders_;
  std::vector<participant::Layer> layers_;
  std::vector<bool> keyframes_;
  std::uint32_t frame_ = 0;
};

class Microphone final : public MediaSource {
 public:
  Microphone(Bitrate bitrate, Random& random)
      : bitrate_(bitrate), phase_(random.below(static_cast<std::uint32_t>(kOpusFrame.count()))) {}

  participant::PublishOptions announcement() const override {
    participant::PublishOptions options{.cid = "microphone", .name = "microphone", .codec = rtp::Codec::kOpus};
    options.source = livekit::MICROPHONE;
    return options;
  }
  void start(Instant now) override { next_ = now + phase_; }
  void advance(Instant now, const Clock& clock, const Emit& emit) override {
    while (next_ <= now) {
      sim::Packet packet = sim::opus_packet(clock.now(), ++number_, bitrate_);
      emit(0, packet);
      schedule(now, kOpusFrame);
    }
  }

 private:
  Bitrate bitrate_;
  Duration phase_;
  std::uint32_t number_ = 0;
};

}  // namespace

void MediaSource::schedule(Instant now, Duration interval) {
  next_ += interval;
  if (now - next_ > kHeldUp) next_ = now + interval;
}

std::unique_ptr<MediaSource> make_camera(rtp::Codec codec, Bitrate bitrate, bool simulcast, Random& random) {
  const auto encodings = simulcast ? std::span<const Encoding>(kSimulcast) : std::span<const Encoding>(kSingle);
  return std::make_unique<Camera>(codec, bitrate, encodings, random);
}

std::unique_ptr<MediaSource> make_microphone(Bitrate bitrate, Random& random) {
  return std::make_unique<Microphone>(bitrate, random);
}

}  // namespace sfu::load

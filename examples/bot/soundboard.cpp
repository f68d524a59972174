// SPDX-License-Identifier: Apache-2.0
#include "soundboard.hpp"

#include <opus/opus.h>

#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <numbers>

namespace {

constexpr char kTrack[] = "soundboard";
constexpr int kRate = 48000;
constexpr int kFrame = kRate / 50;
constexpr auto kInterval = std::chrono::milliseconds(20);
constexpr int kFrames = 150;
constexpr float kLoudness = 0.3F;

struct Destroy {
  void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
};

// One tone as packets of 20 ms.
class Tone {
 public:
  explicit Tone(double hertz)
      : encoder_(opus_encoder_create(kRate, 1, OPUS_APPLICATION_AUDIO, nullptr)),
        step_(2 * std::numbers::pi * hertz / kRate) {}

  // Valid until the next call; empty: it cannot be encoded.
  std::span<const std::uint8_t> next() {
    std::array<float, kFrame> samples;
    for (float& sample : samples) sample = kLoudness * static_cast<float>(std::sin(step_ * static_cast<double>(at_++)));
    const int size = encoder_ == nullptr ? 0
                                         : opus_encode_float(encoder_.get(), samples.data(), kFrame, packet_.data(),
                                                             static_cast<opus_int32>(packet_.size()));
    return {packet_.data(), static_cast<std::size_t>(std::max(size, 0))};
  }

 private:
  std::unique_ptr<OpusEncoder, Destroy> encoder_;
  double step_;
  std::int64_t at_ = 0;
  std::array<std::uint8_t, 1000> packet_{};
};

}  // namespace

Soundboard::Soundboard(sfu::LocalParticipant& me)
    : me_(me), thread_([this](const std::stop_token& stop) { run(stop); }) {
  me_.publish(kTrack, {.codec = sfu::MediaCodec::kOpus, .source = sfu::TrackSource::kUnknown, .name = kTrack});
}

Soundboard::~Soundboard() = default;

void Soundboard::play(double hertz) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = hertz;
  }
  changed_.notify_one();
}

void Soundboard::run(const std::stop_token& stop) {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return wanted_.has_value(); })) return;
    const double hertz = *std::exchange(wanted_, std::nullopt);
    lock.unlock();
    play_one(stop, hertz);
  }
}

void Soundboard::play_one(const std::stop_token& stop, double hertz) {
  Tone tone(hertz);
  // Timestamps count the silence too, and packets come when they are due.
  Clock::time_point due = Clock::now();
  auto timestamp = static_cast<std::uint32_t>((due - begin_) / std::chrono::duration<double, std::ratio<1, kRate>>(1));
  for (int i = 0; i < kFrames; ++i, due += kInterval, timestamp += kFrame) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, stop, due, [this] { return wanted_.has_value(); }) || stop.stop_requested()) return;
    lock.unlock();
    const auto packet = tone.next();
    if (!packet.empty()) me_.write_frame(kTrack, {.bytes = packet, .timestamp = timestamp, .is_keyframe = true});
  }
}

std::optional<double> read_tone(std::string_view text) {
  double hertz = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hertz);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(hertz >= Soundboard::kLowest && hertz <= Soundboard::kHighest)) return std::nullopt;
  return hertz;
}

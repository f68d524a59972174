// SPDX-License-Identifier: Apache-2.0
#include "publisher.hpp"

#include <chrono>
#include <utility>

namespace cli {
namespace {

// From a file, over and over. Times and timestamps go on.
class FileSource final : public Source {
 public:
  explicit FileSource(sfu::MediaFile file) : file_(std::move(file)) {}

  sfu::PublishTrack track() const override {
    sfu::PublishTrack track;
    track.codec = file_.codec();
    const bool video = sfu::is_video(track.codec);
    track.source = video ? sfu::TrackSource::kCamera : sfu::TrackSource::kMicrophone;
    track.name = video ? "camera" : "microphone";
    track.width = file_.width();
    track.height = file_.height();
    track.stereo = !video;
    return track;
  }

  sfu::MediaFile::Sample next(bool) override {
    auto sample = file_.next();
    if (!sample) {
      offset_ = end_;
      file_.rewind();
      sample = file_.next();
    }
    sample->at += offset_;
    end_ = sample->at + sample->duration;
    const std::uint64_t rate = sfu::clock_rate(file_.codec());
    const auto microseconds =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(sample->at).count());
    sample->frame.timestamp = static_cast<std::uint32_t>((microseconds * rate + 500'000) / 1'000'000);
    return *sample;
  }

 private:
  sfu::MediaFile file_;
  sfu::Duration offset_{};
  sfu::Duration end_{};
};

// 20 frames a second that look like VP8 to everyone but a decoder: headers (RFC 6386 9.1), then filler.
class SyntheticVideo final : public Source {
 public:
  sfu::PublishTrack track() const override {
    sfu::PublishTrack track;
    track.codec = sfu::MediaCodec::kVp8;
    track.name = "synthetic";
    track.width = 320;
    track.height = 180;
    return track;
  }

  sfu::MediaFile::Sample next(bool keyframe) override {
    constexpr sfu::Duration kInterval = std::chrono::milliseconds(50);
    keyframe |= count_ % 200 == 0;
    bytes_.assign(keyframe ? 6000 : 1500, static_cast<std::uint8_t>(count_));
    bytes_[0] = keyframe ? 0x10 : 0x11;
    if (keyframe) {
      constexpr std::uint8_t kHeader[] = {0x9d, 0x01, 0x2a, 320 & 0xff, 320 >> 8, 180, 0};
      std::copy(std::begin(kHeader), std::end(kHeader), bytes_.begin() + 3);
    }
    const auto number = count_++;
    return {.frame = {.bytes = bytes_, .timestamp = static_cast<std::uint32_t>(number * 4500), .is_keyframe = keyframe},
            .at = kInterval * static_cast<std::int64_t>(number),
            .duration = kInterval};
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::uint64_t count_ = 0;
};

// Opus packets of 20 ms whose table of contents is right (RFC 6716 3.1); what they sound like nobody should hear.
class SyntheticAudio final : public Source {
 public:
  sfu::PublishTrack track() const override {
    sfu::PublishTrack track;
    track.codec = sfu::MediaCodec::kOpus;
    track.source = sfu::TrackSource::kMicrophone;
    track.name = "synthetic-audio";
    return track;
  }

  sfu::MediaFile::Sample next(bool) override {
    constexpr sfu::Duration kInterval = std::chrono::milliseconds(20);
    const auto number = count_++;
    bytes_.assign(80, static_cast<std::uint8_t>(number));
    bytes_[0] = 0xf8;
    return {.frame = {.bytes = bytes_, .timestamp = static_cast<std::uint32_t>(number * 960), .is_keyframe = true},
            .at = kInterval * static_cast<std::int64_t>(number),
            .duration = kInterval};
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::uint64_t count_ = 0;
};

}  // namespace

sfu::Result<std::unique_ptr<Source>> open_source(const std::string& name) {
  if (name == "synthetic") return std::unique_ptr<Source>(new SyntheticVideo);
  if (name == "synthetic-audio") return std::unique_ptr<Source>(new SyntheticAudio);
  auto file = sfu::MediaFile::open(name);
  if (!file) return sfu::Failure{file.error()};
  return std::unique_ptr<Source>(new FileSource(*std::move(file)));
}

Publisher::Publisher(sfu::Client& client, std::string id, std::unique_ptr<Source> source)
    : client_(client), id_(std::move(id)), source_(std::move(source)) {
  client_.publish(id_, source_->track());
  thread_ = std::thread([this] { run(); });
}

Publisher::~Publisher() {
  stop();
}

void Publisher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Publisher::set_live(bool live) {
  {
    const std::lock_guard lock(mutex_);
    live_ = live;
  }
  keyframe_ = true;
  changed_.notify_all();
}

void Publisher::run() {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> begin;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait(lock, [this] { return live_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    const auto sample = source_->next(keyframe_.exchange(false));
    lock.lock();
    if (!begin) begin = Clock::now() - sample.at;
    changed_.wait_until(lock, *begin + sample.at, [this] { return stopping_; });
    if (stopping_) return;
    // Away for a while: go on from here, not with all that was missed.
    if (Clock::now() > *begin + sample.at + std::chrono::seconds(1)) begin = Clock::now() - sample.at;
    client_.write_frame(id_, sample.frame);
    ++frames_;
  }
}

}  // namespace cli

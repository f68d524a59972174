// SPDX-License-Identifier: Apache-2.0
#include "track_recorder.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>

void TrackRecorder::write(sfu::MediaCodec codec, const sfu::MediaFrame& frame, Timeline::Clock::time_point arrival) {
  if (failed_ || TrackFile::extension(codec) == nullptr) return;
  if (file_ && codec != codec_) close();
  if (!file_ && frame.is_keyframe) open(codec, frame);
  if (!file_) return;
  if (needs_keyframe_ && !frame.is_keyframe) return;
  needs_keyframe_ = false;
  if (file_->write(frame.bytes, timeline_->place(frame.timestamp, arrival), frame.is_keyframe)) return;
  std::printf("failed file=%s\n", path_.c_str());
  failed_ = true;
  close();
}

void TrackRecorder::open(sfu::MediaCodec codec, const sfu::MediaFrame& frame) {
  const std::string number = files_ == 0 ? "" : "-" + std::to_string(files_ + 1);
  path_ = stem_ + number + TrackFile::extension(codec);
  auto file = TrackFile::create(path_, codec, frame.bytes);
  if (!file) {
    if (file.error().code == sfu::Errc::kMalformed) return;  // the next key frame may be better
    std::printf("failed error=%s\n", file.error().message.c_str());
    failed_ = true;
    sfu::EgressFile none;
    none.filename = path_;
    return done_(none, false);
  }
  std::printf("opened file=%s\n", path_.c_str());
  ++files_;
  opened_ = std::chrono::system_clock::now();
  codec_ = codec;
  file_ = *std::move(file);
  timeline_ = std::make_unique<Timeline>(sfu::clock_rate(codec));
}

void TrackRecorder::resume() {
  if (timeline_) timeline_->resume();
}

void TrackRecorder::close() {
  if (!file_) return;
  const bool written = file_->close();
  std::printf("%s file=%s frames=%llu seconds=%.3f\n", written ? "closed" : "failed", path_.c_str(),
              static_cast<unsigned long long>(file_->frames()), file_->seconds());
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path_, unknown);
  const auto duration = std::chrono::duration_cast<sfu::Duration>(std::chrono::duration<double>(file_->seconds()));
  file_.reset();
  done_({.filename = path_,
         .started_at = opened_,
         .ended_at = std::chrono::system_clock::now(),
         .duration = duration,
         .size = unknown ? 0 : size,
         .location = path_},
        written && !failed_);
}

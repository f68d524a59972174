// SPDX-License-Identifier: Apache-2.0
// Writes the frames of one track to disk. A file begins with the first frame that can be decoded, and a further one
// where the publisher goes over to another codec.
#pragma once

#include <memory>
#include <string>

#include "sfu/client_media.hpp"
#include "timeline.hpp"
#include "track_file.hpp"

class TrackRecorder {
 public:
  // `stem`: the path without its extension.
  explicit TrackRecorder(std::string stem) : stem_(std::move(stem)) {}
  ~TrackRecorder() { close(); }
  TrackRecorder(const TrackRecorder&) = delete;
  TrackRecorder& operator=(const TrackRecorder&) = delete;

  void write(sfu::MediaCodec codec, const sfu::MediaFrame& frame, Timeline::Clock::time_point arrival);
  // The publisher was muted until now.
  void resume();
  // A frame that should be here is not: video goes on with the next key frame.
  void skip() { needs_keyframe_ = true; }
  void close();

 private:
  void open(sfu::MediaCodec codec, const sfu::MediaFrame& frame);

  std::string stem_;
  unsigned files_ = 0;
  bool failed_ = false;  // the disk
  sfu::MediaCodec codec_{};
  std::string path_;
  std::unique_ptr<TrackFile> file_;
  std::unique_ptr<Timeline> timeline_;
  bool needs_keyframe_ = false;
};

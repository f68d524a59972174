// SPDX-License-Identifier: Apache-2.0
// Writes the frames of one track to disk. A file begins with the first frame that can be decoded, and a further one
// where the publisher goes over to another codec.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sfu/client_media.hpp"
#include "sfu/egress.hpp"
#include "timeline.hpp"
#include "track_file.hpp"

class TrackRecorder {
 public:
  // Told of each file that is closed, or could not be made or finished: then it is not `whole`.
  using Done = std::function<void(const sfu::EgressFile& file, bool whole)>;

  // `stem`: the path without its extension.
  explicit TrackRecorder(
      std::string stem, Done done = [](const sfu::EgressFile&, bool) {})
      : stem_(std::move(stem)), done_(std::move(done)) {}
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
  Done done_;
  unsigned files_ = 0;
  bool failed_ = false;  // the disk
  sfu::MediaCodec codec_{};
  std::string path_;
  sfu::WallTime opened_{};
  std::unique_ptr<TrackFile> file_;
  std::unique_ptr<Timeline> timeline_;
  bool needs_keyframe_ = false;
};

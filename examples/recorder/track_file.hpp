// SPDX-License-Identifier: Apache-2.0
// One file with one track in it, by libavformat: Opus in Ogg, VP8, VP9 and AV1 in WebM, H264 and H265 in MP4.
#pragma once

extern "C" {
#include <libavformat/avformat.h>
}

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sfu/client_media.hpp"

class TrackFile {
 public:
  // ".ogg", ".webm" or ".mp4"; null: no file takes this codec.
  static const char* extension(sfu::MediaCodec codec);

  // `first` is the frame that will be written first; its header says what the file's does. Errors: kMalformed (not a
  // frame to begin with), kUnavailable (the file).
  static sfu::Result<std::unique_ptr<TrackFile>> create(const std::string& path, sfu::MediaCodec codec,
                                                        std::span<const std::uint8_t> first);
  // Closes it.
  ~TrackFile();
  TrackFile(const TrackFile&) = delete;
  TrackFile& operator=(const TrackFile&) = delete;

  // `position`: as Timeline gives it. False: the disk does not take it.
  bool write(std::span<const std::uint8_t> frame, std::int64_t position, bool is_keyframe);
  // Writes what stands at the end of a file. False: the disk does not take it.
  bool close();

  std::uint64_t frames() const { return frames_; }  // fillers of gaps not counted
  double seconds() const;

 private:
  TrackFile(AVFormatContext* context, sfu::MediaCodec codec) : context_(context), codec_(codec) {}
  sfu::Result<void> open(const std::string& path, std::span<const std::uint8_t> first);
  bool write_opus(std::span<const std::uint8_t> packet, std::int64_t position);
  bool put(std::span<const std::uint8_t> bytes, std::int64_t position, std::int64_t duration, bool is_keyframe);

  AVFormatContext* context_;
  sfu::MediaCodec codec_;
  bool open_ = false;
  std::uint64_t frames_ = 0;
  std::int64_t last_ = 0;  // the position of the last frame
  std::int64_t end_ = 0;   // and where it ends
  std::uint8_t last_opus_ = 0;
};
